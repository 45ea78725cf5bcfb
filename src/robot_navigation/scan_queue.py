# SPDX-License-Identifier: Apache-2.0
"""The newest scan, handed out once the odometry has reached its time."""

from __future__ import annotations

from robot_navigation.odometry_history import OdometryHistory
from robot_navigation.scan import Scan
from ronda_core.se2 import SE2


class ScanQueue:
    """Holds one scan: a newer one replaces it, since only where things are now matters."""

    def __init__(self) -> None:
        self.odometry = OdometryHistory()
        self._waiting: Scan | None = None

    def put(self, scan: Scan) -> None:
        """Let `scan` wait for the odometry."""
        self._waiting = scan

    def take(self) -> tuple[Scan, SE2] | None:
        """The scan and the robot's pose in the odometry's frame at its time; None while there is no such pair.

        A scan from before everything that the odometry keeps is dropped.
        """
        scan = self._waiting
        if scan is None or self.odometry.newest < scan.stamp:
            return None
        self._waiting = None
        pose = self.odometry.at(scan.stamp)
        return None if pose is None else (scan, pose)

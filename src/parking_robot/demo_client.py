# SPDX-License-Identifier: Apache-2.0
"""What the demonstration asks of the graph: drivers to come and go, the robot to walk, gates to take an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from geometry_msgs.msg import PoseWithCovarianceStamped
from ronda.action import Patrol
from ronda.msg import PatrolState
from ronda.srv import DecideGate, TellDriver
from std_srvs.srv import Trigger

from parking_robot.demo_watch import GATE_NAMES, GarageWatch
from parking_robot.errors import ParkingError
from ronda_core import qos
from ronda_core.se2 import yaw_to_quaternion
from ronda_core.shared_action_client import SharedActionClient
from ronda_core.spun import check_served

POLL_S: Final = 0.05
ANSWER_S: Final = 15.0
RESUME_AFTER_S: Final = 2.0
PERSON: Final = "demonstration's office"


class GarageClient:
    """Calls services and the robot's action and waits for the answers, looking after ``check`` meanwhile."""

    def __init__(self, watch: GarageWatch, check: Callable[[], None]) -> None:
        """``check`` raises when waiting has become pointless, e.g. because the nodes have ended."""
        self._watch, self._check = watch, check
        self._driver = watch.create_client(TellDriver, "/tell_driver")
        self._decide = {gate: watch.create_client(DecideGate, f"/{gate}/decide_gate") for gate in GATE_NAMES}
        self._patrol = SharedActionClient(watch, Patrol, "patrol")
        self._resume = watch.create_client(Trigger, "resume_patrol")
        self._initial = watch.create_publisher(PoseWithCovarianceStamped, "initialpose", qos.EVENT)
        self._ending: Any = None
        self._paused_since: float | None = None

    def wait(self, condition: Callable[[], Any], limit_s: float, what: str) -> None:
        """Wait until the condition holds. Raises ParkingError naming ``what`` was waited for in vain."""
        deadline = time.monotonic() + limit_s
        while not condition():
            self._check()
            check_served(self._watch, ParkingError)
            if time.monotonic() > deadline:
                raise ParkingError(f"waited {limit_s:.0f} s in vain for {what}", hint="see log.txt in the report")
            time.sleep(POLL_S)

    def ready(self) -> bool:
        """True when everything that will be called can be called."""
        clients = (self._driver, *self._decide.values())
        return bool(all(client.service_is_ready() for client in clients) and self._patrol.server_is_ready())

    def tell_pose(self, x: float, y: float, yaw: float) -> None:
        """Say where the robot starts, as an operator does in RViz with "2D Pose Estimate"."""
        message = PoseWithCovarianceStamped()
        message.header.frame_id = "map"
        message.pose.pose.position.x, message.pose.pose.position.y = x, y
        turn = message.pose.pose.orientation
        turn.x, turn.y, turn.z, turn.w = yaw_to_quaternion(yaw)
        covariance = [0.0] * 36
        covariance[0] = covariance[7] = 0.25
        covariance[35] = 0.07
        message.pose.covariance = covariance
        self._initial.publish(message)

    def tell_driver(self, car: str, what: int) -> None:
        """Tell a driver to come or to leave. Raises ParkingError when the driver cannot."""
        answer = self._answer(self._driver.call_async(TellDriver.Request(car=car, what=what)), f"the driver of {car}")
        if not answer.accepted:
            raise ParkingError(f"{car} does not obey: {answer.message}", hint="see log.txt in the report")

    def answer_call(self, gate: str, call_id: str, plate: str, reason: str) -> str:
        """Type the right plate at a gate that called for help; returns why the gate declined, empty if it did not."""
        request = DecideGate.Request(
            gate_id=gate,
            call_id=call_id,
            verdict=DecideGate.Request.CORRECT,
            plate=plate,
            requested_by=PERSON,
            reason=reason,
        )
        answer = self._answer(self._decide[gate].call_async(request), f"{gate} to take an answer")
        return "" if answer.accepted else str(answer.message)

    def start_round(self) -> None:
        """Send the robot on its round. Raises ParkingError if it refuses."""
        handle = self._answer(self._patrol.send_goal_async(Patrol.Goal(laps=1)), "the round to be accepted")
        if not handle.accepted:
            raise ParkingError("the robot refused the round", hint="see log.txt in the report")
        self._ending = handle.get_result_async()

    def round_result(self) -> Patrol.Result | None:
        """Return the round's result; None while it lasts. A round that waits for an operator is resumed."""
        if self._ending is None:
            return None
        if self._ending.done():
            return self._ending.result().result
        patrol = self._watch.view.patrol
        if patrol is None or patrol.state != PatrolState.PAUSED:
            self._paused_since = None
        elif self._paused_since is None:
            self._paused_since = time.monotonic()
        elif time.monotonic() - self._paused_since > RESUME_AFTER_S:
            self._resume.call_async(Trigger.Request())
            self._paused_since = None
        return None

    def _answer(self, future: Any, what: str) -> Any:
        self.wait(future.done, ANSWER_S, what)
        return future.result()

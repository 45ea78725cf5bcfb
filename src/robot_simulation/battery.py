# SPDX-License-Identifier: Apache-2.0
"""A battery after Gazebo's LinearBatteryPlugin: voltage falls linearly with charge, current is smoothed."""

from __future__ import annotations

from dataclasses import dataclass

from robot_simulation.gazebo_blocks import BatteryBlock


@dataclass(frozen=True, slots=True)
class BatteryReading:
    """Volts, amperes drawn (positive), ampere hours left, share left 0..1."""

    voltage: float
    current: float
    charge: float
    share: float


class Battery:
    """The charge of one robot. :param block: what the description states"""

    def __init__(self, block: BatteryBlock) -> None:
        self._block = block
        self._charge = block.initial_charge
        self._current = 0.0
        self._voltage = self._open_voltage()

    def _open_voltage(self) -> float:
        return self._block.constant_voltage + self._block.linear_voltage * (1.0 - self._charge / self._block.capacity)

    def drain(self, drive_power: float, seconds: float) -> None:
        """Draw the constant load and `drive_power` (W) for some seconds."""
        wanted = (self._block.power_load + max(drive_power, 0.0)) / self._voltage if self._charge > 0.0 else 0.0
        share = min(seconds / max(self._block.smooth_tau, seconds), 1.0)
        self._current += share * (wanted - self._current)
        self._charge = max(self._charge - self._current * seconds / 3600.0, 0.0)
        self._voltage = max(self._open_voltage() - self._block.resistance * self._current, 1e-3)

    def reading(self) -> BatteryReading:
        """Return the state now."""
        return BatteryReading(self._voltage, self._current, self._charge, self._charge / self._block.capacity)

# SPDX-License-Identifier: Apache-2.0
"""The battery as Gazebo's LinearBatteryPlugin has it, with the drive's own consumption added."""

from __future__ import annotations

from dataclasses import dataclass

from robot_simulation.embedded.robot import BatteryBlock


@dataclass(frozen=True, slots=True)
class BatteryReading:
    """Volts, amperes (negative while draining, REP of sensor_msgs/BatteryState), ampere hours."""

    voltage: float
    current: float
    charge: float
    capacity: float

    @property
    def percentage(self) -> float:
        """The share that is left, in [0, 1]."""
        return self.charge / self.capacity


class Battery:
    """v = e0 + e1 (1 - q / c) - r i, with i smoothed; q falls by i over time."""

    def __init__(self, block: BatteryBlock) -> None:
        self._block = block
        self._charge = block.initial_charge
        self._current = 0.0

    def step(self, drive_power: float, dt: float) -> None:
        """Drain for `dt` seconds; `drive_power` in watts comes on top of the constant load."""
        block = self._block
        power = (block.power_load + max(drive_power, 0.0)) if self._charge > 0 else 0.0
        raw = power / max(self._voltage(), 1.0)
        share = min(dt / block.smoothing, 1.0) if block.smoothing > 0 else 1.0
        self._current += share * (raw - self._current)
        self._charge = max(self._charge - self._current * dt / 3600.0, 0.0)

    def _voltage(self) -> float:
        block = self._block
        used = 1.0 - self._charge / block.capacity
        return block.open_circuit_voltage + block.linear_coefficient * used - block.resistance * self._current

    def reading(self) -> BatteryReading:
        """Return what a gauge shows."""
        voltage = self._voltage() if self._charge > 0 else 0.0
        return BatteryReading(voltage, -self._current, self._charge, self._block.capacity)

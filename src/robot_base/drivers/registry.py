# SPDX-License-Identifier: Apache-2.0
"""Drivers by the names that configuration files use."""

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from robot_base.drivers.ports import DrivePort, GatePort
from robot_base.errors import BaseConfigError


def drive_port(values: Mapping[str, Any]) -> DrivePort:
    """The drive that the parameters of the base (parameters/base.yaml) name. Raises BaseConfigError."""
    driver, device, baud = values["driver"], values["device"], values["baud"]
    if driver == "framed":
        from robot_base.drivers.framed import FramedPort

        return FramedPort(device, baud)
    ticks_per_metre = values["ticks_per_revolution"] / (2 * math.pi * values["wheel_radius"])
    if driver == "roboteq":
        from robot_base.drivers.roboteq import RoboteqPort

        return RoboteqPort(device, baud, ticks_per_metre, values["max_wheel_speed"])
    if driver == "arduino":
        from robot_base.drivers.arduino import ArduinoPort

        return ArduinoPort(device, baud, ticks_per_metre)
    raise BaseConfigError(f"there is no driver '{driver}'", hint="framed, roboteq, arduino")


def gate_port(values: Mapping[str, Any]) -> GatePort:
    """The barrier that the parameters of the barrier node (parameters/barrier.yaml) name. Raises BaseConfigError."""
    driver, device, baud = values["driver"], values["device"], values["baud"]
    if driver == "framed":
        from robot_base.drivers.framed import FramedPort

        return FramedPort(device, baud)
    if driver == "modbus":
        from robot_base.drivers.modbus import ModbusMap, ModbusPort

        return ModbusPort(device, baud, ModbusMap(**{f.name: values[f"modbus_{f.name}"] for f in fields(ModbusMap)}))
    raise BaseConfigError(f"there is no barrier driver '{driver}'", hint="framed, modbus")


def relay_pulses(values: Mapping[str, Any]) -> dict[str, float]:
    """Pulse in seconds (0: none) of each named relay, in the order of the contacts. Raises BaseConfigError."""
    names, pulses = list(values["relays"]), list(values["relay_pulses"])
    if len(set(names)) != len(names) or "" in names:
        raise BaseConfigError(f"the relays {names} need a name each, and no name twice")
    if len(pulses) > len(names):
        raise BaseConfigError(
            f"{len(pulses)} relay_pulses for {len(names)} relays", hint="one for each, in their order"
        )
    if values["driver"] == "modbus" and any(pulses):
        raise BaseConfigError(
            "a Modbus board does not time pulses", hint="0 for each relay, or a board that speaks Ronda's protocol"
        )
    return dict(zip(names, pulses + [0.0] * (len(names) - len(pulses)), strict=True))

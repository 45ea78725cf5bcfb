# SPDX-License-Identifier: Apache-2.0
"""Drivers by the names that configuration files use."""

import math
from collections.abc import Mapping
from typing import Any

from robot_base.drivers.ports import BarrierPort, DrivePort
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


def barrier_port(values: Mapping[str, Any]) -> BarrierPort:
    """The barrier that the parameters of the barrier node (parameters/barrier.yaml) name. Raises BaseConfigError."""
    driver, device, baud = values["driver"], values["device"], values["baud"]
    if driver == "framed":
        from robot_base.drivers.framed import FramedPort

        return FramedPort(device, baud)
    if driver == "modbus":
        from robot_base.drivers.modbus import ModbusMap, ModbusPort

        return ModbusPort(device, baud, ModbusMap(device_id=values["modbus_device_id"]))
    raise BaseConfigError(f"there is no barrier driver '{driver}'", hint="framed, modbus")

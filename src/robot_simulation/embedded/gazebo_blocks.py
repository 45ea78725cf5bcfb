# SPDX-License-Identifier: Apache-2.0
"""The <gazebo> blocks of a URDF: drive, sensors, battery, friction. Defaults are those of Gazebo's own systems."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from lxml import etree

from robot_simulation.embedded.poses import Pose, from_xyz_rpy
from robot_simulation.embedded.robot import (
    BatteryBlock,
    CameraBlock,
    DriveBlock,
    DriveLimits,
    ImuBlock,
    LidarBlock,
    SensorBlock,
)
from robot_simulation.errors import RobotError

DRIVE, BATTERY = "DiffDrive", "LinearBatteryPlugin"
# Systems that the embedded simulator serves by itself, or that only Gazebo needs.
OTHER_SYSTEMS = frozenset(
    ("JointStatePublisher", "OdometryPublisher", "PosePublisher", "TouchPlugin", "Sensors", "Imu", "Contact")
)


class Blocks:
    """All blocks of one robot."""

    def __init__(self, where: str, elements: Sequence[etree._Element], links: Sequence[str]) -> None:
        self._where = where
        self._elements = elements
        for element in elements:
            for plugin in element.findall("plugin"):
                kind = plugin.get("name", "").rpartition("::")[2]
                if kind not in OTHER_SYSTEMS | {DRIVE, BATTERY}:
                    raise self._error(plugin, f"'{plugin.get('name')}' is not known to the embedded simulator")
            for sensor in element.findall("sensor"):
                if element.get("reference") not in links:
                    raise self._error(
                        sensor, f"'{sensor.get('name')}' hangs on the unknown link '{element.get('reference')}'"
                    )
                if sensor.get("type") not in ("gpu_lidar", "camera", "imu", "contact"):
                    raise self._error(
                        sensor, f"has the type '{sensor.get('type')}', not gpu_lidar, camera, imu or contact"
                    )

    def drive(self) -> DriveBlock:
        """Return the drive. Raises RobotError if there is none or more than one."""
        plugins = self._plugins(DRIVE)
        if len(plugins) != 1:
            raise RobotError(
                f"{self._where}: expected one DiffDrive plugin in the <gazebo> blocks, found {len(plugins)}"
            )
        plugin = plugins[0]
        left, right = (self._texts(plugin, side) for side in ("left_joint", "right_joint"))
        if not left or not right:
            raise self._error(plugin, "lacks a wheel joint: <left_joint> and <right_joint> must be named")
        separation, radius = self._number(plugin, "wheel_separation", 1.0), self._number(plugin, "wheel_radius", 0.2)
        if separation <= 0 or radius <= 0:
            raise self._error(plugin, f"has wheels {separation} m apart of radius {radius} m")
        return DriveBlock(
            left, right, separation, radius, self._limits(plugin, "linear"), self._limits(plugin, "angular"),
            self._number(plugin, "odom_publish_frequency", 50.0), self._text(plugin, "frame_id", "odom"),
            self._text(plugin, "child_frame_id", "base_footprint"),
        )  # fmt: skip

    def _limits(self, plugin: etree._Element, axis: str) -> DriveLimits:
        values = {}
        for bound, sign in (("min", -1.0), ("max", 1.0)):
            for what in ("velocity", "acceleration"):
                common = self._number(plugin, f"{bound}_{what}", sign * math.inf)
                values[f"{bound}_{what}"] = self._number(plugin, f"{bound}_{axis}_{what}", common)
        return DriveLimits(**values)

    def lidars(self) -> tuple[LidarBlock, ...]:
        """Return the lidars."""
        found = []
        for common, sensor in self._sensors("gpu_lidar"):
            lidar = sensor.find("lidar") if sensor.find("lidar") is not None else sensor.find("ray")
            if lidar is None or lidar.find("scan/horizontal") is None or lidar.find("range") is None:
                raise self._error(sensor, f"'{common.name}' lacks <lidar> with <scan><horizontal> and <range>")
            scan, reach = lidar.find("scan/horizontal"), lidar.find("range")
            samples = int(self._number(scan, "samples", 640) * self._number(scan, "resolution", 1.0))
            if samples < 2:
                raise self._error(sensor, f"'{common.name}' has {samples} samples")
            noise = lidar.find("noise") if lidar.find("noise") is not None else sensor.find("noise")
            found.append(
                LidarBlock(
                    common, samples, self._number(scan, "min_angle", 0.0), self._number(scan, "max_angle", 0.0),
                    self._number(reach, "min", 0.0), self._number(reach, "max", 0.0),
                    self._number(noise, "stddev", 0.0),
                )
            )  # fmt: skip
        return tuple(found)

    def cameras(self) -> tuple[CameraBlock, ...]:
        """Return the cameras."""
        found = []
        for common, sensor in self._sensors("camera"):
            camera = sensor.find("camera")
            if camera is None:
                raise self._error(sensor, f"'{common.name}' lacks <camera>")
            image, clip = camera.find("image"), camera.find("clip")
            width, height = int(self._number(image, "width", 320)), int(self._number(image, "height", 240))
            fov = self._number(camera, "horizontal_fov", 1.047)
            if not (1 <= width <= 4096 and 1 <= height <= 4096 and 0 < fov < math.pi):
                raise self._error(sensor, f"'{common.name}' has an impossible picture: {width}x{height}, {fov} rad")
            near, far = self._number(clip, "near", 0.1), self._number(clip, "far", 100.0)
            found.append(CameraBlock(common, width, height, fov, near, far))
        return tuple(found)

    def imus(self) -> tuple[ImuBlock, ...]:
        """Return the inertial sensors."""
        return tuple(
            ImuBlock(
                common,
                self._number(sensor.find("imu/angular_velocity/z/noise"), "stddev", 0.0),
                self._number(sensor.find("imu/linear_acceleration/z/noise"), "stddev", 0.0),
            )
            for common, sensor in self._sensors("imu")
        )

    def bumpers(self) -> tuple[SensorBlock, ...]:
        """Return the contact sensors; the collision that they name must be of the link they hang on."""
        return tuple(common for common, _ in self._sensors("contact"))

    def battery(self) -> BatteryBlock | None:
        """Return the battery, if there is one."""
        for plugin in self._plugins(BATTERY):
            capacity = self._number(plugin, "capacity", 0.0)
            if capacity <= 0:
                raise self._error(plugin, "lacks a <capacity> greater than 0")
            return BatteryBlock(
                self._text(plugin, "battery_name", "battery"),
                self._number(plugin, "open_circuit_voltage_constant_coef", self._number(plugin, "voltage", 12.0)),
                self._number(plugin, "open_circuit_voltage_linear_coef", 0.0),
                self._number(plugin, "initial_charge", capacity), capacity, self._number(plugin, "resistance", 0.0),
                self._number(plugin, "power_load", 0.0), self._number(plugin, "smooth_current_tau", 1.0),
            )  # fmt: skip
        return None

    def friction(self) -> dict[str, float]:
        """Return mu1 for each link that states it."""
        found = {}
        for element in self._elements:
            mu = element.find("mu1") if element.find("mu1") is not None else element.find("mu")
            link = element.get("reference")
            if mu is not None and link:
                found[link] = self._value(mu)
        return found

    def _plugins(self, kind: str) -> list[etree._Element]:
        return [p for e in self._elements for p in e.findall("plugin") if p.get("name", "").endswith("::" + kind)]

    def _sensors(self, kind: str) -> Iterator[tuple[SensorBlock, etree._Element]]:
        for element in self._elements:
            for sensor in element.findall("sensor"):
                if sensor.get("type") != kind:
                    continue
                link = element.get("reference", "")
                frame = self._text(sensor, "gz_frame_id", self._text(sensor, "ignition_frame_id", link))
                name = sensor.get("name", kind)
                rate = self._number(sensor, "update_rate", 0.0)
                if rate <= 0 and kind != "contact":
                    raise self._error(sensor, f"'{name}' lacks an <update_rate> greater than 0")
                topic = self._text(sensor, "topic", name)
                yield SensorBlock(name, link, self._pose(sensor.find("pose")), rate, topic, frame), sensor

    def _pose(self, element: etree._Element | None) -> Pose:
        if element is None:
            return np.eye(4)
        values = [float(word) for word in (element.text or "0 0 0 0 0 0").split()]
        if len(values) != 6:
            raise self._error(element, "must hold 6 numbers")
        x, y, z, roll, pitch, yaw = values
        return from_xyz_rpy(x, y, z, roll, pitch, yaw)

    def _texts(self, element: etree._Element, tag: str) -> tuple[str, ...]:
        return tuple((child.text or "").strip() for child in element.findall(tag))

    def _text(self, element: etree._Element, tag: str, default: str) -> str:
        found = self._texts(element, tag)
        return found[0] if found else default

    def _number(self, element: etree._Element | None, tag: str, default: float) -> float:
        child = None if element is None else element.find(tag)
        return default if child is None else self._value(child)

    def _value(self, element: etree._Element) -> float:
        try:
            value = float(element.text or "")
        except ValueError:
            value = math.nan
        if math.isnan(value):
            raise self._error(element, f"must be a number, found '{(element.text or '').strip()}'")
        return value

    def _error(self, element: etree._Element, message: str) -> RobotError:
        return RobotError(f"{self._where}:{element.sourceline}: <{element.tag}> {message}")

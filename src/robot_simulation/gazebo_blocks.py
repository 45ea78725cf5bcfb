# SPDX-License-Identifier: Apache-2.0
"""The `<gazebo>` blocks of a URDF: drive, sensors, battery, friction, as Gazebo's systems read them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from robot_simulation.xml_file import Element
from ronda_core.parameters import suggest

IGNORED_PLUGINS = ("OdometryPublisher", "PosePublisher", "Sensors", "Imu", "Contact", "JointController")
REFERENCE_KNOWN = ("mu1", "mu2", "sensor", "plugin")
REFERENCE_IGNORED = (
    "preserveFixedJoint", "disableFixedJointLumping", "material", "kp", "kd", "minDepth", "maxVel", "selfCollide",
    "self_collide", "gravity", "turnGravityOff", "fdir1", "maxContacts", "visual", "implicitSpringDamper", "static",
)  # fmt: skip
_WHEEL_HINT = "DiffDrive needs one continuous joint for each wheel"
SENSOR_IGNORED = ("always_on", "visualize", "enable_metrics", "ignition_frame_id", "gz_frame_id", "topic", "plugin")


@dataclass(frozen=True)
class Limits:
    """Lower and upper bound of velocity and acceleration, in m and s or rad and s; infinite where none is stated."""

    min_velocity: float = -math.inf
    max_velocity: float = math.inf
    min_acceleration: float = -math.inf
    max_acceleration: float = math.inf


@dataclass(frozen=True)
class DriveBlock:
    """Gazebo's DiffDrive: wheel joints, geometry (m), limits, odometry rate (Hz) and frames."""

    left_joints: tuple[str, ...]
    right_joints: tuple[str, ...]
    separation: float
    radius: float
    linear: Limits
    angular: Limits
    odom_rate: float
    odom_frame: str
    base_frame: str


@dataclass(frozen=True)
class Noise:
    """Gaussian noise of a sensor."""

    mean: float = 0.0
    stddev: float = 0.0


@dataclass(frozen=True)
class LidarBlock:
    """A planar laser scanner: rays from `min_angle` to `max_angle` (rad, both ends included), range in m."""

    link: str
    frame: str
    rate: float
    samples: int
    min_angle: float
    max_angle: float
    min_range: float
    max_range: float
    noise: Noise
    sees_visuals: bool


@dataclass(frozen=True)
class CameraBlock:
    """A pinhole camera: size in pixels, horizontal field of view in rad, near and far clip in m.

    `topic` is where Gazebo publishes its pictures; empty: not stated.
    """

    link: str
    frame: str
    rate: float
    width: int
    height: int
    hfov: float
    near: float
    far: float
    noise: Noise
    topic: str = ""


@dataclass(frozen=True)
class ImuBlock:
    """An inertial sensor; noise of rates (rad/s) and accelerations (m/s2)."""

    link: str
    frame: str
    rate: float
    gyro_noise: Noise
    accelerometer_noise: Noise


@dataclass(frozen=True)
class BumperBlock:
    """A contact sensor on one collision, named or the first of its link."""

    link: str
    collision: str
    rate: float


@dataclass(frozen=True)
class BatteryBlock:
    """LinearBatteryPlugin: volts, ampere hours, ohms, seconds, watts."""

    constant_voltage: float
    linear_voltage: float
    initial_charge: float
    capacity: float
    resistance: float
    smooth_tau: float
    power_load: float


@dataclass(frozen=True)
class GazeboBlocks:
    """Everything the blocks of one robot state. `friction` maps link to coefficient."""

    drive: DriveBlock | None
    lidars: tuple[LidarBlock, ...]
    cameras: tuple[CameraBlock, ...]
    imus: tuple[ImuBlock, ...]
    bumpers: tuple[BumperBlock, ...]
    battery: BatteryBlock | None
    friction: dict[str, float]


def read_blocks(blocks: Iterable[Element], links: Iterable[str], joints: Mapping[str, str]) -> GazeboBlocks:
    """Return what the blocks state; `joints` maps name to kind.

    Raises DescriptionError for unknown elements, links and joints, and for a drive that could not turn.
    """
    links = list(links)
    drive, battery = None, None
    friction: dict[str, float] = {}
    lidars: list[LidarBlock] = []
    cameras: list[CameraBlock] = []
    imus: list[ImuBlock] = []
    bumpers: list[BumperBlock] = []
    for block in blocks:
        block.check_children(REFERENCE_KNOWN, REFERENCE_IGNORED)
        link = block.attributes.get("reference", "")
        if link and link not in links and link not in joints:
            raise block.error(f"reference to the unknown link '{link}'{suggest(link, links)}")
        if block.find("mu1") or block.find("mu2"):
            friction[link] = min(block.number("mu1", 1.0), block.number("mu2", 1.0))
        for plugin in block.all("plugin"):
            system = plugin.attribute("name").split("::")[-1]
            if system == "DiffDrive":
                drive = _drive(plugin, joints)
            elif system == "LinearBatteryPlugin":
                battery = _battery(plugin)
            elif system != "JointStatePublisher" and system not in IGNORED_PLUGINS:
                known = ["DiffDrive", "JointStatePublisher", "LinearBatteryPlugin", *IGNORED_PLUGINS]
                raise plugin.error(f"unknown plugin '{system}'{suggest(system, known)}", f"known: {', '.join(known)}")
        for sensor in block.all("sensor"):
            kind = sensor.attribute("type")
            if link not in links:
                raise sensor.error(f"sits on '{link}', which is no link", 'put it into <gazebo reference="LINK">')
            if kind in ("gpu_lidar", "lidar", "ray", "gpu_ray"):
                lidars.append(_lidar(sensor, link))
            elif kind == "camera":
                cameras.append(read_camera(sensor, link))
            elif kind == "imu":
                imus.append(_imu(sensor, link))
            elif kind == "contact":
                bumpers.append(_bumper(sensor, link))
            else:
                known = ["gpu_lidar", "lidar", "camera", "imu", "contact"]
                raise sensor.error(f"sensors of type '{kind}' are not simulated", f"known: {', '.join(known)}")
    return GazeboBlocks(drive, tuple(lidars), tuple(cameras), tuple(imus), tuple(bumpers), battery, friction)


def _limits(plugin: Element, kind: str) -> Limits:
    return Limits(
        plugin.number(f"min_{kind}_velocity", plugin.number("min_velocity", -math.inf)),
        plugin.number(f"max_{kind}_velocity", plugin.number("max_velocity", math.inf)),
        plugin.number(f"min_{kind}_acceleration", plugin.number("min_acceleration", -math.inf)),
        plugin.number(f"max_{kind}_acceleration", plugin.number("max_acceleration", math.inf)),
    )


def _drive(plugin: Element, joints: Mapping[str, str]) -> DriveBlock:
    limits = [
        f"{end}{kind}_{what}"
        for end in ("min_", "max_")
        for kind in ("linear", "angular")
        for what in ("velocity", "acceleration")
    ]
    plain = ("min_velocity", "max_velocity", "min_acceleration", "max_acceleration")
    plugin.check_children(
        ("left_joint", "right_joint", "wheel_separation", "wheel_radius", "odom_publish_frequency", "frame_id",
         "child_frame_id", *limits, *plain),
        ("topic", "odom_topic", "tf_topic", "min_jerk", "max_jerk", *(f"{e}{k}_jerk" for e in ("min_", "max_")
         for k in ("linear", "angular"))),
    )  # fmt: skip
    sides = []
    for side in ("left_joint", "right_joint"):
        names = tuple(element.text.strip() for element in plugin.all(side))
        if not names:
            raise plugin.error(f"lacks <{side}>")
        for name in names:
            if name not in joints:
                raise plugin.error(
                    f"{side} '{name}' is not a joint of the robot{suggest(name, joints)}",
                    hint=_WHEEL_HINT,
                )
            if joints[name] not in ("continuous", "revolute"):
                raise plugin.error(f"{side} '{name}' is {joints[name]} and cannot turn", hint=_WHEEL_HINT)
        sides.append(names)
    separation, radius = plugin.number("wheel_separation", 1.0), plugin.number("wheel_radius", 0.2)
    if separation <= 0.0 or radius <= 0.0:
        raise plugin.error(f"a wheel_separation of {separation} m and a wheel_radius of {radius} m: both must be > 0")
    return DriveBlock(
        left_joints=sides[0],
        right_joints=sides[1],
        separation=separation,
        radius=radius,
        linear=_limits(plugin, "linear"),
        angular=_limits(plugin, "angular"),
        odom_rate=plugin.number("odom_publish_frequency", 50.0),
        odom_frame=plugin.value("frame_id", "odom"),
        base_frame=plugin.value("child_frame_id", "base_footprint"),
    )


def _rate(sensor: Element) -> float:
    rate = sensor.number("update_rate", 10.0)
    if not 0.0 < rate <= 1000.0:
        raise sensor.error(f"an update_rate of {rate} Hz", hint="state a rate above 0 and up to 1000")
    return rate


def _frame(sensor: Element, link: str) -> str:
    return sensor.value("gz_frame_id", sensor.value("ignition_frame_id", link))


def _noise(element: Element | None) -> Noise:
    if element is None:
        return Noise()
    element.check_children(
        ("type", "mean", "stddev"),
        ("bias_mean", "bias_stddev", "dynamic_bias_stddev", "dynamic_bias_correlation_time", "precision"),
    )
    kind = element.value("type", element.attributes.get("type", "gaussian"))
    if kind == "none":
        return Noise()
    if kind not in ("gaussian", "gaussian_quantized"):
        raise element.error(f"unknown noise '{kind}'", hint="use none or gaussian")
    return Noise(element.number("mean", 0.0), element.number("stddev", 0.0))


def _lidar(sensor: Element, link: str) -> LidarBlock:
    sensor.check_children(("update_rate", "lidar", "ray"), (*SENSOR_IGNORED, "pose"))
    lidar = sensor.find("lidar") or sensor.need("ray")
    lidar.check_children(("scan", "range", "noise"), ("visibility_mask",))
    scan, reach = lidar.need("scan"), lidar.need("range")
    scan.check_children(("horizontal",), ("vertical",))
    reach.check_children(("min", "max"), ("resolution",))
    horizontal = scan.need("horizontal")
    horizontal.check_children(("samples", "min_angle", "max_angle"), ("resolution",))
    samples = round(horizontal.number("samples", 640))
    if samples < 1:
        raise horizontal.error("needs at least one sample")
    return LidarBlock(
        link,
        _frame(sensor, link),
        _rate(sensor),
        samples,
        horizontal.number("min_angle", 0.0),
        horizontal.number("max_angle", 0.0),
        reach.number("min", 0.0),
        reach.number("max", 10.0),
        _noise(lidar.find("noise")),
        sensor.attribute("type").startswith("gpu"),
    )


def read_camera(sensor: Element, link: str) -> CameraBlock:
    """Return a `<sensor type="camera">` that sits on `link`."""
    sensor.check_children(("update_rate", "camera"), (*SENSOR_IGNORED, "pose"))
    camera = sensor.need("camera")
    camera.check_children(
        ("horizontal_fov", "image", "clip", "noise"),
        ("camera_info_topic", "distortion", "optical_frame_id", "trigger_topic", "triggered"),
    )
    image, clip = camera.find("image"), camera.find("clip")
    return CameraBlock(
        link,
        _frame(sensor, link),
        _rate(sensor),
        round(image.number("width", 320)) if image else 320,
        round(image.number("height", 240)) if image else 240,
        camera.number("horizontal_fov", 1.047),
        clip.number("near", 0.1) if clip else 0.1,
        clip.number("far", 100.0) if clip else 100.0,
        _noise(camera.find("noise")),
        sensor.value("topic"),
    )


def _imu(sensor: Element, link: str) -> ImuBlock:
    sensor.check_children(("update_rate", "imu"), (*SENSOR_IGNORED, "pose"))
    noises = {"angular_velocity": Noise(), "linear_acceleration": Noise()}
    imu = sensor.find("imu")
    if imu is not None:
        imu.check_children(tuple(noises), ("orientation_reference_frame", "enable_orientation"))
        for name in noises:
            part = imu.find(name)
            axis = part.find("x") if part else None
            noises[name] = _noise(axis.find("noise") if axis else None)
    frame = _frame(sensor, link)
    return ImuBlock(link, frame, _rate(sensor), noises["angular_velocity"], noises["linear_acceleration"])


def _bumper(sensor: Element, link: str) -> BumperBlock:
    sensor.check_children(("update_rate", "contact"), SENSOR_IGNORED)
    contact = sensor.find("contact")
    return BumperBlock(link, contact.value("collision") if contact else "", _rate(sensor))


def _battery(plugin: Element) -> BatteryBlock:
    plugin.check_children(
        ("voltage", "open_circuit_voltage_constant_coef", "open_circuit_voltage_linear_coef", "initial_charge",
         "capacity", "resistance", "smooth_current_tau", "power_load"),
        ("battery_name", "start_draining", "enable_recharge", "charging_time", "soc_threshold", "fix_issue_225",
         "recharge_by_topic", "power_draining_topic", "stop_power_draining_topic"),
    )  # fmt: skip
    capacity = plugin.number("capacity", 1.0)
    if capacity <= 0.0:
        raise plugin.error(f"a capacity of {capacity} Ah")
    return BatteryBlock(
        plugin.number("open_circuit_voltage_constant_coef", plugin.number("voltage", 12.0)),
        plugin.number("open_circuit_voltage_linear_coef", 0.0),
        plugin.number("initial_charge", capacity),
        capacity,
        plugin.number("resistance", 0.0),
        plugin.number("smooth_current_tau", 1.0),
        plugin.number("power_load", 0.0),
    )

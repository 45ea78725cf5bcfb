# SPDX-License-Identifier: Apache-2.0
"""The embedded simulator without ROS: a world, robots, time that moves by steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.embedded.actors import Walk
from robot_simulation.embedded.battery import Battery
from robot_simulation.embedded.camera import Camera
from robot_simulation.embedded.contacts import Contacts
from robot_simulation.embedded.diff_drive import DiffDrive, Odometry, OdometryError
from robot_simulation.embedded.imu import Imu
from robot_simulation.embedded.lidar import Lidar
from robot_simulation.embedded.model_builder import Placement, build
from robot_simulation.embedded.world import World
from ronda_core.se2 import SE2, quaternion_to_yaw

TIME_TOLERANCE_S = 1e-6
"""Simulated time is a sum of steps; its rounding must not cost another step."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Standard deviations of what a robot does not know of its own wheels, as shares; drawn once for each seed."""

    wheel_radius: float = 0.0
    wheel_separation: float = 0.0


@dataclass(frozen=True, slots=True)
class Wheel:
    """One driven wheel: position rad, velocity rad/s, torque Nm."""

    joint: str
    position: float
    velocity: float
    effort: float


class SimulatedRobot:
    """One robot in the simulation: its commands and its sensors."""

    def __init__(
        self,
        model: mujoco.MjModel,
        data: mujoco.MjData,
        placement: Placement,
        *,
        drift: Drift,
        random: np.random.Generator,
        cmd_timeout: float,
    ) -> None:
        robot, prefix = placement.robot, f"{placement.name}/"
        self.name = placement.name
        self.robot = robot
        self.start = SE2(placement.x, placement.y, placement.yaw)
        self._model, self._data, self._prefix = model, data, prefix
        self._base = model.body(prefix + robot.root_link).id
        self.drive = DiffDrive(robot.drive, cmd_timeout)
        left, right, apart = random.normal(0.0, 1.0, 3)
        self.odometry = Odometry(
            robot.drive,
            OdometryError(left * drift.wheel_radius, right * drift.wheel_radius, apart * drift.wheel_separation),
        )
        self._motors = [
            [model.actuator(prefix + joint).id for joint in joints]
            for joints in (robot.drive.left_joints, robot.drive.right_joints)
        ]
        self._wheels = {
            joint: (model.joint(prefix + joint).qposadr[0], model.joint(prefix + joint).dofadr[0], motor)
            for joints, motors in zip((robot.drive.left_joints, robot.drive.right_joints), self._motors, strict=True)
            for joint, motor in zip(joints, motors, strict=True)
        }
        self.lidars = [Lidar(model, prefix, block, random) for block in robot.lidars]
        self.imus = [Imu(model, data, prefix, block, random) for block in robot.imus]
        self.battery = Battery(robot.battery) if robot.battery is not None else None
        self.contacts = Contacts(model, prefix, tuple(bumper.link for bumper in robot.bumpers))
        self._cameras: list[Camera] | None = None

    def command(self, linear: float, angular: float) -> None:
        """Ask for a velocity: m/s forwards and rad/s to the left."""
        self.drive.command(linear, angular, float(self._data.time))

    def before_step(self, dt: float) -> None:
        """Hand the wheels their speeds."""
        speeds = self.drive.step(float(self._data.time), dt)
        for motors, speed in zip(self._motors, speeds, strict=True):
            self._data.ctrl[motors] = speed

    def after_step(self, dt: float) -> None:
        """Let odometry, contacts and battery see the step."""
        left, right = (
            self.wheel(joints[0]) for joints in (self.robot.drive.left_joints, self.robot.drive.right_joints)
        )
        self.odometry.update(left.position, right.position, dt)
        self.contacts.update(self._data)
        if self.battery is not None:
            power = sum(max(wheel.effort * wheel.velocity, 0.0) for wheel in (left, right))
            self.battery.step(power, dt)

    def wheel(self, joint: str) -> Wheel:
        """Return the state of a driven wheel."""
        position, velocity, motor = self._wheels[joint]
        data = self._data
        return Wheel(joint, float(data.qpos[position]), float(data.qvel[velocity]), float(data.actuator_force[motor]))

    def wheels(self) -> list[Wheel]:
        """Return the states of all driven wheels."""
        return [self.wheel(joint) for joint in self._wheels]

    def truth(self) -> SE2:
        """Return where the robot's root link really is in the world."""
        w, x, y, z = self._data.xquat[self._base]
        px, py, _ = self._data.xpos[self._base]
        return SE2(float(px), float(py), quaternion_to_yaw(x, y, z, w))

    def truth_velocity(self) -> tuple[float, float]:
        """Return the true forward and turning velocity in the robot's own frame."""
        velocity = np.zeros(6)
        mujoco.mj_objectVelocity(self._model, self._data, mujoco.mjtObj.mjOBJ_BODY, self._base, velocity, 1)
        return float(velocity[3]), float(velocity[2])

    def attitude(self) -> tuple[float, float, float]:
        """Return height, roll and pitch of the root link."""
        matrix = self._data.xmat[self._base].reshape(3, 3)
        roll, pitch = float(np.arctan2(matrix[2, 1], matrix[2, 2])), float(-np.arcsin(np.clip(matrix[2, 0], -1, 1)))
        return float(self._data.xpos[self._base][2]), roll, pitch

    def cameras(self) -> list[Camera]:
        """Return the cameras; made on first use, in the thread that uses them. Raises RenderError."""
        if self._cameras is None:
            self._cameras = [Camera(self._model, self._prefix, block) for block in self.robot.cameras]
        return self._cameras

    def close(self) -> None:
        """Free the drawing contexts."""
        for camera in self._cameras or ():
            camera.close()
        self._cameras = None


class Simulator:
    """A world that moves by steps. The same seed and the same commands at the same times give the same run.

    :param cmd_timeout: seconds after which a robot stops following its last command; 0: never, as in Gazebo
    """

    def __init__(
        self,
        world: World,
        placements: Sequence[Placement],
        *,
        seed: int = 0,
        drift: Drift | None = None,
        cmd_timeout: float = 0.0,
    ) -> None:
        self.world = world
        self.model = build(world, placements)
        self.data = mujoco.MjData(self.model)
        self._walks = [
            (
                Walk(actor),
                [self.model.body_mocapid[self.model.body(f"{actor.name}/{link.name}").id] for link in actor.links],
            )
            for actor in world.actors
        ]
        self._move_actors()
        mujoco.mj_forward(self.model, self.data)
        seeds = np.random.SeedSequence(seed).spawn(len(placements))
        self.robots = [
            SimulatedRobot(
                self.model, self.data, placement, drift=drift or Drift(), random=np.random.default_rng(child),
                cmd_timeout=cmd_timeout,
            )
            for placement, child in zip(placements, seeds, strict=True)
        ]  # fmt: skip

    @property
    def time(self) -> float:
        """Simulated seconds since the start."""
        return float(self.data.time)

    @property
    def dt(self) -> float:
        """Seconds of one step."""
        return float(self.model.opt.timestep)

    def step(self) -> None:
        """Advance by one physics step."""
        dt = self.dt
        self._move_actors()
        for robot in self.robots:
            robot.before_step(dt)
        mujoco.mj_step(self.model, self.data)
        for robot in self.robots:
            robot.after_step(dt)

    def run_until(self, time: float) -> None:
        """Step until the simulated time has come or is passed by less than one step."""
        while self.data.time < time - TIME_TOLERANCE_S:
            self.step()

    def settle(self) -> None:
        """Bring positions and sensors of the present state up to date (after the last step they lag one behind)."""
        mujoco.mj_forward(self.model, self.data)

    def close(self) -> None:
        """Free what was drawn with."""
        for robot in self.robots:
            robot.close()

    def _move_actors(self) -> None:
        for walk, ids in self._walks:
            pose = walk.pose(float(self.data.time))
            quaternion = _quaternion(pose[:3, :3])
            for index in ids:
                self.data.mocap_pos[index] = pose[:3, 3]
                self.data.mocap_quat[index] = quaternion


def _quaternion(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, np.ascontiguousarray(rotation).ravel())
    return quaternion

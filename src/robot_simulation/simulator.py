# SPDX-License-Identifier: Apache-2.0
"""The simulator without ROS: one world, its robots, stepped by the caller. Same seed and commands, same result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.actors import actor_pose
from robot_simulation.battery import Battery, BatteryReading
from robot_simulation.contacts import ContactCounter
from robot_simulation.diff_drive import DiffDrive, Drift, Odometry
from robot_simulation.errors import DescriptionError
from robot_simulation.imu import Imu
from robot_simulation.lidar import Lidar
from robot_simulation.model_builder import Spawn, build
from robot_simulation.moved_models import ControlledJoint, MovedContacts, MovedModel
from robot_simulation.scene import World
from ronda_core.se2 import SE2

_ANGLE_GAIN = 20.0
"""1/s: how fast a wheel makes up an angle that it lost."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a robot's root link really is, and how it moves in its own axes (m/s, rad/s)."""

    x: float
    y: float
    z: float
    roll: float
    pitch: float
    yaw: float
    vx: float
    vy: float
    w: float


class SimulatedRobot:
    """One robot in the simulator."""

    def __init__(
        self, model: mujoco.MjModel, data: mujoco.MjData, spawn: Spawn, seed: int, drift: Drift, command_timeout: float
    ) -> None:
        self.spawn = spawn
        self.prefix = f"{spawn.name}/"
        blocks = spawn.robot.blocks
        # Each sensor draws from its own stream, so that one more sensor does not change another's noise.
        streams = iter(
            np.random.SeedSequence([seed, *spawn.name.encode()]).spawn(2 + len(blocks.lidars) + len(blocks.imus))
        )
        self._model, self._data = model, data
        self._body = self._id(mujoco.mjtObj.mjOBJ_BODY, spawn.robot.root)
        self.geoms = np.flatnonzero(model.body_rootid[model.geom_bodyid] == self._body)
        self.drive: DiffDrive | None = None
        self._wheels: list[list[int]] = [[], []]
        self._actuators: list[list[int]] = [[], []]
        self._angles = [0.0, 0.0]
        random = np.random.default_rng(next(streams))
        if blocks.drive is not None:
            self.drive = DiffDrive(blocks.drive, model.opt.timestep, drift, random, command_timeout)
            for side, names in enumerate((blocks.drive.left_joints, blocks.drive.right_joints)):
                self._wheels[side] = [self._id(mujoco.mjtObj.mjOBJ_JOINT, name) for name in names]
                self._actuators[side] = [self._id(mujoco.mjtObj.mjOBJ_ACTUATOR, name) for name in names]
        self.lidars = [
            Lidar(model, block, self.prefix, self.geoms, np.random.default_rng(next(streams)))
            for block in blocks.lidars
        ]
        self.imus = [
            Imu(model, data, block, self.prefix, index, np.random.default_rng(next(streams)))
            for index, block in enumerate(blocks.imus)
        ]
        self.cameras = [(f"{self.prefix}camera{index}", block) for index, block in enumerate(blocks.cameras)]
        self._battery = Battery(blocks.battery) if blocks.battery else None
        self.contacts = ContactCounter(model, self.geoms)
        self._bumpers = self._bumper_geoms()
        self.joint_names = [joint.name for joint in spawn.robot.joints if joint.kind != "fixed"]
        joints = [self._id(mujoco.mjtObj.mjOBJ_JOINT, name) for name in self.joint_names]
        self._joint_positions = model.jnt_qposadr[joints] if joints else np.zeros(0, int)
        self._joint_velocities = model.jnt_dofadr[joints] if joints else np.zeros(0, int)

    def _id(self, kind: mujoco.mjtObj, name: str) -> int:
        return int(mujoco.mj_name2id(self._model, kind, self.prefix + name))

    def _bumper_geoms(self) -> frozenset[int]:
        found = set()
        for bumper in self.spawn.robot.blocks.bumpers:
            link = next(link for link in self.spawn.robot.links if link.name == bumper.link)
            names = [collision.name for collision in link.collisions]
            wanted = bumper.collision if bumper.collision in names else (names[0] if names else "")
            geom = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_GEOM, f"{self.spawn.name}::{link.name}::{wanted}")
            if geom < 0:
                raise DescriptionError(
                    f"{self.spawn.robot.source}: the contact sensor of '{bumper.link}' names no collision of that link",
                    hint=f"collisions there: {', '.join(names) or 'none'}",
                )
            found.add(geom)
        return frozenset(found)

    def command(self, v: float, w: float) -> None:
        """Ask for a forward speed (m/s) and a turn rate (rad/s)."""
        if self.drive is not None:
            self.drive.command(v, w, self._data.time)

    def before_step(self) -> None:
        """Set the wheels' speeds for the next step."""
        if self.drive is not None:
            speeds = self.drive.wheel_speeds(self._data.time)
            for side, speed in enumerate(speeds):
                # A wheel that slips against a load lags by torque over gain: catch the lost angle up.
                self._angles[side] += speed * self._model.opt.timestep
                lost = self._angles[side] - self._data.qpos[self._model.jnt_qposadr[self._wheels[side]]]
                self._data.ctrl[self._actuators[side]] = speed + _ANGLE_GAIN * lost

    def after_step(self) -> None:
        """Take the odometry, the battery's charge and the contacts of the step that has been made."""
        if self.drive is not None:
            self.drive.update(*(float(self._data.qpos[self._model.jnt_qposadr[side[0]]]) for side in self._wheels))
        if self._battery is not None:
            power = sum(
                abs(float(self._data.actuator_force[a] * self._data.actuator_velocity[a]))
                for side in self._actuators
                for a in side
            )
            self._battery.drain(power, self._model.opt.timestep)
        self.contacts.update(self._data)

    def truth(self) -> Truth:
        """Return where the robot really is."""
        rotation = np.asarray(self._data.xmat[self._body]).reshape(3, 3)
        velocity = np.zeros(6)
        # The link's own frame; mjOBJ_BODY would be that of its inertia, whose axes MuJoCo orders as it likes.
        mujoco.mj_objectVelocity(self._model, self._data, mujoco.mjtObj.mjOBJ_XBODY, self._body, velocity, 1)
        x, y, z = (float(part) for part in self._data.xpos[self._body])
        roll = float(np.arctan2(rotation[2, 1], rotation[2, 2]))
        pitch = float(-np.arcsin(np.clip(rotation[2, 0], -1.0, 1.0)))
        yaw = float(np.arctan2(rotation[1, 0], rotation[0, 0]))
        return Truth(x, y, z, roll, pitch, yaw, float(velocity[3]), float(velocity[4]), float(velocity[2]))

    def odometry(self) -> Odometry:
        """Return what the wheels say; standing still for a robot without a drive."""
        return self.drive.odometry() if self.drive else Odometry(SE2(), 0.0, 0.0)

    def rim_speeds(self) -> tuple[float, float]:
        """Return the speeds of the wheels' rims (left, right; m/s)."""
        drive = self.spawn.robot.blocks.drive
        if drive is None:
            return 0.0, 0.0
        left, right = (float(self._data.qvel[self._model.jnt_dofadr[side[0]]]) for side in self._wheels)
        return left * drive.radius, right * drive.radius

    def joints(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return positions and velocities of the joints in `joint_names` (rad or m, per second)."""
        return self._data.qpos[self._joint_positions].copy(), self._data.qvel[self._joint_velocities].copy()

    def battery(self) -> BatteryReading | None:
        """Return the battery's state, None without one."""
        return self._battery.reading() if self._battery else None

    def bumper_pressed(self) -> bool:
        """Whether a bumper touches something now."""
        return bool(self._bumpers & self.contacts.touching)


class Simulator:
    """A world with robots.

    :param seed: decides all noise
    :param drift: errors of the odometry; none by default
    :param command_timeout: seconds after which a command counts as zero; 0: never, as in Gazebo
    """

    def __init__(
        self,
        world: World,
        spawns: Sequence[Spawn],
        *,
        seed: int = 0,
        drift: Drift | None = None,
        command_timeout: float = 0.0,
    ) -> None:
        for spawn in spawns:
            for bumper in spawn.robot.blocks.bumpers:
                if bumper.link not in {link.name for link in spawn.robot.links}:
                    raise DescriptionError(f"{spawn.robot.source}: contact sensor on the unknown link '{bumper.link}'")
        self.world = world
        self.model = build(world, spawns)
        self.data = mujoco.MjData(self.model)
        self._actors = [
            (actor, int(self.model.body_mocapid[mujoco.mj_name2id(self.model, mujoco.mjtObj.mjOBJ_BODY, actor.name)]))
            for actor in world.actors
        ]
        self.moved = [MovedModel(self.model, self.data, model) for model in world.models if model.velocity_topic]
        self.joints = [
            ControlledJoint(self.model, self.data, model.name, control)
            for model in world.models
            for control in model.controls
        ]
        self.moved_contacts = MovedContacts(self.model, self.moved)
        self._steps = 0
        self._move_actors()
        mujoco.mj_forward(self.model, self.data)
        self.robots = [
            SimulatedRobot(self.model, self.data, spawn, seed, drift or Drift(), command_timeout) for spawn in spawns
        ]

    @property
    def time(self) -> float:
        """Simulated seconds since the start."""
        return self._steps * float(self.model.opt.timestep)

    def step(self) -> None:
        """Advance by one physics step."""
        self._move_actors()
        for moved in self.moved:
            moved.advance(float(self.model.opt.timestep))
        for joint in self.joints:
            joint.before_step()
        for robot in self.robots:
            robot.before_step()
        mujoco.mj_step(self.model, self.data)
        self._steps += 1
        for robot in self.robots:
            robot.after_step()
        self.moved_contacts.update(self.data)

    def refresh(self) -> None:
        """Bring poses and sensors to the end of the last step; call it before reading sensors.

        Accelerations stay those of the last step: the wheels' next command, on which new ones depend, is not known yet.
        """
        mujoco.mj_fwdPosition(self.model, self.data)
        mujoco.mj_sensorPos(self.model, self.data)
        mujoco.mj_fwdVelocity(self.model, self.data)
        mujoco.mj_sensorVel(self.model, self.data)

    def _move_actors(self) -> None:
        for actor, index in self._actors:
            pose = actor_pose(actor, self.time)
            self.data.mocap_pos[index] = pose[:3, 3]
            mujoco.mju_mat2Quat(self.data.mocap_quat[index], pose[:3, :3].reshape(-1))

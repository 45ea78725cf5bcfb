# SPDX-License-Identifier: Apache-2.0
"""Models of the world that move as commanded: whole models by a velocity, joints by a position."""

from __future__ import annotations

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.rectangle import Rectangle, outline
from robot_simulation.scene import JointControl, Model, ShapeKind

RELEASE = 1.0
"""Seconds without touch after which touching the same thing again counts as another contact."""
_APPROACH = 20.0
"""1/s: how fast a controlled joint closes in on its position."""


class MovedModel:
    """A model that Gazebo's VelocityControl would move, as rigid as a train: it obeys, whatever is in its way.

    The velocity is in the model's own axes and holds until the next one, as in Gazebo; only x, y and the turn about z
    are obeyed.
    """

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, description: Model) -> None:
        self.name = description.name
        self.topic = description.velocity_topic
        self._data = data
        self.body = int(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, description.name))
        self._mocap = int(model.body_mocapid[self.body])
        self._x, self._y, self._z = (float(part) for part in description.pose[:3, 3])
        self._yaw = math.atan2(description.pose[1, 0], description.pose[0, 0])
        self.velocity = (0.0, 0.0, 0.0)
        self.contacts = 0
        self.touched = ""
        low, high = _extent(description)
        self.size = _three(high - low)
        self.centre = _three((low + high) / 2)

    @property
    def pose(self) -> tuple[float, float, float, float]:
        """x, y, z (m) and yaw (rad) in the world."""
        return self._x, self._y, self._z, self._yaw

    @property
    def outline(self) -> Rectangle:
        """What the model covers of the floor."""
        length, width, _ = self.size
        return outline(self._x, self._y, self._yaw, length=length, width=width, forward=self.centre[0])

    def command(self, vx: float, vy: float, w: float) -> None:
        """Ask for a velocity (m/s, m/s, rad/s). Numbers that are not finite mean zero."""
        self.velocity = (
            vx if math.isfinite(vx) else 0.0,
            vy if math.isfinite(vy) else 0.0,
            w if math.isfinite(w) else 0.0,
        )

    def place(self, x: float, y: float, yaw: float) -> None:
        """Put it somewhere (m, m, rad)."""
        self._x, self._y, self._yaw = x, y, yaw
        self._write()

    def advance(self, seconds: float) -> None:
        """Move on by one step (the heading of its middle, which makes arcs of arcs)."""
        vx, vy, w = self.velocity
        if vx == vy == w == 0.0:
            return
        heading = self._yaw + w * seconds / 2
        self._x += (vx * math.cos(heading) - vy * math.sin(heading)) * seconds
        self._y += (vx * math.sin(heading) + vy * math.cos(heading)) * seconds
        self._yaw = math.remainder(self._yaw + w * seconds, math.tau)
        self._write()

    def _write(self) -> None:
        self._data.mocap_pos[self._mocap] = (self._x, self._y, self._z)
        self._data.mocap_quat[self._mocap] = (math.cos(self._yaw / 2), 0.0, 0.0, math.sin(self._yaw / 2))

    def note_contact(self, other: str) -> None:
        """Count the beginning of a contact."""
        self.contacts += 1
        self.touched = other


class ControlledJoint:
    """A joint under Gazebo's JointPositionController with velocity commands."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, owner: str, control: JointControl) -> None:
        self.owner, self.name = owner, control.joint
        self.topic = control.topic
        self._data, self._speed = data, control.max_speed
        joint = int(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, f"{owner}::{control.joint}"))
        self._actuator = int(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_ACTUATOR, f"{owner}::{control.joint}"))
        self._position, self._velocity = int(model.jnt_qposadr[joint]), int(model.jnt_dofadr[joint])
        low, high = (float(part) for part in model.jnt_range[joint])
        self._limits = (low, high) if model.jnt_limited[joint] else (-math.inf, math.inf)
        self._wanted = float(data.qpos[self._position])

    @property
    def position(self) -> float:
        """Where it is (rad or m)."""
        return float(self._data.qpos[self._position])

    @property
    def velocity(self) -> float:
        """How fast it moves (rad/s or m/s)."""
        return float(self._data.qvel[self._velocity])

    def command(self, position: float) -> None:
        """Ask for a position; beyond a limit means the limit, what is no number is passed over."""
        if math.isfinite(position):
            self._wanted = min(max(position, self._limits[0]), self._limits[1])

    def before_step(self) -> None:
        """Set the speed for the next step."""
        speed = _APPROACH * (self._wanted - self.position)
        self._data.ctrl[self._actuator] = min(max(speed, -self._speed), self._speed)


class MovedContacts:
    """Counts what moved models touch: joints and robots by the physics' contacts, each other by their outlines."""

    def __init__(self, model: mujoco.MjModel, moved: list[MovedModel]) -> None:
        self._model, self._moved = model, moved
        self._owner = np.full(model.ngeom, -1)
        for index, one in enumerate(moved):
            self._owner[model.geom_bodyid == one.body] = index
        self._last: dict[tuple[str, str], float] = {}

    def update(self, data: mujoco.MjData) -> None:
        """Take the contacts of the last step."""
        if data.ncon == 0 or not self._moved:
            return
        geoms = data.contact.geom
        owners = self._owner[geoms]
        for index in np.flatnonzero((owners[:, 0] >= 0) != (owners[:, 1] >= 0)):
            mine = 0 if owners[index, 0] >= 0 else 1
            other = mujoco.mj_id2name(self._model, mujoco.mjtObj.mjOBJ_GEOM, int(geoms[index, 1 - mine]))
            self._note(self._moved[owners[index, mine]], other.split("::")[0], data.time)

    def compare_outlines(self, now: float) -> None:
        """Find moved models that stand in one another; those at rest are compared with those that move only."""
        moving = [one for one in self._moved if any(one.velocity)]
        for one in moving:
            mine = one.outline
            for other in self._moved:
                if other is not one and mine.overlaps(other.outline):
                    self._note(one, other.name, now)
                    self._note(other, one.name, now)

    def _note(self, one: MovedModel, other: str, now: float) -> None:
        if now - self._last.get((one.name, other), -math.inf) > RELEASE:
            one.note_contact(other)
        self._last[one.name, other] = now


def _extent(description: Model) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners of the box around all collisions of a model, in the model's axes; of its origin without any."""
    boxes: list[NDArray[np.float64]] = []
    for link in description.links:
        for collision in link.collisions:
            size = collision.shape.size
            if collision.shape.kind is ShapeKind.BOX:
                half = np.array(size) / 2
            elif collision.shape.kind in (ShapeKind.CYLINDER, ShapeKind.CAPSULE):
                half = np.array([size[0], size[0], size[1] / 2])
            else:
                half = np.array([*size, *size, *size][:3])
            place = link.pose @ collision.pose
            reach = np.abs(place[:3, :3]) @ half
            boxes += [place[:3, 3] - reach, place[:3, 3] + reach]
    points = np.array(boxes or [np.zeros(3)])
    return points.min(axis=0), points.max(axis=0)


def _three(numbers: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in numbers)
    return x, y, z

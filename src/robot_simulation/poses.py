# SPDX-License-Identifier: Apache-2.0
"""Poses in space as 4x4 matrices (metres), from and to what description files and MuJoCo write."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from transforms3d.euler import euler2mat
from transforms3d.quaternions import mat2quat

Pose = NDArray[np.float64]


def from_xyz_rpy(numbers: Sequence[float]) -> Pose:
    """Return the pose of x y z (m), roll pitch yaw (rad, about fixed axes in this order), as SDF and URDF have it."""
    pose = np.eye(4)
    pose[:3, :3] = euler2mat(*numbers[3:6], axes="sxyz")
    pose[:3, 3] = numbers[:3]
    return pose


def quaternion(pose: Pose) -> list[float]:
    """Return the rotation as (w, x, y, z)."""
    return [float(part) for part in mat2quat(pose[:3, :3])]


def position(pose: Pose) -> list[float]:
    """Return x, y, z in metres."""
    return [float(part) for part in pose[:3, 3]]


def z_axis_to(direction: Sequence[float]) -> Pose:
    """Return the smallest rotation that takes the z axis to `direction`."""
    unit = np.asarray(direction, np.float64) / np.linalg.norm(direction)
    pose = np.eye(4)
    if unit[2] < -1 + 1e-9:
        pose[:3, :3] = np.diag([1.0, -1.0, -1.0])
        return pose
    cross = np.array([-unit[1], unit[0], 0.0])
    skew = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    pose[:3, :3] = np.eye(3) + skew + skew @ skew / (1 + unit[2])
    return pose

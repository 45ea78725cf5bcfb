# SPDX-License-Identifier: Apache-2.0
"""Poses as (4, 4) matrices, from the notations of SDF and URDF and back."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from transforms3d.euler import euler2mat
from transforms3d.quaternions import mat2quat, quat2mat

Pose = NDArray[np.float64]


def from_xyz_rpy(x: float, y: float, z: float, roll: float, pitch: float, yaw: float) -> Pose:
    """Return the pose of SDF and URDF: turned about the fixed axes x, y, z in this order, then moved."""
    pose = np.eye(4)
    pose[:3, :3] = euler2mat(roll, pitch, yaw, "sxyz")
    pose[:3, 3] = (x, y, z)
    return pose


def from_xyz_quaternion(x: float, y: float, z: float, qx: float, qy: float, qz: float, qw: float) -> Pose:
    """Return the pose of a position and a quaternion that need not be normalised."""
    pose = np.eye(4)
    pose[:3, :3] = quat2mat([qw, qx, qy, qz])
    pose[:3, 3] = (x, y, z)
    return pose


def quaternion_wxyz(pose: Pose) -> NDArray[np.float64]:
    """Return the rotation as (w, x, y, z), the order of MuJoCo."""
    return np.asarray(mat2quat(pose[:3, :3]), np.float64)


def turn_z_to(normal: tuple[float, float, float]) -> Pose:
    """Return the shortest rotation that takes +z to `normal`, as a pose."""
    n = np.asarray(normal, np.float64)
    n = n / np.linalg.norm(n)
    axis = np.cross([0.0, 0.0, 1.0], n)
    sine, cosine = float(np.linalg.norm(axis)), float(n[2])
    pose = np.eye(4)
    if sine < 1e-12:
        pose[:3, :3] = np.eye(3) if cosine > 0 else np.diag([1.0, -1.0, -1.0])
        return pose
    x, y, z = axis / sine
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    # Rodrigues' formula.
    pose[:3, :3] = np.eye(3) + sine * k + (1 - cosine) * (k @ k)
    return pose


def yaw_of(pose: Pose) -> float:
    """Return the heading of the pose's x axis in the plane."""
    return math.atan2(pose[1, 0], pose[0, 0])

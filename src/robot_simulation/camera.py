# SPDX-License-Identifier: Apache-2.0
"""Cameras rendered by MuJoCo with EGL, or OSMesa without EGL. The context belongs to the thread that makes it."""

from __future__ import annotations

import math
import os

import cv2
import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.errors import CameraUnavailable
from robot_simulation.gazebo_blocks import CameraBlock
from robot_simulation.model_builder import VISUAL

_OFF = ("disable", "disabled", "off", "false", "0")
"""Values of MUJOCO_GL that ask for no pictures, as MuJoCo's own Python package reads them."""
_HINT = "install libegl1 libgl1-mesa-dri (or libosmesa6), or start with camera:=false"


def intrinsics(block: CameraBlock) -> NDArray[np.float64]:
    """Return the 3x3 matrix of the pinhole camera, in pixels."""
    focal = block.width / 2 / math.tan(block.hfov / 2)
    return np.array([[focal, 0.0, block.width / 2], [0.0, focal, block.height / 2], [0.0, 0.0, 1.0]])


def make_context(width: int, height: int) -> object:
    """Return a current OpenGL context without a window, trying EGL and then OSMesa. Raises CameraUnavailable."""
    wanted = os.environ.get("MUJOCO_GL", "").strip().lower()
    if wanted in _OFF:
        raise CameraUnavailable(
            f"pictures are switched off by MUJOCO_GL={wanted}", hint="unset MUJOCO_GL, or start with camera:=false"
        )
    problems = []
    for backend in [wanted] if wanted in ("egl", "osmesa") else ["egl", "osmesa"]:
        # PyOpenGL binds itself to the platform that it finds in the environment at its first import.
        previous = os.environ.get("PYOPENGL_PLATFORM")
        os.environ["PYOPENGL_PLATFORM"] = backend
        try:
            if backend == "egl":
                from mujoco.egl import GLContext
            else:
                from mujoco.osmesa import GLContext
            context = GLContext(width, height)
            context.make_current()
            return context
        except Exception as error:  # PyOpenGL and the drivers raise whatever they like.
            problems.append(f"{backend}: {error or type(error).__name__}")
            if previous is None:
                del os.environ["PYOPENGL_PLATFORM"]
            else:
                os.environ["PYOPENGL_PLATFORM"] = previous
    raise CameraUnavailable(f"pictures cannot be rendered here ({'; '.join(problems)})", hint=_HINT)


class Renderer:
    """Draws the cameras of one model, in the thread that made it."""

    def __init__(self, model: mujoco.MjModel) -> None:
        width, height = int(model.vis.global_.offwidth), int(model.vis.global_.offheight)
        self._context = make_context(width, height)
        self._model = model
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = 0
        self._option.geomgroup[VISUAL] = 1
        self._scene = mujoco.MjvScene(model, maxgeom=model.ngeom + 100)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        self._scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        try:
            self._mujoco_context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        except (mujoco.FatalError, ValueError) as error:
            raise CameraUnavailable(f"pictures cannot be rendered here ({error})", hint=_HINT) from error
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._mujoco_context)
        self._view = mujoco.MjvCamera()
        self._view.type = mujoco.mjtCamera.mjCAMERA_FIXED

    def draw(self, data: mujoco.MjData, name: str, block: CameraBlock) -> NDArray[np.uint8]:
        """Return what a camera sees: (height, width, 3), blue green red."""
        self._view.fixedcamid = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_CAMERA, name)
        everything = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(self._model, data, self._option, None, self._view, everything, self._scene)
        area = mujoco.MjrRect(0, 0, block.width, block.height)
        mujoco.mjr_render(area, self._scene, self._mujoco_context)
        picture = np.empty((block.height, block.width, 3), np.uint8)
        mujoco.mjr_readPixels(picture, None, area, self._mujoco_context)
        # OpenGL's rows begin at the bottom, its colours with red. NumPy's own reversed copy takes four times as long.
        return np.asarray(cv2.flip(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), 0), np.uint8)

    def close(self) -> None:
        """Give the context back."""
        self._mujoco_context.free()
        self._context.free()  # type: ignore[attr-defined]

# SPDX-License-Identifier: Apache-2.0
"""Pictures of simulated cameras, drawn off screen on the processor (EGL or OSMesa through Mesa).

A drawing context belongs to the thread that made it: make and use a `Camera` in the simulation's thread only.
"""

from __future__ import annotations

import math
import os

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.embedded.geoms import SEEN
from robot_simulation.embedded.robot import CameraBlock
from robot_simulation.errors import RenderError


class Camera:
    """One camera. Raises RenderError where nothing can be drawn on this machine."""

    def __init__(self, model: mujoco.MjModel, prefix: str, block: CameraBlock) -> None:
        self.block = block
        self._name = f"{prefix}camera {block.sensor.name}"
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = 0
        self._option.geomgroup[SEEN] = 1
        self._option.sitegroup[:] = 0
        try:
            self._renderer = mujoco.Renderer(model, block.height, block.width, max_geom=20000)
        except Exception as error:  # each backend fails in its own way, down to AttributeError of a missing library
            raise RenderError(
                f"pictures cannot be drawn here ({os.environ.get('MUJOCO_GL', 'no backend')}: {error})",
                hint="install EGL for the processor (apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri), or OSMesa "
                "(libosmesa6, MUJOCO_GL=osmesa), or switch the camera off (camera:=false)",
            ) from error
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0

    @property
    def focal_length(self) -> float:
        """Pixels; the same along both axes."""
        return self.block.width / (2.0 * math.tan(self.block.horizontal_fov / 2.0))

    def render(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """Return the picture, (height, width, 3), red, green, blue."""
        self._renderer.update_scene(data, camera=self._name, scene_option=self._option)
        return np.asarray(self._renderer.render(), np.uint8)

    def close(self) -> None:
        """Free the drawing context."""
        self._renderer.close()

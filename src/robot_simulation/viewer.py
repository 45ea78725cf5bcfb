# SPDX-License-Identifier: Apache-2.0
"""MuJoCo's own window, where there is a display."""

from __future__ import annotations

import os
from typing import Any

from robot_simulation.errors import SimulationError
from robot_simulation.simulator import Simulator


def open_viewer(simulator: Simulator) -> Any:
    """Return MuJoCo's passive viewer. Raises SimulationError without a display."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise SimulationError(
            "the viewer needs a display, and neither DISPLAY nor WAYLAND_DISPLAY is set",
            hint="leave --viewer out, or run it on a desktop",
        )
    import mujoco.viewer

    return mujoco.viewer.launch_passive(simulator.model, simulator.data)

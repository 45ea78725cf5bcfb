# SPDX-License-Identifier: Apache-2.0
"""Can pictures be rendered (the simulated camera), and can a window be shown (--viewer)?"""

from __future__ import annotations

import os
import subprocess
import sys

from ronda_cli.doctor.finding import Finding, Level

_LIMIT_S = 30.0
# Rendering libraries end the process when they fail, so each way is tried in a child.
_TRY = """
import mujoco
model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><geom size='1'/></worldbody></mujoco>")
renderer = mujoco.Renderer(model, 48, 64)
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
renderer.update_scene(data)
assert renderer.render().shape == (48, 64, 3)
print("rendered")
"""
_PACKAGES = {"egl": "libegl1 libgl1-mesa-dri", "osmesa": "libosmesa6"}


def renders(backend: str) -> str:
    """Try one way of rendering in a child; return an empty text, or the reason why it fails."""
    environment = {**os.environ, "MUJOCO_GL": backend, "PYOPENGL_PLATFORM": backend}
    try:
        result = subprocess.run(
            [sys.executable, "-c", _TRY],
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_LIMIT_S:g} s"
    if result.returncode == 0 and "rendered" in result.stdout:
        return ""
    return (result.stderr.strip().splitlines() or [f"ended with {result.returncode}"])[-1]


def check() -> list[Finding]:
    """Try EGL, then the software path, and look for a display."""
    findings = []
    reasons = {}
    for backend in _PACKAGES:
        reasons[backend] = renders(backend)
        if not reasons[backend]:
            findings.append(Finding("rendering", Level.OK, f"off-screen rendering works with {backend.upper()}"))
            break
    else:
        findings.append(
            Finding(
                "rendering",
                Level.OPTIONAL,
                "no off-screen rendering, the simulated camera stays off: "
                + "; ".join(f"{name.upper()}: {reason}" for name, reason in reasons.items()),
                f"install {_PACKAGES['egl']} (or {_PACKAGES['osmesa']} for the slower software path)",
            )
        )
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        findings.append(Finding("display", Level.OK, "a display is there: --viewer can show a window"))
    else:
        findings.append(Finding("display", Level.NOTE, "no display: --viewer cannot show a window", "set DISPLAY"))
    return findings

# SPDX-License-Identifier: Apache-2.0
"""Who serves navigation: this package's `navigate_to`, or Nav2's `navigate_to_pose` on a robot that has it.

Both actions have the same fields, so that a client needs only the type, the name and the meaning of the error codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from robot_navigation.codes import NavigationCode, from_nav2
from robot_navigation.errors import AdapterError

BACKENDS = ("embedded", "nav2")


@dataclass(frozen=True)
class NavigationBackend:
    """An action client is made with `action_type` and `action_name`; `read_code` gives its results' error codes."""

    action_type: Any
    action_name: str
    read_code: Callable[[Any], NavigationCode]


def navigation_backend(name: str) -> NavigationBackend:
    """The backend for the parameter `navigation_backend`. Raises AdapterError: unknown, or not installed."""
    if name == "embedded":
        return NavigationBackend(import_module("ronda.action").NavigateTo, "navigate_to", _own_code)
    if name == "nav2":
        try:
            action_type = import_module("nav2_msgs.action").NavigateToPose
        except ModuleNotFoundError as error:
            raise AdapterError(
                "navigation_backend is nav2, but nav2_msgs is not installed",
                hint="sudo apt install ros-jazzy-navigation2, or set navigation_backend to embedded",
            ) from error
        return NavigationBackend(action_type, "navigate_to_pose", _nav2_code)
    raise AdapterError(f"unknown navigation_backend '{name}'", hint="use " + " or ".join(BACKENDS))


def _own_code(result: Any) -> NavigationCode:
    try:
        return NavigationCode(result.error_code)
    except ValueError:
        return NavigationCode.UNKNOWN


def _nav2_code(result: Any) -> NavigationCode:
    # Older releases of Nav2 have no error_code in NavigateToPose.
    return from_nav2(int(getattr(result, "error_code", 0)))

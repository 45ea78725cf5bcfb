# SPDX-License-Identifier: Apache-2.0
"""Poses that are given `relative_to` other frames, resolved within one scope (a model or the world)."""

from __future__ import annotations

import numpy as np

from robot_simulation.poses import Pose, from_xyz_rpy
from robot_simulation.xml_file import Element
from ronda_core.parameters import suggest


class Frames:
    """The named frames of one scope; every answer is a pose in the scope's own frame (`__model__` or `world`)."""

    def __init__(self, scope: Element) -> None:
        self._elements = {
            child.attribute("name"): child
            for child in scope.children
            if child.tag in ("link", "joint", "frame", "model", "actor") and "name" in child.attributes
        }
        self._known: dict[str, Pose] = {"__model__": np.eye(4), "world": np.eye(4), "": np.eye(4)}
        self._open: list[str] = []

    def add(self, name: str, pose: Pose) -> None:
        """Name a frame that is no element of the scope, e.g. an included model."""
        self._known[name] = pose

    def pose(self, element: Element, default: str = "") -> Pose:
        """Return the pose of an element of this scope; without `relative_to` it is relative to frame `default`."""
        pose = element.find("pose")
        if pose is None:
            return self.of(element, default)
        if pose.attributes.get("degrees", "false") == "true":
            numbers = pose.numbers(6)
            own = from_xyz_rpy((*numbers[:3], *np.radians(numbers[3:])))
        else:
            own = from_xyz_rpy(pose.numbers(6)) if pose.text.strip() else np.eye(4)
        return np.asarray(self.of(pose, pose.attributes.get("relative_to", default)) @ own)

    def of(self, asker: Element, name: str) -> Pose:
        """Return the pose of a named frame. Raises DescriptionError for an unknown name or a circle."""
        if name in self._known:
            return self._known[name]
        element = self._elements.get(name)
        if element is None:
            known = [*self._elements, "__model__", "world"]
            raise asker.error(f"unknown frame '{name}'{suggest(name, known)}", hint=f"frames: {', '.join(known)}")
        if name in self._open:
            raise asker.error(f"the frames {' -> '.join([*self._open, name])} form a circle")
        self._open.append(name)
        default = element.attributes.get("attached_to", "")
        if element.tag == "joint":
            default = element.value("child")
        self._known[name] = self.pose(element, default)
        self._open.pop()
        return self._known[name]

# SPDX-License-Identifier: Apache-2.0
"""Rectangles on the floor that may touch: outlines of cars, robots and induction loops."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle with its centre at x, y (m), `length` along the heading `yaw` (rad), `width` across."""

    x: float
    y: float
    yaw: float
    length: float
    width: float

    def grown(self, along: float, across: float) -> Rectangle:
        """Return it longer and wider by so much at each side (m)."""
        return Rectangle(self.x, self.y, self.yaw, self.length + 2 * along, self.width + 2 * across)

    def overlaps(self, other: Rectangle) -> bool:
        """Whether the two have a point in common (separating axes: two convex bodies are apart along some side)."""
        dx, dy = other.x - self.x, other.y - self.y
        reach = (math.hypot(self.length, self.width) + math.hypot(other.length, other.width)) / 2
        if dx * dx + dy * dy > reach * reach:
            return False
        turn = other.yaw - self.yaw
        c, s = abs(math.cos(turn)), abs(math.sin(turn))
        for one, two in ((self, other), (other, self)):
            cos_yaw, sin_yaw = math.cos(one.yaw), math.sin(one.yaw)
            along, across = abs(dx * cos_yaw + dy * sin_yaw), abs(dy * cos_yaw - dx * sin_yaw)
            if along > (one.length + two.length * c + two.width * s) / 2:
                return False
            if across > (one.width + two.length * s + two.width * c) / 2:
                return False
        return True


def outline(x: float, y: float, yaw: float, *, length: float, width: float, forward: float) -> Rectangle:
    """Return the outline of a vehicle at x, y, yaw whose middle lies `forward` metres ahead of that point."""
    return Rectangle(x + forward * math.cos(yaw), y + forward * math.sin(yaw), yaw, length, width)

# SPDX-License-Identifier: Apache-2.0
"""Errors of reading and evaluating a launch file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ronda_cli.errors import LaunchError

if TYPE_CHECKING:
    from ronda_cli.launchfile.document import Element


class EvaluationError(LaunchError):
    """A value cannot be evaluated; the action it belongs to adds file, line and tag."""


class LaunchFileError(LaunchError):
    """A launch file is refused, at a place that the message names."""

    def __init__(self, message: str, where: Element, *, hint: str = "") -> None:
        """Name the place in front of `message` as `FILE:LINE: <tag>:`."""
        super().__init__(f"{where.file}:{where.line}: <{where.tag}>: {message}", hint=hint)

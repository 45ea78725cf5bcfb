# SPDX-License-Identifier: Apache-2.0
"""The root of every error that Ronda raises on purpose.

RondaError
├── ParameterError    a node parameter or a configuration key is unknown, of the wrong type or out of its limits
├── TransformError    two frames are not connected, or not at that time
└── one tree per package, in its errors.py
"""

from __future__ import annotations


class RondaError(Exception):
    """Something a person can understand and act upon.

    :param message: what happened and where, without a final full stop
    :param hint: what to do next; may be empty
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def describe(self) -> str:
        """Return the text that a terminal shows: one line for the error and one for the hint, if there is one."""
        lines = [f"error: {self}"]
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class ParameterError(RondaError):
    """A parameter or configuration key is unknown, of the wrong type or out of its limits."""


class TransformError(RondaError):
    """Two frames are not connected, or not at the time asked for."""

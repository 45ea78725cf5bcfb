# SPDX-License-Identifier: Apache-2.0
"""The exceptions of robot_navigation.

RondaError
└── NavigationError
    ├── MapFileError      a map_server map cannot be read or written
    ├── WorldMapError     a world cannot be turned into a map
    ├── PlanningError     no plan, with a reason that is a `NavigationCode`
    └── AdapterError      the chosen navigation backend is not there
"""

from __future__ import annotations

from robot_navigation.codes import NavigationCode
from ronda_core.errors import RondaError


class NavigationError(RondaError):
    """Root of this package's exceptions."""


class MapFileError(NavigationError):
    """A map file is missing, malformed, or uses something that is not supported."""


class WorldMapError(NavigationError):
    """A world has nothing to draw, or its extent makes no sense."""


class PlanningError(NavigationError):
    """There is no path; `code` says why in a form that programs can use."""

    def __init__(self, code: NavigationCode, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class AdapterError(NavigationError):
    """The navigation backend that was asked for is unknown or not installed."""

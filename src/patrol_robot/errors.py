# SPDX-License-Identifier: Apache-2.0
"""Errors of the patrol robot.

RondaError
└── PatrolError
    ├── RouteError         a route file or text that cannot be walked
    ├── EvidenceError      evidence that cannot be written or does not match its hashes
    ├── IncidentLogError   the incident log cannot be opened or written
    ├── ClipError          a recording that cannot be written
    └── DemoError          the demonstration cannot start or go on
"""

from ronda_core.errors import RondaError


class PatrolError(RondaError):
    """Anything that goes wrong in the patrol robot."""


class RouteError(PatrolError):
    """A route that cannot be walked: unknown key, wrong type, or a waypoint in a wall."""


class EvidenceError(PatrolError):
    """Evidence that cannot be written, or that does not match its hashes."""


class IncidentLogError(PatrolError):
    """The incident log cannot be opened, read or written."""


class ClipError(PatrolError):
    """A recording that cannot be written."""


class DemoError(PatrolError):
    """The demonstration cannot start or go on."""

# SPDX-License-Identifier: Apache-2.0
"""Errors of the simulation package.

SimulationError
├── WorldError           a world file is not one that can be copied and changed
├── PeopleError          the pictures of people for a world are missing, unreadable or not usable
├── DescriptionError     a robot or a world holds what cannot be simulated; names file and line
└── CameraUnavailable    no way to draw pictures on this machine
"""

from ronda_core.errors import RondaError


class SimulationError(RondaError):
    """Root of this package's errors."""


class WorldError(SimulationError):
    """A world file is missing or malformed."""


class PeopleError(SimulationError):
    """A folder of people, or one of its pictures, cannot be used."""


class DescriptionError(SimulationError):
    """A robot's description, or one element of a world file, cannot be simulated. Names file and line."""


class CameraUnavailable(SimulationError):
    """Pictures cannot be rendered on this machine."""

# SPDX-License-Identifier: Apache-2.0
"""Errors of the simulation package.

SimulationError
├── WorldError     a world file is not one that the simulators can load
├── RobotError     a robot description lacks what its drive or sensors need
├── RenderError    no way to draw pictures on this machine
└── PeopleError    the pictures of people for a world are missing, unreadable or not usable
"""

from ronda_core.errors import RondaError


class SimulationError(RondaError):
    """Root of this package's errors."""


class WorldError(SimulationError):
    """A world file is missing, malformed or holds what the simulators cannot load."""


class RobotError(SimulationError):
    """A robot description is malformed, or lacks what its drive or a sensor names."""


class RenderError(SimulationError):
    """Pictures cannot be drawn on this machine."""


class PeopleError(SimulationError):
    """A folder of people, or one of its pictures, cannot be used."""


class DescriptionError(SimulationError):
    """A robot's description, or one element of a world file, cannot be simulated. Names file and line."""


class CameraUnavailable(SimulationError):
    """Pictures cannot be rendered on this machine."""

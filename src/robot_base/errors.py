# SPDX-License-Identifier: Apache-2.0
"""Exceptions of the base.

RondaError
└── BaseError                    anything the base refuses or cannot do
    ├── BaseConfigError          a setting that makes no sense (geometry, limits, ports)
    ├── GateMemoryError          the safety gate's record cannot be written
    ├── DescriptionError         a robot description that cannot be used
    ├── TeleoperationError       the keyboard cannot be used
    ├── FirmwareBuildError       the host build of the reference firmware failed
    ├── CalibrationError         the calibration drive gave no usable result
    └── LinkError                the line to the hardware
        ├── LinkLostError        it was there and is gone
        ├── ProtocolError        what came over it is not what was agreed
        │   └── FrameError       one frame is damaged or not a frame
        └── CommandRefusedError  the other end understood and declined
"""

from ronda_core.errors import RondaError


class BaseError(RondaError):
    """Root of all errors of this package."""


class BaseConfigError(BaseError):
    """A setting that makes no sense."""


class GateMemoryError(BaseError):
    """The safety gate's record cannot be written."""


class DescriptionError(BaseError):
    """A robot description that cannot be used."""


class TeleoperationError(BaseError):
    """The keyboard cannot be used."""


class FirmwareBuildError(BaseError):
    """The host build of the reference firmware failed."""


class CalibrationError(BaseError):
    """The calibration drive gave no usable result."""


class LinkError(BaseError):
    """The line to the hardware cannot be used."""


class LinkLostError(LinkError):
    """The line was there and is gone."""


class ProtocolError(LinkError):
    """What came over the line is not what was agreed."""


class FrameError(ProtocolError):
    """One frame is damaged or not a frame at all."""


class CommandRefusedError(LinkError):
    """The other end understood the command and declined it."""

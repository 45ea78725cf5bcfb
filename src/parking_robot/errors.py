# SPDX-License-Identifier: Apache-2.0
"""The exception tree of the garage.

RondaError
└── ParkingError
    ├── PlateError           a text is no number plate, a picture cannot be read, a plate model is missing
    ├── ConfigurationError   a file of the garage's (formats, tariff, rules, permits) is wrong
    │   └── TariffError      a tariff has a gap, an overlap, an unknown currency or a value out of its limits
    ├── MoneyError           amounts of different currencies, or an unknown one
    ├── StayError            an event does not fit the stay: two exits, an exit before the entry
    ├── LedgerError          the store of the stays cannot be read or written
    ├── JournalError         a gate's own memory on the disk cannot be read or written
    └── PaymentError         a provider refused, or a message of it is not to be believed
        └── SignatureError   the signature of a webhook is wrong, too old, or missing
"""

from __future__ import annotations

from ronda_core.errors import RondaError


class ParkingError(RondaError):
    """The root of everything that the garage raises on purpose."""


class PlateError(ParkingError):
    """A text is no number plate, a picture cannot be read, or a plate model is missing."""


class ConfigurationError(ParkingError):
    """A file of the garage's is wrong: unknown key, wrong type, value out of its limits."""


class TariffError(ConfigurationError):
    """A tariff has a gap, an overlap, an unknown currency or a value out of its limits."""


class MoneyError(ParkingError):
    """Amounts of different currencies were mixed, or a currency is unknown."""


class StayError(ParkingError):
    """An event does not fit the stay that it was meant for."""


class LedgerError(ParkingError):
    """The store of the stays cannot be read or written; nothing was half-written."""


class JournalError(ParkingError):
    """A gate's own memory on the disk cannot be read or written."""


class PaymentError(ParkingError):
    """A payment provider refused, or a message of it does not fit what was asked for."""


class SignatureError(PaymentError):
    """The signature of a webhook is wrong, too old, or missing."""

# SPDX-License-Identifier: Apache-2.0
"""Money: an integer number of the smallest unit of one ISO 4217 currency. Never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from parking_robot.errors import MoneyError

# ISO 4217: digits after the point.
MINOR_DIGITS = {
    "AED": 2, "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0, "CNY": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2,
    "HKD": 2, "HUF": 2, "INR": 2, "JPY": 0, "KRW": 0, "KWD": 3, "MXN": 2, "NOK": 2, "NZD": 2, "PLN": 2, "RON": 2,
    "SEK": 2, "SGD": 2, "THB": 2, "TRY": 2, "TWD": 2, "USD": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip


def require_currency(code: str) -> str:
    """Return ``code``. Raises MoneyError when it is not a known ISO 4217 code."""
    if code not in MINOR_DIGITS:
        raise MoneyError(f"unknown currency '{code}'", hint=f"use an ISO 4217 code: {', '.join(MINOR_DIGITS)}")
    return code


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` smallest units (cents, won) of ``currency``; may be negative (a refund, a discount)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        require_currency(self.currency)
        # bool is an int, but never an amount.
        if type(self.minor) is not int:
            raise MoneyError(
                f"an amount is a whole number of the smallest unit, not {self.minor!r}", hint="use Money.parse"
            )

    @classmethod
    def parse(cls, text: object, currency: str) -> Money:
        """Read ``3.50``, ``"3.5"`` or ``4`` in major units. Raises MoneyError for anything else or too many digits."""
        digits = MINOR_DIGITS[require_currency(currency)]
        try:
            if isinstance(text, bool):
                raise InvalidOperation
            scaled = Decimal(str(text)).scaleb(digits)
            if not scaled.is_finite() or scaled.adjusted() > 15:
                raise InvalidOperation
            whole = int(scaled)
        except (ArithmeticError, ValueError) as error:
            raise MoneyError(f"'{text}' is no amount of {currency}", hint="write it as 3.50") from error
        if whole != scaled:
            raise MoneyError(f"{text} {currency} has more than {digits} digits after the point", hint="round it")
        return cls(whole, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def share(self, percent: int) -> Money:
        """Return ``percent`` (0..100) of it, rounded down to the smallest unit."""
        return Money(self.minor * percent // 100, self.currency)

    def __str__(self) -> str:
        digits = MINOR_DIGITS[self.currency]
        return f"{Decimal(self.minor).scaleb(-digits):,.{digits}f} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(f"{self} and {other} cannot be reckoned together", hint="convert one of them first")
        return other.minor


def total(amounts: list[Money], currency: str) -> Money:
    """Return the sum; zero of ``currency`` for an empty list."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result

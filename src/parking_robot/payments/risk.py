# SPDX-License-Identifier: Apache-2.0
"""Rules against misuse, as data: each that applies gives points and a reason. Many points: a person looks at it.

A payment is never silently refused: REVIEW lets the car go and asks a person later, HOLD calls one at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from parking_robot.errors import ConfigurationError
from ronda_core.errors import ParameterError
from ronda_core.parameters import check_keys, suggest


class Verdict(StrEnum):
    ACCEPT = "accept"
    REVIEW = "review"
    HOLD = "hold and call a person"


@dataclass(frozen=True, slots=True)
class Rule:
    """``fact`` above ``limit`` gives ``points``; facts are numbers that the caller counts (yes is 1)."""

    name: str
    fact: str
    limit: float
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    verdict: Verdict
    points: int
    reasons: tuple[str, ...]


# What is counted for each payment; a rule may use nothing else.
FACTS = (
    "plates_of_payer_1h", "payments_of_plate_1h", "declined_10min", "quotes_of_device_10min", "amount_mismatch",
    "currency_mismatch", "country_mismatch", "new_device_amount", "code_replayed",
)  # fmt: skip
DEFAULT_RULES = (
    Rule("many plates", "plates_of_payer_1h", 3, 40, "one payer paid for more than 3 plates within an hour"),
    Rule("plate velocity", "payments_of_plate_1h", 3, 40, "the plate was paid for more than 3 times within an hour"),
    Rule("declined", "declined_10min", 4, 50, "more than 4 declined tries within 10 minutes"),
    Rule("scanning", "quotes_of_device_10min", 6, 50, "one device asked for the fees of more than 6 plates"),
    Rule("amount", "amount_mismatch", 0, 100, "the amount is not the one that was asked for"),
    Rule("currency", "currency_mismatch", 0, 100, "the currency is not the garage's"),
    Rule("country", "country_mismatch", 0, 20, "the payer's country is not the garage's"),
    Rule("new device", "new_device_amount", 5000, 40, "a device seen for the first time pays a high amount"),
    Rule("replayed code", "code_replayed", 0, 100, "the code of another, finished payment was used again"),
)
REVIEW_FROM, HOLD_FROM = 40, 100


def assess(facts: Mapping[str, float], rules: Sequence[Rule] = DEFAULT_RULES) -> Assessment:
    """Return the verdict on one payment and all reasons, heaviest first."""
    applied = sorted((r for r in rules if facts.get(r.fact, 0.0) > r.limit), key=lambda rule: -rule.points)
    points = sum(rule.points for rule in applied)
    verdict = Verdict.HOLD if points >= HOLD_FROM else Verdict.REVIEW if points >= REVIEW_FROM else Verdict.ACCEPT
    return Assessment(verdict, points, tuple(rule.reason for rule in applied))


def parse_rules(content: Any, where: str) -> tuple[Rule, ...]:
    """Return rules from YAML content (a list). Raises ConfigurationError naming the rule."""
    if not isinstance(content, list):
        raise ConfigurationError(f"{where}: a list of rules is expected", hint="see docs/parking.md, risk")
    rules = []
    for number, entry in enumerate(content, 1):
        place = f"{where}, rule {number}"
        try:
            check_keys(entry, ("name", "fact", "limit", "points", "reason"), place)
            rule = Rule(
                str(entry["name"]),
                str(entry["fact"]),
                float(entry["limit"]),
                int(entry["points"]),
                str(entry["reason"]),
            )
        except (ParameterError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigurationError(f"{place}: {error}", hint="see docs/parking.md, risk") from error
        if rule.fact not in FACTS:
            # A fact that was only ever named was never counted: such a rule has never applied.
            raise ConfigurationError(
                f"{place}: unknown fact '{rule.fact}'{suggest(rule.fact, FACTS)}",
                hint=f"remove the rule, or use one of: {', '.join(FACTS)}",
            )
        if rule.points <= 0:
            raise ConfigurationError(f"{place}: 'points' must be above 0", hint="remove a rule that gives none")
        rules.append(rule)
    return tuple(rules)

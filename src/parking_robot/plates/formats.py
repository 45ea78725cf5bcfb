# SPDX-License-Identifier: Apache-2.0
"""Country formats of number plates, as data: which characters may stand where."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from parking_robot.errors import ConfigurationError
from ronda_core.parameters import check_keys

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_COMMON = {"L": LETTERS, "N": DIGITS, "A": LETTERS + DIGITS}


@dataclass(frozen=True, slots=True)
class PlateFormat:
    """One format: ``slots[i]`` is what may stand at place i; ``share`` the prior in the country."""

    country: str
    name: str
    pattern: str
    slots: tuple[frozenset[str], ...]
    share: float

    @property
    def label(self) -> str:
        """The format as a person reads it, e.g. ``BR LLLNNNN (national)``."""
        return f"{self.country} {self.pattern} ({self.name})"

    def accepts(self, text: str) -> bool:
        """Return whether ``text`` (normalised) has this format."""
        return len(text) == len(self.slots) and all(c in slot for c, slot in zip(text, self.slots, strict=True))


@dataclass(frozen=True, slots=True)
class Country:
    """All formats of one country."""

    code: str
    formats: tuple[PlateFormat, ...]

    def sample(self, rng: random.Random) -> str:
        """Return random characters in one of the country's formats, as often as each is used."""
        chosen = rng.choices(self.formats, [form.share for form in self.formats])[0]
        return "".join(rng.choice(sorted(slot)) for slot in chosen.slots)


@cache
def builtin_formats() -> Mapping[str, Country]:
    """Return the countries that come with the package, by ISO 3166 code."""
    return parse_formats((resources.files(__package__) / "formats.yaml").read_text("utf-8"), "formats.yaml")


def parse_formats(text: str, where: str) -> dict[str, Country]:
    """Return the countries of a formats file. Raises ConfigurationError naming the file, country and format."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{where} is not valid YAML: {error}", hint="correct the file") from error
    if not isinstance(content, dict) or not content:
        raise ConfigurationError(
            f"{where}: a mapping of country codes is expected", hint="see docs/parking.md, formats"
        )
    return {str(code): _country(str(code), entry, f"{where}, {code}") for code, entry in content.items()}


def _country(code: str, entry: Any, where: str) -> Country:
    if not isinstance(entry, dict) or not isinstance(entry.get("formats"), list) or not entry["formats"]:
        raise ConfigurationError(f"{where}: 'formats' must be a list", hint="see docs/parking.md, formats")
    check_keys(entry, ("classes", "formats"), where)
    classes = {**_COMMON, **{str(k): str(v) for k, v in (entry.get("classes") or {}).items()}}
    total = sum(float(item.get("weight", 1.0)) for item in entry["formats"])
    formats = tuple(_format(code, item, classes, total, where) for item in entry["formats"])
    return Country(code, formats)


def _format(code: str, item: Any, classes: Mapping[str, str], total: float, where: str) -> PlateFormat:
    check_keys(item, ("name", "pattern", "weight"), where)
    pattern = str(item.get("pattern", ""))
    weight = float(item.get("weight", 1.0))
    if not pattern or weight <= 0:
        raise ConfigurationError(f"{where}: a format needs a 'pattern' and a positive 'weight'", hint="correct it")
    # A symbol without a class stands for itself, e.g. the E of German electric plates.
    slots = tuple(frozenset(classes.get(symbol, symbol)) for symbol in pattern)
    return PlateFormat(code, str(item.get("name", pattern)), pattern, slots, weight / total)

# SPDX-License-Identifier: Apache-2.0
"""The whole chain for one picture: find, look closely, straighten, read, decide by format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from face_perception.errors import ModelError
from face_perception.models import ModelRegistry
from parking_robot.errors import ConfigurationError, PlateError
from parking_robot.plates.corners import CornerNetwork, Outline
from parking_robot.plates.decoding import Decoded, decode
from parking_robot.plates.finder import SAME_PLACE, Find, PlateFinder
from parking_robot.plates.formats import Country, builtin_formats
from parking_robot.plates.geometry import Picture, Quad, box_of, straighten
from parking_robot.plates.reader import HEIGHT, LONGEST, LineReader
from parking_robot.plates.syllable import SyllableReader
from ronda_core.errors import ParameterError
from ronda_core.parameters import check_keys
from ronda_core.paths import models_dir

NETWORKS = ("finder", "corners", "syllables")
# Nine in ten drawn Korean plates look at least so Korean, one in ten photographs of others.
KOREAN = 0.12


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """The content of a chain file; chain.yaml describes each."""

    folder: Path
    finder: str
    corners: str
    reader: str
    syllables: str
    finder_sides: tuple[int, ...]
    finder_threshold: float
    finder_enough: float
    most_plates: int
    plate_threshold: float
    plate_sure: float
    read_enough: float
    text_margin: tuple[float, float]
    second_look_below: float
    second_look_from: float
    second_margin: tuple[float, float]
    countries: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlateReading:
    """One plate in one picture: corners in pixels, how sure it is one (0 to 1), what it says (empty: unreadable)."""

    corners: Quad
    score: float
    decoded: Decoded

    @property
    def rank(self) -> float:
        """By this the plates of one picture are ordered: a surely read plate of a known format comes before a sign."""
        return self.score * (0.2 + self.decoded.confidence) * (1.0 if self.decoded.region else 0.4)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    find: Find
    outline: float
    reading: PlateReading


class PlateChain:
    """Loaded once, then one call per picture. Not to be shared between threads."""

    def __init__(self, settings: ChainSettings, models: Path | None = None) -> None:
        """Load the four networks. Raises PlateError naming the one that is missing."""
        registry = ModelRegistry.load(models or models_dir())
        self._settings = settings
        self._countries: Mapping[str, Country] = builtin_formats()
        alphabet = "".join(
            sorted({c for land in self._countries.values() for f in land.formats for s in f.slots for c in s})
        )
        try:
            self._finder = PlateFinder(
                settings.folder / settings.finder,
                settings.finder_sides,
                settings.finder_threshold,
                settings.most_plates,
            )
            self._corners = CornerNetwork(settings.folder / settings.corners)
            self._reader = LineReader(registry.path(registry.spec(settings.reader)), alphabet)
            self._syllables = SyllableReader(settings.folder / settings.syllables)
        except ModelError as error:
            raise PlateError(str(error), hint=error.hint) from error

    def read(self, picture: Picture, countries: Mapping[str, float] | None = None) -> list[PlateReading]:
        """Return the plates in a BGR picture, surest first; ``countries`` overrides the settings' probabilities."""
        seen: list[_Seen] = []
        for finds in self._finder.looks(picture):
            for find in finds:
                self._take(picture, find, seen, countries or self._settings.countries)
            if any(self._settles(one) for one in seen):
                break
        return sorted((one.reading for one in seen), key=lambda reading: -reading.rank)

    def _take(self, picture: Picture, find: Find, seen: list[_Seen], countries: Mapping[str, float]) -> None:
        """Look closely at a find; a plate is read and goes into ``seen``, in the place of a worse find of it."""
        box = box_of(find.quad)
        same = [one for one in seen if box.overlap(box_of(one.find.quad)) >= SAME_PLACE]
        if any(one.find.score >= find.score for one in same):
            return
        outline = self._corners.outline(picture, find.quad)
        if outline.score < self._settings.plate_threshold:
            return
        for one in same:
            seen.remove(one)
        seen.append(_Seen(find, outline.score, self._reading(picture, outline, find.score, countries)))

    def _settles(self, one: _Seen) -> bool:
        """Return whether the next, dearer look at the picture can be saved."""
        decoded, settings = one.reading.decoded, self._settings
        well_read = bool(decoded.region) and decoded.confidence >= settings.read_enough
        return one.find.score >= settings.finder_enough or (one.outline >= settings.plate_sure and well_read)

    def _reading(
        self, picture: Picture, outline: Outline, score: float, countries: Mapping[str, float]
    ) -> PlateReading:
        priors = countries or country_priors(outline.regions)
        decoded = self._decode(picture, outline.text, self._settings.text_margin, priors)
        sure = score * outline.score >= self._settings.second_look_from
        if sure and decoded.confidence < self._settings.second_look_below:
            # Another cut of the same plate is another sample of the reader's mind.
            other = self._decode(picture, outline.text, self._settings.second_margin, priors)
            decoded = max(decoded, other, key=lambda seen: seen.confidence * (1.0 if seen.region else 0.4))
        return PlateReading(outline.plate, score * outline.score, decoded)

    def _decode(
        self, picture: Picture, text: Quad, margin: tuple[float, float], priors: Mapping[str, float]
    ) -> Decoded:
        line = straighten(picture, text, HEIGHT, margin, LONGEST)
        korean = priors.get("KR", 0.0) >= KOREAN
        read = self._syllables.complete(line, self._reader.read(line), korean)
        return decode(read, self._countries, priors)


def country_priors(regions: Mapping[str, float]) -> dict[str, float]:
    """Return probabilities of countries from those of the regions' looks; the look alone never rules a country out."""
    european = [code for code in builtin_formats() if code not in regions]
    floor = 0.02
    priors: dict[str, float] = {}
    for region, look in regions.items():
        share = floor + (1 - floor * len(regions)) * look
        members = european if region == "EU" else [region]
        # A European plate is one of many countries, but most of them share their formats.
        priors |= {code: share / len(members) ** 0.5 for code in members}
    return priors


def load_settings(path: Path | None = None) -> ChainSettings:
    """Return the settings of a chain file, or of the package's. Raises ConfigurationError."""
    built_in = Path(str(resources.files(__package__) / "chain.yaml"))
    defaults = yaml.safe_load(built_in.read_text("utf-8"))
    if path is None:
        return _settings(defaults, built_in.parent)
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        check_keys(content, tuple(defaults), str(path))
    except (OSError, yaml.YAMLError, ParameterError, TypeError) as error:
        raise ConfigurationError(
            f"plate chain {path}: {error}", hint="see src/parking_robot/plates/chain.yaml"
        ) from error
    own = {key: str((path.parent / content[key]).resolve()) for key in NETWORKS if key in content}
    return _settings({**defaults, **content, **own}, built_in.parent)


def _settings(content: Mapping[str, Any], folder: Path) -> ChainSettings:
    try:
        first, second = (
            (float(across), float(down)) for across, down in (content["text_margin"], content["second_margin"])
        )
        return ChainSettings(
            folder=folder,
            finder=str(content["finder"]),
            corners=str(content["corners"]),
            reader=str(content["reader"]),
            syllables=str(content["syllables"]),
            finder_sides=tuple(int(side) for side in content["finder_sides"]),
            finder_threshold=float(content["finder_threshold"]),
            finder_enough=float(content["finder_enough"]),
            most_plates=int(content["most_plates"]),
            plate_threshold=float(content["plate_threshold"]),
            plate_sure=float(content["plate_sure"]),
            read_enough=float(content["read_enough"]),
            text_margin=first,
            second_look_below=float(content["second_look_below"]),
            second_look_from=float(content["second_look_from"]),
            second_margin=second,
            countries={str(code): float(share) for code, share in (content["countries"] or {}).items()},
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"plate chain: {error}", hint="see src/parking_robot/plates/chain.yaml") from error

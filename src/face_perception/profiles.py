# SPDX-License-Identifier: Apache-2.0
"""Profiles: which detector, points, recognisers and liveness run together, as data."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from face_perception.errors import ModelError
from ronda_core.parameters import check_keys, suggest


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """``columns`` x ``rows`` tiles besides the whole picture (1 x 1: none); ``long_side`` 0 keeps the size."""

    model: str
    score: float = 0.5
    long_side: int = 0
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class LandmarkChoice:
    """``model``: the 68-point network, or empty for the detector's points; ``refine``: a second look, or empty."""

    model: str = ""
    refine: str = ""


@dataclass(frozen=True, slots=True)
class RecogniserChoice:
    """One recogniser and its share of the fused score."""

    model: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What runs together; ``liveness`` is a model name or empty."""

    name: str
    description: str
    detector: DetectorChoice
    landmarks: LandmarkChoice
    recognisers: tuple[RecogniserChoice, ...]
    flip: bool = False
    liveness: str = ""

    def models(self) -> list[str]:
        """Return the names of all models of the profile, each once."""
        used = [self.detector.model, self.landmarks.model, self.landmarks.refine]
        used += [*(choice.model for choice in self.recognisers), self.liveness]
        return list(dict.fromkeys(name for name in used if name))


_HINT = "see docs/faces.md, profiles"


def load_profile(name: str, file: Path | None = None) -> Profile:
    """Return the profile ``name``, built in or from ``file``. Raises ModelError."""
    profiles = _parse((resources.files(__package__) / "profiles.yaml").read_text("utf-8"), "profiles.yaml")
    if file is not None:
        try:
            profiles |= _parse(file.read_text("utf-8"), str(file))
        except OSError as error:
            raise ModelError(f"profiles file {file} cannot be read: {error.strerror}", hint=_HINT) from error
    if name not in profiles:
        raise ModelError(
            f"unknown profile '{name}'{suggest(name, profiles)}", hint=f"known profiles: {', '.join(profiles)}"
        )
    return profiles[name]


def _parse(text: str, where: str) -> dict[str, Profile]:
    try:
        content = yaml.safe_load(text) or {}
        return {name: _parse_profile(name, entry, f"{where}, profile '{name}'") for name, entry in content.items()}
    except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise ModelError(f"{where}: {error}", hint=_HINT) from error


def _parse_profile(name: str, entry: Any, where: str) -> Profile:
    entry = dict(check_keys(entry, [key for key in Profile.__slots__ if key != "name"], where))
    if missing := [key for key in ("detector", "recognisers") if not entry.get(key)]:
        raise ModelError(f"{where}: '{missing[0]}' is missing", hint=_HINT)
    return Profile(
        name=name,
        description=str(entry.get("description", "")),
        detector=DetectorChoice(**check_keys(entry["detector"], DetectorChoice.__slots__, f"{where}, detector")),
        landmarks=LandmarkChoice(
            **check_keys(entry.get("landmarks", {}), LandmarkChoice.__slots__, f"{where}, landmarks")
        ),
        recognisers=tuple(
            RecogniserChoice(**check_keys(item, RecogniserChoice.__slots__, f"{where}, recognisers"))
            for item in entry["recognisers"]
        ),
        flip=bool(entry.get("flip", False)),
        liveness=str(entry.get("liveness", "")),
    )

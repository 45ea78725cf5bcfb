# SPDX-License-Identifier: Apache-2.0
"""The model registry: what each model file is, where it comes from and how pictures become its input, as data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from face_perception.errors import ModelError
from ronda_core.parameters import check_keys

USER_REGISTRY = "models.yaml"
UNSTATED = "not stated"
FETCH_HINT = "run 'ronda faces models fetch' (needs the package registries once, is offline afterwards)"


class ModelKind(StrEnum):
    DETECTOR = "detector"
    LANDMARKS = "landmarks"
    RECOGNISER = "recogniser"
    LIVENESS = "liveness"
    TEXT_READER = "text-reader"
    PLATE_FINDER = "plate-finder"


class Colour(StrEnum):
    RGB = "rgb"
    BGR = "bgr"
    GREY = "grey"


class Preparation(StrEnum):
    """What set-up does to a package's file before ONNX Runtime can use it."""

    NONE = "none"
    FREE_SIZE = "free-size"
    TFLITE = "tflite"
    DLIB = "dlib"


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Which registry package carries the file: ``registry`` is npm or pypi, ``member`` the path inside its archive."""

    registry: str
    package: str
    version: str
    member: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One registry entry. ``input`` is (channels, height, width) with 0 for a free size; ``mean`` and
    ``scale`` are one number or one for each channel: tensor = (pixel - mean) / scale; ``points`` are the pixels of the
    five points in a recogniser's input where they are not the usual ones; an ``optional`` model is only fetched by its
    name."""

    name: str
    kind: ModelKind
    file: str
    sha256: str
    input: tuple[int, int, int]
    colour: Colour
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    licence: str
    training_data: str
    decoder: str = ""
    prepare: Preparation = Preparation.NONE
    template_size: int = 0
    source: ModelSource | None = None
    points: tuple[tuple[float, float], ...] = ()
    optional: bool = False

    @property
    def is_documented(self) -> bool:
        """Whether somebody states what the weights were trained on."""
        return not self.training_data.lower().startswith(UNSTATED)

    @property
    def installed_file(self) -> str:
        """Name of the file that is loaded; differs from the package's file where set-up prepares it."""
        if self.prepare is Preparation.NONE:
            return self.file
        return f"{Path(self.file).stem}.prepared.onnx"


_KEYS = tuple(field for field in ModelSpec.__slots__ if field != "name")
_REQUIRED = ("kind", "file", "sha256", "input", "colour", "mean", "scale", "licence", "training_data")


class ModelRegistry:
    """All known models by name, and the folder that holds their files."""

    def __init__(self, folder: Path, specs: Mapping[str, ModelSpec]) -> None:
        self.folder = folder
        self._specs = dict(specs)

    @classmethod
    def load(cls, folder: Path) -> ModelRegistry:
        """Read the built-in entries and those of ``folder/models.yaml``, which may not redefine built-in ones.

        Raises ModelError for an unknown key, a missing field or a name used twice.
        """
        specs = parse_registry((resources.files(__package__) / "models.yaml").read_text("utf-8"), "models.yaml")
        user_file = folder / USER_REGISTRY
        if user_file.is_file():
            user = parse_registry(user_file.read_text("utf-8"), str(user_file))
            if clash := sorted(specs.keys() & user.keys()):
                raise ModelError(f"{user_file}: model name '{clash[0]}' is taken", hint="choose another name")
            specs |= user
        return cls(folder, specs)

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self._specs.values())

    def spec(self, name: str, kind: ModelKind | None = None) -> ModelSpec:
        """Return the entry called ``name``. Raises ModelError when there is none or it is of another kind."""
        spec = self._specs.get(name)
        if spec is None:
            raise ModelError(f"unknown model '{name}'", hint=f"known models: {', '.join(sorted(self._specs))}")
        if kind is not None and spec.kind is not kind:
            raise ModelError(f"model '{name}' is a {spec.kind}, a {kind} is needed here", hint="correct the profile")
        return spec

    def path(self, spec: ModelSpec) -> Path:
        """Return the file to load. Raises ModelError when it is not there, or is another one than its entry says."""
        path = self.folder / spec.installed_file
        if not path.is_file():
            hint = FETCH_HINT if spec.source else f"put {spec.file} into {self.folder}"
            if spec.optional:
                hint = f"run 'ronda models fetch {spec.name}'"
            raise ModelError(f"model '{spec.name}' is missing: {path}", hint=hint)
        if spec.prepare is Preparation.NONE and (found := sha256_of(path)) != spec.sha256:
            hint = FETCH_HINT if spec.source else f"if this is the file you want, set its entry to sha256: {found}"
            raise ModelError(
                f"model '{spec.name}': {path} has the SHA-256 {found[:12]}..., its entry says {spec.sha256[:12]}...",
                hint=hint,
            )
        return path


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parse_registry(text: str, where: str) -> dict[str, ModelSpec]:
    """Return the entries of a registry file. Raises ModelError naming ``where`` and the entry."""
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ModelError(f"{where} is not valid YAML: {error}", hint="correct the file") from error
    if not isinstance(content, dict):
        raise ModelError(f"{where}: a mapping of model names is expected", hint="see docs/faces.md, own models")
    return {name: _parse_entry(name, entry, where) for name, entry in content.items()}


def _parse_entry(name: str, entry: Any, where: str) -> ModelSpec:
    place = f"{where}, model '{name}'"
    if not isinstance(entry, dict):
        raise ModelError(f"{place}: a mapping is expected", hint="see docs/faces.md, own models")
    check_keys(entry, _KEYS, place)
    if missing := [key for key in _REQUIRED if key not in entry]:
        raise ModelError(f"{place}: '{missing[0]}' is missing", hint="see docs/faces.md, own models")
    source = entry.get("source")
    try:
        return ModelSpec(
            name=name,
            kind=ModelKind(entry["kind"]),
            file=str(entry["file"]),
            sha256=str(entry["sha256"]).lower(),
            input=_input_shape(entry["input"]),
            colour=Colour(entry["colour"]),
            mean=_per_channel(entry["mean"], entry["input"]),
            scale=_per_channel(entry["scale"], entry["input"]),
            licence=str(entry["licence"]),
            training_data=str(entry["training_data"]),
            decoder=str(entry.get("decoder", "")),
            prepare=Preparation(entry.get("prepare", "none")),
            template_size=int(entry.get("template_size", 0)),
            source=ModelSource(**{key: str(value) for key, value in source.items()}) if source else None,
            points=_points(entry.get("points", ())),
            optional=bool(entry.get("optional", False)),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{place}: {error}", hint="see docs/faces.md, own models") from error


def _input_shape(value: Any) -> tuple[int, int, int]:
    channels, height, width = (int(number) for number in value)
    return channels, height, width


def _per_channel(value: Any, shape: Any) -> tuple[float, ...]:
    numbers = tuple(float(number) for number in value) if isinstance(value, list) else (float(value),)
    if len(numbers) not in (1, int(shape[0])):
        raise ValueError(f"{len(numbers)} values of 'mean' or 'scale', one or {shape[0]} are needed")
    return numbers


def _points(value: Any) -> tuple[tuple[float, float], ...]:
    points = tuple((float(x), float(y)) for x, y in value)
    if len(points) not in (0, 5):
        raise ValueError(f"{len(points)} points, five are needed (eyes, nose tip, mouth corners)")
    return points

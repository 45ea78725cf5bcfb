# SPDX-License-Identifier: Apache-2.0
"""From an aligned face to its template: one network, or several whose unit vectors stand side by side."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

import numpy as np

from face_perception.alignment import USUAL, Square
from face_perception.errors import ModelError
from face_perception.faces import Picture, Template
from face_perception.models import ModelSpec
from face_perception.runtime import Network
from face_perception.side_by_side import run_each
from face_perception.tensors import to_tensor


class Recogniser(Protocol):
    """Turns aligned faces into templates; the dot product of two is their cosine similarity."""

    @property
    def identity(self) -> str:
        """Name what made a template: templates of different identities must never be compared."""
        ...

    @property
    def template_size(self) -> int:
        """Length of a template."""
        ...

    @property
    def square(self) -> Square:
        """How faces must be aligned for it."""
        ...

    def embed(self, aligned: Picture) -> Template:
        """Return the unit-length float32 template of a BGR face aligned to ``square``."""
        ...


class NetworkRecogniser:
    """One recognition network."""

    def __init__(self, path: Path, spec: ModelSpec) -> None:
        channels, height, width = spec.input
        if channels != 3 or height != width or (height != USUAL.side and not spec.points):
            raise ModelError(
                f"model '{spec.name}': recognisers take 3x{USUAL.side}x{USUAL.side}, its entry says {list(spec.input)}",
                hint="correct 'input', or say with 'points' where eyes, nose tip and mouth corners lie in a square",
            )
        self.square = Square(width, spec.points) if spec.points else USUAL
        self._network = Network(path, spec.name)
        self._network.require_input((None, *spec.input))
        self._spec = spec
        self._size = int(self._network(np.zeros((1, *spec.input), np.float32))[0].size)
        if spec.template_size and spec.template_size != self._size:
            raise ModelError(
                f"model '{spec.name}' makes templates of {self._size}, its entry says {spec.template_size}",
                hint="correct 'template_size'",
            )

    @property
    def identity(self) -> str:
        """Name of the model and the start of its SHA-256."""
        return f"{self._spec.name}:{self._spec.sha256[:12]}"

    @property
    def template_size(self) -> int:
        """Length of a template."""
        return self._size

    def embed(self, aligned: Picture) -> Template:
        """Return the unit-length template of an aligned BGR face."""
        return unit(self._network(to_tensor(aligned, self._spec))[0].ravel())


class FlipAveraging:
    """Adds the template of the mirrored face: twice the cost, fewer errors on faces that look aside."""

    def __init__(self, inner: Recogniser) -> None:
        self._inner = inner

    @property
    def identity(self) -> str:
        """The inner identity, marked: averaged templates lie elsewhere than plain ones."""
        return f"flip({self._inner.identity})"

    @property
    def template_size(self) -> int:
        """Length of a template."""
        return self._inner.template_size

    @property
    def square(self) -> Square:
        """The inner recogniser's alignment."""
        return self._inner.square

    def embed(self, aligned: Picture) -> Template:
        """Return the unit-length mean of both templates."""
        return unit(self._inner.embed(aligned) + self._inner.embed(np.ascontiguousarray(aligned[:, ::-1])))


class Fusion:
    """Several recognisers side by side: the cosine of two fused templates is the weighted mean of the cosines."""

    def __init__(self, parts: list[tuple[Recogniser, float]]) -> None:
        total = sum(weight for _, weight in parts)
        self._parts = [(part, float(np.sqrt(weight / total))) for part, weight in parts]
        weights = ",".join(f"{weight / total:.3f}" for _, weight in parts)
        self._identity = "+".join(part.identity for part, _ in parts) + f"@{weights}"
        self.square = parts[0][0].square
        if any(part.square != self.square for part, _ in parts):
            raise ModelError(
                f"the recognisers {self._identity} align faces differently", hint="fuse models of one alignment"
            )

    @property
    def identity(self) -> str:
        """The parts' identities and their weights."""
        return self._identity

    @property
    def template_size(self) -> int:
        """Sum of the parts' sizes."""
        return sum(part.template_size for part, _ in self._parts)

    def embed(self, aligned: Picture) -> Template:
        """Return the unit-length fused template."""
        return unit(np.concatenate(run_each(lambda one: one[0].embed(aligned) * one[1], self._parts)))


def unit(vector: Template) -> Template:
    """Return ``vector`` scaled to length 1 (a zero vector stays as it is)."""
    length = float(np.linalg.norm(vector))
    return (vector / length).astype(np.float32) if length > 0 else vector.astype(np.float32)


def fuse_templates(templates: list[Template], weights: list[float]) -> Template:
    """Return the unit-length weighted mean of templates of one face."""
    return unit(np.average(np.stack(templates), axis=0, weights=weights).astype(np.float32))


def short_identity(identity: str) -> str:
    """Return a short stable name for an identity, for file names and logs."""
    return hashlib.sha256(identity.encode()).hexdigest()[:12]

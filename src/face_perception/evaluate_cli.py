# SPDX-License-Identifier: Apache-2.0
"""``ronda faces evaluate | evaluate-search | calibrate``: measure the models on pictures of your own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from face_perception.cli_options import Profile, ProfilesFile

if TYPE_CHECKING:
    from face_perception.profiles import Profile as ProfileData
    from face_perception.template_cache import Embedded

Images = Annotated[Path, typer.Option("--images", help="Folder with one folder of pictures per person")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the figures to this file")]
Plots = Annotated[Path | None, typer.Option("--plots", help="Write ROC and DET plots into this folder")]
Cache = Annotated[Path | None, typer.Option("--cache", help="File that keeps templates: a stopped run goes on")]


def evaluate(
    images: Images,
    pairs: Annotated[Path, typer.Option("--pairs", help="Pairs in LFW's format")],
    json_file: JsonFile = None,
    plots: Plots = None,
    cache: Cache = None,
    profile: Profile = "accurate",
    profiles_file: ProfilesFile = None,
) -> None:
    """Verification by LFW's 10-fold protocol.

    Example: ronda faces evaluate --images lfw --pairs lfw/pairs.txt --json result.json
    """
    from face_perception.evaluation import pair_scores, verify
    from face_perception.picture_folder import read_pairs

    wanted = read_pairs(pairs, images)
    chosen, embedded = _embed(profile, profiles_file, (p for pair in wanted for p in (pair.first, pair.second)), cache)
    result = verify(wanted, embedded.templates) | _common(chosen, embedded)
    if plots is not None:
        from face_perception.plots import plot_pairs

        scores, same, _ = pair_scores(wanted, embedded.templates)
        plot_pairs(scores, same, plots)
    _report(result, json_file)


def evaluate_search(
    images: Images,
    gallery_size: Annotated[int, typer.Option("--gallery-size", min=1, help="People on the list")] = 500,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Random draws of the list")] = 10,
    json_file: JsonFile = None,
    cache: Cache = None,
    profile: Profile = "accurate",
    profiles_file: ProfilesFile = None,
) -> None:
    """Open-set search: listed people must be found, strangers must not be named.

    Example: ronda faces evaluate-search --images lfw --gallery-size 500 --seeds 10 --json result.json
    """
    from face_perception.evaluation import search_open_set
    from face_perception.picture_folder import people_in

    people = people_in(images)
    chosen, embedded = _embed(profile, profiles_file, (path for paths in people.values() for path in paths), cache)
    result = search_open_set(people, embedded.templates, gallery_size, seeds) | _common(chosen, embedded)
    _report(result, json_file)


def calibrate(
    images: Images,
    out: Annotated[Path, typer.Option("--out", help="Calibration file to write")],
    source: Annotated[str, typer.Option(help="Which pictures these are, for the record")] = "",
    cache: Cache = None,
    profile: Profile = "fast",
    profiles_file: ProfilesFile = None,
) -> None:
    """Make the calibration that turns false positive rates into thresholds.

    Example: ronda faces calibrate --images people --out calibration.yaml
    """
    from face_perception.analyser import load_recogniser
    from face_perception.calibration import dump
    from face_perception.evaluation import calibrate as make
    from face_perception.models import ModelRegistry
    from face_perception.picture_folder import people_in
    from ronda_core.paths import models_dir

    people = people_in(images)
    chosen, embedded = _embed(profile, profiles_file, (path for paths in people.values() for path in paths), cache)
    identity = load_recogniser(chosen, ModelRegistry.load(models_dir())).identity
    made = make(identity, people, embedded.templates, source or str(images.name))
    out.write_text(dump([made]), encoding="utf-8")
    typer.echo(f"{out}: {made.comparisons} comparisons of {made.people} people")


def _embed(
    name: str, profiles_file: Path | None, pictures: Iterable[Path], cache: Path | None
) -> tuple[ProfileData, Embedded]:
    from rich.console import Console
    from rich.progress import Progress

    from face_perception.analyser import Analyser
    from face_perception.models import ModelRegistry
    from face_perception.profiles import load_profile
    from face_perception.template_cache import embed_all
    from ronda_core.paths import models_dir

    chosen = load_profile(name, profiles_file)
    analyser = Analyser.load(chosen, ModelRegistry.load(models_dir()))
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("pictures", total=None)
        return chosen, embed_all(
            analyser,
            repr(chosen) + analyser.recogniser.identity,
            pictures,
            cache,
            lambda done, total: bar.update(task, completed=done, total=total),
        )


def _common(profile: ProfileData, embedded: Embedded) -> dict[str, Any]:
    return {
        "ms_per_face": round(embedded.ms_per_face, 1),
        "pictures_without_a_face": len(embedded.failures),
        "profile": profile.name,
        "models": {
            "detector": profile.detector.model,
            "landmarks": profile.landmarks.refine or profile.landmarks.model or profile.detector.model,
            "recognisers": [choice.model for choice in profile.recognisers],
            "flip": profile.flip,
        },
    }


def _report(result: dict[str, Any], json_file: Path | None) -> None:
    text = json.dumps(result, indent=2)
    typer.echo(text)
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(text + "\n", encoding="utf-8")

# SPDX-License-Identifier: Apache-2.0
"""``ronda faces challenge | evaluate-liveness``: is this a living person, and how far can that be told?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from face_perception.cli_options import Json, Profile, ProfilesFile


def challenge(
    source: Annotated[str, typer.Argument(help="Camera number, rtsp:// address or video file; ten frames a second")],
    turns: Annotated[int, typer.Option(min=1, max=9, help="Turns asked for; a guess passes one time in 2^turns")] = 3,
    profile: Profile = "fast",
    profiles_file: ProfilesFile = None,
    as_json: Json = False,
) -> None:
    """Ask the person in front of a camera to turn the head, in an order nobody knows before; exit status 1: failed.

    Example: ronda faces challenge 0
    """
    from face_perception.analyser import Analyser
    from face_perception.calibration import load_calibration
    from face_perception.challenge import Challenge, ChallengeRules, Progress, State, in_words, to_data
    from face_perception.challenge_camera import ChallengeCamera
    from face_perception.models import ModelRegistry
    from face_perception.profiles import load_profile
    from face_perception.sources import open_frames
    from ronda_core.clock import SystemClock
    from ronda_core.paths import models_dir

    analyser = Analyser.load(load_profile(profile, profiles_file), ModelRegistry.load(models_dir()))
    # As near as one comparison in a hundred of different people.
    same_face = load_calibration(analyser.recogniser.identity).cosine(1e-2)
    camera = ChallengeCamera(analyser, Challenge(ChallengeRules(turns=turns, same_face=same_face)))
    shown: Progress | None = None
    for stamp, picture in open_frames(source, 10.0, SystemClock()):
        progress = camera.take(picture, stamp)
        if progress != shown:
            shown = progress
            typer.echo(json.dumps(to_data(progress)) if as_json else in_words(progress))
        if progress.state in (State.PASSED, State.FAILED):
            break
    if shown is None or shown.state is not State.PASSED:
        if shown is None or shown.state is not State.FAILED:
            typer.echo("the source ended before the challenge did", err=True)
        raise typer.Exit(1)


def evaluate_liveness(
    images: Annotated[Path, typer.Option("--images", help="Folder of photographs of faces, searched deeply")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many photographs, spread over the folder")] = 100,
    views: Annotated[int, typer.Option(min=1, max=50, help="Frames per presentation, their scores averaged")] = 3,
    seed: Annotated[int, typer.Option(help="Of the simulated attacks")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file")] = None,
    samples: Annotated[Path | None, typer.Option("--samples", help="Write one picture of each kind here")] = None,
    profile: Profile = "watchful",
    profiles_file: ProfilesFile = None,
) -> None:
    """Measure the passive liveness score on simulated prints, cut-outs, screens and moire: APCER, BPCER.

    Example: ronda faces evaluate-liveness --images lfw --json liveness.json
    """
    from rich.console import Console
    from rich.progress import Progress

    from face_perception.analyser import Analyser
    from face_perception.liveness_evaluation import pictures_in, present, report, write_samples
    from face_perception.models import ModelRegistry
    from face_perception.profiles import load_profile
    from ronda_core.paths import models_dir

    chosen = load_profile(profile, profiles_file)
    analyser = Analyser.load(chosen, ModelRegistry.load(models_dir()))
    pictures = pictures_in(images, limit)
    if samples is not None:
        write_samples(analyser, pictures, samples, seed)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("pictures", total=len(pictures))
        scores = present(
            analyser, pictures, views, seed, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    result = report(scores) | {
        "views": views,
        "simulated": True,
        "models": {"detector": chosen.detector.model, "liveness": chosen.liveness},
    }
    text = json.dumps(result, indent=2)
    typer.echo(text)
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(text + "\n", encoding="utf-8")

# SPDX-License-Identifier: Apache-2.0
"""Templates of many pictures, kept on disk as they are made, so that a stopped evaluation goes on where it was.

Meant for research pictures: the cache is not encrypted. It holds no names of people, but delete it when done.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from face_perception.analyser import Analyser
from face_perception.enrolment import central_face
from face_perception.errors import PictureError
from face_perception.faces import Template
from face_perception.picture import decode_picture


@dataclass(frozen=True, slots=True)
class Embedded:
    """Templates by picture; pictures without a usable face are in ``failures``. ``ms_per_face`` is CPU time."""

    templates: dict[Path, Template]
    failures: list[Path]
    ms_per_face: float


def embed_all(
    analyser: Analyser,
    pipeline: str,
    pictures: Iterable[Path],
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Embedded:
    """Return the template of the large central face of each picture.

    :param pipeline: names the profile and its models; cached templates of another pipeline are not used
    :param cache: file to keep templates in, or None
    """
    store = sqlite3.connect(cache or ":memory:")
    store.execute("create table if not exists templates (key text primary key, template blob, milliseconds real)")
    wanted = sorted(set(pictures))
    templates: dict[Path, Template] = {}
    failures: list[Path] = []
    costs = []
    for number, path in enumerate(wanted, start=1):
        content = path.read_bytes()
        key = hashlib.sha256(pipeline.encode() + b"\0" + content).hexdigest()
        row = store.execute("select template, milliseconds from templates where key=?", [key]).fetchone()
        if row is None:
            row = _embed(analyser, content, str(path))
            with store:
                store.execute("insert into templates values (?, ?, ?)", [key, *row])
        if row[0]:
            templates[path] = np.frombuffer(row[0], "<f4").astype(np.float32)
            costs.append(row[1])
        else:
            failures.append(path)
        if progress is not None:
            progress(number, len(wanted))
    store.close()
    return Embedded(templates, failures, float(np.median(costs)) if costs else float("nan"))


def _embed(analyser: Analyser, content: bytes, where: str) -> tuple[bytes, float]:
    try:
        picture = decode_picture(content, where)
    except PictureError:
        return b"", 0.0
    started = time.process_time()
    detection = central_face(analyser.detect(picture), picture)
    if detection is None:
        return b"", 0.0
    face = analyser.describe(picture, detection)
    assert face.template is not None  # describe() embeds unless told otherwise
    return face.template.astype("<f4").tobytes(), (time.process_time() - started) * 1e3

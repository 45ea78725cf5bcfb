# SPDX-License-Identifier: Apache-2.0
"""``ronda faces watch``: look at a camera, a stream, a video or a folder without a robot."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face_perception.cli_options import Folder, Json, Profile, SiteFile, station

if TYPE_CHECKING:
    import cv2

    from face_perception.faces import Picture


def watch(
    source: Annotated[str, typer.Argument(help="Camera number, rtsp:// address, video file or folder of pictures")],
    out: Annotated[Path | None, typer.Option("--out", help="Write an annotated video (.mp4)")] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=60, help="Frames per second to look at")] = 5.0,
    blur_others: Annotated[bool, typer.Option(help="Blur everybody who is not on a list in the video")] = False,
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
    as_json: Json = False,
) -> None:
    """Report people of the watchlists; one line per match.

    Example: ronda faces watch rtsp://camera/1 --out seen.mp4
    """
    from face_perception.annotate import annotate
    from face_perception.blur import blur_faces
    from face_perception.sources import open_frames
    from face_perception.watcher import Watcher
    from ronda_core.clock import SystemClock

    frames = open_frames(source, rate, SystemClock())
    here = station(folder, site, profile)
    names: dict[int, str] = {}
    writer = _Writer(out, rate) if out is not None else None
    count = 0
    with closing(here.gallery):
        if not here.gallery.permitted:
            typer.echo("identification is off: faces are only followed (docs/faces.md)", err=True)
        watcher = Watcher(here.analyser, here.gallery)
        try:
            for stamp, picture in frames:
                count += 1
                result = watcher.process(picture, stamp)
                for match in result.matches:
                    person = here.gallery.person(match.verdict.person_id)
                    names[match.track_id] = person.name
                    here.audit.append("match", person_id=person.person_id, score=round(match.verdict.score, 4))
                    _report(stamp, person.person_id, person.name, match.verdict.score, as_json)
                if writer is not None:
                    others = [seen.detection.box for seen in result.faces if seen.track_id not in names]
                    shown = blur_faces(picture, others) if blur_others else picture
                    writer.write(annotate(shown, result.faces, names))
        except KeyboardInterrupt:
            pass
        finally:
            if writer is not None:
                writer.close()
    typer.echo(f"{count} frames, {len(names)} matches", err=True)


class _Writer:
    def __init__(self, path: Path, rate: float) -> None:
        self._path = path
        self._rate = rate
        self._video: cv2.VideoWriter | None = None

    def write(self, picture: Picture) -> None:
        import cv2

        from face_perception.errors import PictureError

        if self._video is None:
            size = (picture.shape[1], picture.shape[0])
            self._video = cv2.VideoWriter(str(self._path), cv2.VideoWriter.fourcc(*"mp4v"), self._rate, size)
            if not self._video.isOpened():
                raise PictureError(f"{self._path} cannot be written as video", hint="use a path that ends with .mp4")
        self._video.write(picture)

    def close(self) -> None:
        if self._video is not None:
            self._video.release()


def _report(stamp: float, person_id: str, name: str, score: float, as_json: bool) -> None:
    if as_json:
        line = {"time_s": round(stamp, 3), "person_id": person_id, "name": name, "score": round(score, 4)}
        typer.echo(json.dumps(line))
    else:
        typer.echo(f"{stamp:9.2f} s  {name}  ({person_id}, cosine {score:.2f})")

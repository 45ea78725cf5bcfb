# SPDX-License-Identifier: Apache-2.0
"""``ronda faces watch``: look at a camera, a stream, a video or a folder without a robot."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from face_perception.cli_options import Folder, Json, Profile, SiteFile, station

if TYPE_CHECKING:
    import cv2

    from face_perception.faces import Picture

_FROZEN_AFTER_S = 2.0


def watch(
    source: Annotated[str, typer.Argument(help="Camera number, rtsp:// address, video file or folder of pictures")],
    out: Annotated[Path | None, typer.Option("--out", help="Write an annotated video (.mp4)")] = None,
    page: Annotated[
        bool | None, typer.Option("--page/--no-page", help="Open a page on this machine [default: unless --out]")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser")] = True,
    stay: Annotated[bool, typer.Option(help="Keep the page after a video or folder has ended, until Ctrl-C")] = True,
    rate: Annotated[float, typer.Option(min=0.1, max=60, help="Frames per second to look at")] = 5.0,
    give_up: Annotated[float, typer.Option(min=0, help="Seconds to wait for a broken stream; 0: for ever")] = 0.0,
    blur_others: Annotated[bool, typer.Option(help="Blur everybody who is not on a list")] = False,
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
    as_json: Json = False,
) -> None:
    """Report people of the watchlists, one line per match, and show what is seen.

    Examples:

      ronda faces watch 0                                    the first camera, on a page of this machine

      ronda faces watch rtsp://camera/1 --blur-others        a stream; it is connected again when it breaks off

      ronda faces watch visit.mp4 --out seen.mp4             an annotated video, no page

      ronda faces watch frames/ --no-page --json             one JSON object per match and event
    """
    import math

    from face_perception.sources import Reconnection, is_live, open_frames
    from face_perception.watch_board import WatchBoard
    from face_perception.watch_page import WatchPage
    from face_perception.watch_session import SessionSettings, WatchSession
    from ronda_core.clock import SystemClock

    clock = SystemClock()
    live = is_live(source)
    stopped = threading.Event()
    board = WatchBoard(source)
    here = station(folder, site, profile)
    with ExitStack() as stack:
        stack.enter_context(closing(here.gallery))
        settings = SessionSettings(_FROZEN_AFTER_S if live else 0.0, blur_others)
        session = WatchSession(here, board, lambda line: _print(line, as_json), settings)
        reconnection = Reconnection(session.source_changed, stopped.wait, give_up_s=give_up or math.inf)
        frames = open_frames(source, rate, clock, reconnection if live else None)
        writer = stack.enter_context(closing(_Writer(out, rate))) if out is not None else None
        if not here.gallery.permitted:
            typer.echo("identification is off: faces are only followed (docs/faces.md)", err=True)
        paged = out is None if page is None else page
        if paged:
            shown = stack.enter_context(WatchPage(board, port))
            _open_page(shown.url, browser)
        started = clock.monotonic()
        try:
            for stamp, picture in frames:
                annotated = session.take(picture, stamp)
                if writer is not None:
                    writer.write(annotated)
                if paged and not live:
                    # People watch at the speed of the recording.
                    stopped.wait(max(0.0, started + stamp - clock.monotonic()))
            board.say("the source has ended")
            if paged and stay and not live:
                typer.echo("the source has ended; Ctrl-C closes the page", err=True)
                stopped.wait()
        except KeyboardInterrupt:
            pass
    typer.echo(f"{session.frames} frames, {session.matches} matches", err=True)


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


def _open_page(url: str, browser: bool) -> None:
    import webbrowser

    typer.echo(f"page: {url}", err=True)
    if browser:
        webbrowser.open(url)


def _print(line: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(line))
    elif line["event"] == "match":
        typer.echo(f"{line['time_s']:9.2f} s  {line['name']}  ({line['person_id']}, cosine {line['score']:.2f})")
    else:
        typer.echo(line["text"], err=True)

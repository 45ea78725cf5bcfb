# SPDX-License-Identifier: Apache-2.0
"""The page of ``ronda faces watch``: live pictures and the last matches, on this machine alone."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from types import TracebackType
from typing import Any

from face_perception.errors import FacePerceptionError
from face_perception.watch_board import WatchBoard

_BOUNDARY = "frame"
_FRAME_WAIT_S = 0.05
_NAMES = ("127.0.0.1", "localhost")


class WatchPage:
    """Serves a board on 127.0.0.1 while the context is open."""

    def __init__(self, board: WatchBoard, port: int = 0) -> None:
        """``port`` 0 takes a free one. Raises FacePerceptionError when the port is taken."""
        self._closing = threading.Event()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(board, self._closing))
        except OSError as error:
            raise FacePerceptionError(
                f"port {port} of this machine is in use", hint="choose another, or --port 0 for any"
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="page", daemon=True)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> WatchPage:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(board: WatchBoard, closing: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # A foreign name that leads to this port (DNS rebinding) must not read people's names.
            if self.headers.get("Host", "").rsplit(":", 1)[0] not in _NAMES:
                self.send_error(403)
            elif self.path == "/":
                self._send("text/html; charset=utf-8", (resources.files(__package__) / "pages/watch.html").read_bytes())
            elif self.path == "/state.json":
                self._send("application/json", json.dumps(board.state(), allow_nan=False).encode())
            elif self.path == "/camera.mjpg":
                self._stream()
            elif (picture := self._face()) is not None:
                self._send("image/jpeg", picture)
            else:
                self.send_error(404)

        def _face(self) -> bytes | None:
            number = self.path.removeprefix("/match/").removesuffix(".jpg")
            return board.picture(int(number)) if number.isdecimal() and len(number) < 10 else None

        def _send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
            self.end_headers()
            shown = 0
            while not closing.wait(_FRAME_WAIT_S):
                number, jpeg = board.frame()
                if number == shown:
                    continue
                shown = number
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the terminal belongs to the matches."""

    return Handler

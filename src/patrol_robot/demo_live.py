# SPDX-License-Identifier: Apache-2.0
"""The round in a browser: a small page on this machine alone, with map, robot, camera and incidents."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from types import TracebackType
from typing import Any, Self

from patrol_robot.errors import DemoError

BOUNDARY = "frame"
FRAME_WAIT_S = 0.1


class LiveSource:
    """What the page shows. Each call returns the newest; a frame is (number, JPEG)."""

    def __init__(
        self,
        state: Callable[[], Mapping[str, Any]],
        frame: Callable[[], tuple[int, bytes]],
        map_png: Callable[[], bytes],
        picture: Callable[[str], bytes | None],
    ) -> None:
        self.state = state
        self.frame = frame
        self.map_png = map_png
        self.picture = picture


class LivePage:
    """Serves the page on 127.0.0.1 while the context is open."""

    def __init__(self, source: LiveSource, port: int = 0) -> None:
        """`port` 0 takes a free one. Raises DemoError when the port is taken."""
        self.closing = threading.Event()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(source, self.closing))
        except OSError as error:
            raise DemoError(
                f"port {port} of this machine is in use", hint="choose another, or --live-port 0 for any"
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="live page", daemon=True)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(source: LiveSource, closing: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # Browsers may be led to this port by a foreign name (DNS rebinding): only this machine's names are served.
            if self.headers.get("Host", "").split(":")[0] not in ("127.0.0.1", "localhost"):
                self.send_error(403)
            elif self.path == "/":
                page = resources.files("patrol_robot") / "pages" / "live.html"
                self._send("text/html; charset=utf-8", page.read_bytes())
            elif self.path == "/state.json":
                self._send("application/json", json.dumps(source.state(), allow_nan=False).encode())
            elif self.path.startswith("/map.png"):
                self._send("image/png", source.map_png())
            elif self.path == "/camera.mjpg":
                self._stream()
            elif self.path.startswith("/picture/"):
                picture = source.picture(self.path.removeprefix("/picture/"))
                if picture is None:
                    self.send_error(404)
                else:
                    self._send("image/jpeg", picture)
            else:
                self.send_error(404)

        def _send(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            shown = -1
            while not closing.wait(FRAME_WAIT_S):
                number, jpeg = source.frame()
                if number == shown or not jpeg:
                    continue
                shown = number
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the terminal belongs to the demonstration."""

    return Handler

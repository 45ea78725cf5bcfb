# SPDX-License-Identifier: Apache-2.0
"""The sandbox provider's pages through the garage's server, for phones that do not reach the sandbox itself."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from parking_robot.payments.sandbox import SandboxProvider
from parking_robot.server.forms import read_body

PLACE = "/sandbox"
# Its pages carry their style with them.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"


def routes(provider: SandboxProvider) -> list[Route]:
    """Return the routes of a sandbox in this process."""

    async def pay(request: Request) -> Response:
        form = (await read_body(request, 1000)).decode("ascii", "replace") if request.method == "POST" else None
        status, text = await run_in_threadpool(provider.answer, request.path_params["intent"], form)
        return HTMLResponse(text, status, {"Content-Security-Policy": POLICY})

    return [Route(f"{PLACE}/pay/{{intent}}", pay, methods=["GET", "POST"])]

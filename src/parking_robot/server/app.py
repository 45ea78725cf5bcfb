# SPDX-License-Identifier: Apache-2.0
"""The garage's web application: routes, headers, and errors as pages that say what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parking_robot.errors import ConfigurationError, LedgerError, ParkingError, PaymentError, StayError
from parking_robot.server import gate_pages, pay_pages, refund_pages, robot_pages, webhooks
from parking_robot.server.garage import Garage
from parking_robot.server.pages import page
from parking_robot.server.texts import language_of, phone_texts

_log = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
# The address of a stay's page is the key to it: no other site learns it, no cache keeps it.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'self'; form-action 'self' {provider}; base-uri 'none'",
}


def create_app(
    garage: Garage,
    provider: str,
    provider_url: str = "",
    problem: Callable[[], str] = str,
    more: Sequence[Route] = (),
) -> Starlette:
    """Return the application. ``provider_url``: where the pay button may lead. ``problem``: empty while all is well.

    ``more``: the provider's own pages, where it is in this process.
    """

    def health(_request: Request) -> Response:
        """Answer 200 either way: a restart would help nothing that is said here."""
        return PlainTextResponse(problem() or "ok")

    app = Starlette(
        routes=[
            *pay_pages.routes(),
            *gate_pages.routes(),
            *robot_pages.routes(),
            *refund_pages.routes(),
            *webhooks.routes(provider),
            *more,
            Route("/health", health),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={ParkingError: _sorry},
    )
    app.state.garage = garage
    headers = {name: value.format(provider=provider_url) for name, value in HEADERS.items()}
    app.add_middleware(_Headers, headers=headers)
    return app


def _sorry(request: Request, error: Exception) -> Response:
    """Show an error: what happened and what to do. What only the office can mend goes to the log instead."""
    if isinstance(error, LedgerError | ConfigurationError):
        _log.error("%s (%s)", error, error.hint)
        away = phone_texts(language_of(request.headers.get("accept-language", "")))["away"]
        return page(request, "message.html", 503, error=away, hint="")
    status = 404 if isinstance(error, StayError) else 403 if isinstance(error, PaymentError) else 400
    return page(request, "message.html", status, error=str(error), hint=getattr(error, "hint", ""))


class _Headers:
    """Adds headers to every answer."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    given.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def free_of_secrets(record: Any) -> bool:
    """Leave addresses with a query out of the server's log: they are keys to stays. A filter for `logging`."""
    return "?" not in record.getMessage()

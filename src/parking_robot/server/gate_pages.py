# SPDX-License-Identifier: Apache-2.0
"""The gates' screens, and what the gates tell for them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parking_robot.money.money import Money
from parking_robot.payments.qr import qr_svg
from parking_robot.server.forms import read_body
from parking_robot.server.garage import Garage
from parking_robot.server.pages import is_here, page
from parking_robot.server.texts import SCREEN, screen_lines

NO_KEY = "this screen opens on the garage's own computer, or at its address with a key"
GET_KEY = "`ronda parking screen GATE`, run where the server is, prints this address"


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route("/screen/{gate}", screen),
        Route("/screen/{gate}/state", screen_state),
        Route("/screen/{gate}/help", ask_help, methods=["POST"]),
        Route("/gates/{gate}/state", take_state, methods=["PUT"]),
    ]


def may_see(request: Request) -> bool:
    """Return whether a request may see a gate's screen: made on this computer, or with the key in its address."""
    garage: Garage = request.app.state.garage
    key = request.query_params.get("key", "")
    return is_here(request) or garage.opens_screen(request.path_params["gate"], key)


def screen(request: Request) -> Response:
    """Show a gate's screen; it asks for its state by itself, with the key that it was opened with."""
    if not may_see(request):
        return page(request, "message.html", 403, error=NO_KEY, hint=GET_KEY)
    return page(request, "screen.html", gate=request.path_params["gate"], button=SCREEN["help_button"])


def screen_state(request: Request) -> Response:
    """Return what the screen shows now."""
    if not may_see(request):
        return JSONResponse({"error": NO_KEY}, 403)
    garage: Garage = request.app.state.garage
    state = garage.screen(request.path_params["gate"])
    stay_id = parse_qs(urlsplit(str(state.get("payment_url") or "")).query).get("stay", [""])[0]
    return JSONResponse(shown(state, garage.was_declined(stay_id)))


def ask_help(request: Request) -> Response:
    """A driver pressed the button on the screen: the gate learns it with the answer to what it tells next."""
    # Another site's page can post here unseen, but not with a header of its own.
    if request.headers.get("x-pressed") != "help":
        return JSONResponse({"error": "this is for the screen's button"}, 403)
    if not may_see(request):
        return JSONResponse({"error": NO_KEY}, 403)
    garage: Garage = request.app.state.garage
    garage.ask_help(request.path_params["gate"])
    return Response(status_code=204)


async def take_state(request: Request) -> Response:
    """Take a gate's state; only from a gate of this garage. The answer says whether its driver asks for help."""
    garage: Garage = request.app.state.garage
    if not garage.is_gate(request.headers.get("authorization", "")):
        return JSONResponse({"error": "this is for gates"}, 401)
    try:
        state = json.loads(await read_body(request))
    except ValueError:
        return JSONResponse({"error": "not JSON"}, 400)
    if not isinstance(state, dict):
        return JSONResponse({"error": "not an object"}, 400)
    gate = request.path_params["gate"]
    garage.set_screen(gate, state)
    return JSONResponse({"help": garage.asks_help(gate)})


def shown(state: Any, declined: bool = False) -> dict[str, Any]:
    """Return the texts, the amount and the code of a screen. ``declined``: the last try to pay failed."""
    lines = screen_lines(state, declined)
    minor, url = int(state.get("minor") or 0), str(state.get("payment_url") or "")
    spaces = state.get("spaces")
    return {
        "phase": state.get("phase", "") if state.get("in_service") else "closed",
        "verdict": state.get("verdict", ""),
        "de": lines["de"],
        "en": lines["en"],
        "plate": state.get("plate", ""),
        "amount": str(Money(minor, str(state["currency"]))) if minor and state.get("currency") else "",
        "qr": qr_svg(url) if url else "",
        "called": SCREEN["called"] if state.get("help_called") else None,
        "spaces": spaces if state.get("direction") == "entry" and state.get("phase") == "empty" else None,
        "spaces_text": SCREEN["spaces"],
    }

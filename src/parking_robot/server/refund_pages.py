# SPDX-License-Identifier: Apache-2.0
"""Where the office's command asks for a refund: the server alone holds the provider and its keys."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parking_robot.errors import LedgerError, ParkingError, StayError
from parking_robot.server.forms import read_body
from parking_robot.server.garage import Garage


def routes() -> list[Route]:
    """Return the routes."""
    return [Route("/refunds", refund, methods=["POST"])]


async def refund(request: Request) -> Response:
    """Pay back: ``stay``, ``amount`` ("2.40" or "2.40 EUR"), ``by`` and ``reason``, all text; only with the secret."""
    garage: Garage = request.app.state.garage
    if not garage.is_gate(request.headers.get("authorization", "")):
        return JSONResponse({"error": "this is for the office"}, 401)
    try:
        asked = json.loads(await read_body(request))
        stay_id, amount, by, reason = (str(asked[name]) for name in ("stay", "amount", "by", "reason"))
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"error": "stay, amount, by and reason are needed"}, 400)
    try:
        paid_back = await run_in_threadpool(garage.cashier.refund, stay_id, amount, by, reason)
    except ParkingError as error:
        status = 503 if isinstance(error, LedgerError) else 404 if isinstance(error, StayError) else 409
        return JSONResponse({"error": str(error), "hint": error.hint}, status)
    return JSONResponse({"amount": str(paid_back)})

# SPDX-License-Identifier: Apache-2.0
"""Where payment providers tell what happened. The answer decides whether they tell it again."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parking_robot.errors import LedgerError, MoneyError, PaymentError, SignatureError
from parking_robot.payments.provider import ProviderAway, is_decline
from parking_robot.server.forms import read_body
from parking_robot.server.garage import Garage

_log = logging.getLogger(__name__)


def routes(provider: str) -> list[Route]:
    """Return the route of one provider."""
    under_way: dict[Any, asyncio.Future[tuple[int, dict[str, Any]]]] = {}

    async def webhook(request: Request) -> Response:
        """Apply a message: 200 done or known, 400 not to be believed, 422 does not fit, 503 send it again later.

        Copies of a message that come while it is being applied wait for its answer, instead of for the ledger in turn.
        """
        body = await read_body(request)
        # What is not the same to the byte, its signature included, is judged by itself.
        copy = (body, frozenset(request.headers.items()))
        first = copy not in under_way
        if first:
            under_way[copy] = asyncio.ensure_future(_applied(request.app.state.garage, body, dict(request.headers)))
            under_way[copy].add_done_callback(lambda _: under_way.pop(copy))
        # A caller that hangs up takes nothing from the others.
        status, told = await asyncio.shield(under_way[copy])
        return JSONResponse(told if first or status != 200 else told | {"new": False}, status)

    return [Route(f"/webhooks/{provider}", webhook, methods=["POST"])]


async def _applied(garage: Garage, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the content of the answer."""
    try:
        receipt = await run_in_threadpool(garage.cashier.webhook, body, headers)
    except SignatureError as error:
        return 400, {"error": str(error)}
    except LedgerError as error:
        _log.error("a message was not taken: %s (%s)", error, error.hint)
        return 503, {"error": "the ledger is away: send it again"}
    except ProviderAway as error:
        return 503, {"error": f"{error}: send it again"}
    except (PaymentError, MoneyError) as error:
        await run_in_threadpool(garage.cashier.misfit, body, str(error))
        return 422, {"error": str(error)}
    if receipt.event is not None and receipt.stay is not None:
        garage.note_payment(receipt.stay.id, is_decline(receipt.event))
    return 200, {"effect": receipt.effect, "new": receipt.new}

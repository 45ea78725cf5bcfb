# SPDX-License-Identifier: Apache-2.0
"""Where payment providers tell what happened. The answer decides whether they tell it again."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parking_robot.errors import LedgerError, MoneyError, PaymentError, SignatureError
from parking_robot.server.forms import read_body
from parking_robot.server.garage import Garage


def routes(provider: str) -> list[Route]:
    """Return the route of one provider."""
    return [Route(f"/webhooks/{provider}", webhook, methods=["POST"])]


async def webhook(request: Request) -> Response:
    """Apply a message: 200 done or known, 400 not to be believed, 422 does not fit, 503 send it again later."""
    garage: Garage = request.app.state.garage
    body = await read_body(request)
    try:
        receipt = await run_in_threadpool(garage.cashier.webhook, body, dict(request.headers))
    except SignatureError as error:
        return JSONResponse({"error": str(error)}, 400)
    except LedgerError:
        return JSONResponse({"error": "the ledger is away: send it again"}, 503)
    except (PaymentError, MoneyError) as error:
        await run_in_threadpool(garage.cashier.misfit, body, str(error))
        return JSONResponse({"error": str(error)}, 422)
    return JSONResponse({"effect": receipt.effect, "new": receipt.new})

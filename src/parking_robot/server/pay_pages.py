# SPDX-License-Identifier: Apache-2.0
"""The phone's pages: what is due, pay it, a merchant's code, the receipt; and the page where a plate is typed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parking_robot.errors import LedgerError, ParkingError, PlateError
from parking_robot.payments.cashier import HeldPayment, Offer
from parking_robot.payments.qr import Scope, qr_svg
from parking_robot.payments.tries import TooManyTries
from parking_robot.server.forms import with_form
from parking_robot.server.garage import Garage, Ticket
from parking_robot.server.pages import address_of, device_of, page, redirect, ticket_left, to_provider
from parking_robot.stays.stay import StayState


def routes() -> list[Route]:
    """Return the routes."""
    return [
        Route("/", foot),
        Route("/foot", foot),
        Route("/foot", with_form(foot_search), methods=["POST"]),
        Route("/pay", pay),
        Route("/pay", with_form(pay_post), methods=["POST"]),
        Route("/receipt", receipt),
        Route("/back", back),
    ]


def pay(request: Request) -> Response:
    """Show what is due."""
    ticket = _ticket(request)
    offer = _garage(request).cashier.offer(ticket.stay_id)
    return _pay_page(request, ticket, offer)


def pay_post(request: Request, form: dict[str, str]) -> Response:
    """Pay, use a code, or name an unread car."""
    ticket, cashier, device = _ticket(request), _garage(request).cashier, device_of(request)
    try:
        if "code" in form:
            cashier.add_code(ticket.stay_id, form["code"], device, ticket.scope)
        elif "plate" in form and ticket.scope is Scope.TICKET:
            cashier.name_plate(ticket.stay_id, form["plate"])
        else:
            opened = cashier.checkout(ticket.stay_id, device, ticket.scope)
            return to_provider(request, opened.url, ticket.query)
    except LedgerError:
        # Its words are the office's, not the driver's.
        raise
    except ParkingError as error:
        return _pay_page(request, ticket, cashier.offer(ticket.stay_id), error)
    return redirect(request, f"/pay?{ticket.query}")


def back(request: Request) -> Response:
    """Lead a driver who comes from the provider to the same ticket's page; without its cookie to the first page."""
    garage, query = _garage(request), ticket_left(request)
    if not query:
        return redirect(request, "/")
    if "paid" in request.query_params:
        garage.cashier.settle(garage.ticket(query).stay_id)
    return redirect(request, f"/pay?{query}")


def receipt(request: Request) -> Response:
    """Show the lines of the bill and the payments; for the ticket's holder alone."""
    ticket = _ticket(request)
    if ticket.scope is not Scope.TICKET:
        return page(request, "message.html", 403, error="", hint="")
    offer = _garage(request).cashier.offer(ticket.stay_id)
    return page(request, "receipt.html", offer=offer, query=ticket.query)


def foot(request: Request) -> Response:
    """Ask for a plate."""
    return page(request, "foot.html", plate="", missing=False, error="", hint="")


def foot_search(request: Request, form: dict[str, str]) -> Response:
    """Show the amount for a typed plate. What is not surely this car is not found: nothing of others is told."""
    garage, plate = _garage(request), form.get("plate", "")[:40]
    try:
        stay = garage.cashier.find(plate, device_of(request), address_of(request))
    except (PlateError, HeldPayment, TooManyTries) as error:
        status = 400 if isinstance(error, PlateError) else 429
        return page(request, "foot.html", status, plate=plate, missing=False, error=str(error), hint=error.hint)
    due = garage.cashier.offer(stay.id).quote.due if stay is not None else None
    if stay is None or due is None or due.minor == 0:
        # A permit, a paid stay and a car that is not here look the same from outside.
        return page(request, "foot.html", plate=plate, missing=True, error="", hint="")
    link = garage.foot_link(stay.id)
    return page(request, "foot_due.html", due=due, link=link, qr=qr_svg(link, 6))


def _pay_page(request: Request, ticket: Ticket, offer: Offer, error: ParkingError | None = None) -> Response:
    full, device = ticket.scope is Scope.TICKET, device_of(request)
    # Who only knows the plate learns nothing of another's tries to pay.
    declined = offer.declined and (full or _garage(request).cashier.device_of(offer.stay.id) == device)
    return page(
        request,
        "pay.html",
        429 if isinstance(error, TooManyTries) else 409 if error else 200,
        offer=offer,
        ticket=ticket,
        full=full,
        ended=offer.stay.state is not StayState.INSIDE,
        declined=declined,
        error=str(error) if error else "",
        hint=error.hint if error else "",
    )


def _ticket(request: Request) -> Ticket:
    return _garage(request).ticket(request.url.query)


def _garage(request: Request) -> Garage:
    garage: Garage = request.app.state.garage
    return garage

# SPDX-License-Identifier: Apache-2.0
"""Pages from templates, escaped; and the headers that keep the secrets of their addresses to themselves."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from parking_robot.server.garage import Garage
from parking_robot.server.phrases import in_language
from parking_robot.server.screen_links import from_this_computer
from parking_robot.server.texts import language_of, phone_texts

DEVICE = "garage_device"
TICKET = "garage_ticket"
# So long a driver may take on the provider's pages and still come back to the ticket's.
TICKET_S = 3600
_pages = Environment(
    loader=PackageLoader("parking_robot.server"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Return a page in the phone's language."""
    garage: Garage = request.app.state.garage
    language = language_of(request.headers.get("accept-language", ""))
    given: dict[str, Any] = {"t": phone_texts(language), "language": language, "name": garage.cashier.site.name}
    given["say"] = lambda text: in_language(text, language)
    given |= {"help": garage.cashier.site.help, "zone": garage.cashier.site.tariff.zone}
    return with_device(request, HTMLResponse(_pages.get_template(template).render(given | values), status))


def device_of(request: Request) -> str:
    """Return the phone's name, made by `with_device` when it came first."""
    known = request.cookies.get(DEVICE, "")
    return known[:64] or str(request.scope.setdefault("garage_device", Garage.new_device()))


def is_here(request: Request) -> bool:
    """Return whether a request was made on the server's own computer, and by no proxy of it."""
    return from_this_computer(_peer(request), request.headers)


def address_of(request: Request) -> str:
    """Return where a request comes from: an address, of IPv6 its network: a phone has as many in it as it likes.

    Empty for this computer itself: a pay machine beside it asks for everybody.
    """
    if is_here(request):
        return ""
    host = _peer(request)
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_address(int(address) >> 64 << 64))


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def with_device(request: Request, response: Response) -> Response:
    """Give the phone a name to come back with: risk rules count by it, nothing else does."""
    if DEVICE not in request.cookies:
        secure = request.url.scheme == "https"
        response.set_cookie(DEVICE, device_of(request), 86_400, httponly=True, samesite="lax", secure=secure)
    return response


def to_provider(request: Request, url: str, query: str) -> Response:
    """Send the phone to the provider's page; it keeps the ticket's query to come back with.

    The provider is told one address for all: it takes a second tap for the same only where everything is the same.
    """
    response, secure = redirect(request, url), request.url.scheme == "https"
    response.set_cookie(TICKET, quote(query), TICKET_S, path="/back", httponly=True, samesite="lax", secure=secure)
    return response


def ticket_left(request: Request) -> str:
    """Return the query that `to_provider` left on this phone; empty: none."""
    return unquote(request.cookies.get(TICKET, ""))


def redirect(request: Request, url: str) -> Response:
    """Send the phone on after a form."""
    return with_device(request, RedirectResponse(url, 303))

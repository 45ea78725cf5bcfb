# SPDX-License-Identifier: Apache-2.0
"""The robot's screen: where to pay on foot, what it costs now, who helps. Big, for people who stand before it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parking_robot.errors import TariffError
from parking_robot.money.tariff import Tariff
from parking_robot.payments.cashier import Cashier
from parking_robot.payments.qr import qr_svg
from parking_robot.server.garage import Garage
from parking_robot.server.pages import page
from parking_robot.server.texts import ROBOT


def routes() -> list[Route]:
    """Return the routes."""
    return [Route("/screen/robot/{name}", robot_screen)]


def robot_screen(request: Request) -> Response:
    """Show the code of the pay-on-foot page; without an address that phones reach, words instead."""
    garage: Garage = request.app.state.garage
    qr = qr_svg(garage.foot_url, fitted=True) if garage.foot_url else ""
    said = ROBOT["scan" if qr else "no_code"]
    robot = garage.require_name(request.path_params["name"])
    return page(request, "robot.html", robot=robot, said=said, why=ROBOT["why"], qr=qr, prices=prices(garage.cashier))


def prices(cashier: Cashier) -> dict[str, str]:
    """Return what parking costs now, in each language of a screen; empty while no price is known."""
    tariff: Tariff = cashier.site.tariff
    try:
        version = tariff.at(cashier.now())
    except TariffError:
        return {}
    rate, _ = version.week.at(cashier.now().astimezone(tariff.zone))
    values = {"price": str(rate.price), "minutes": str(rate.block_minutes), "cap": str(version.cap)}
    lines = ["price"] if version.cap is None else ["price", f"cap_{version.cap_period}"]
    return {code: ", ".join(ROBOT[line][code].format(**values) for line in lines) for code in ("de", "en")}

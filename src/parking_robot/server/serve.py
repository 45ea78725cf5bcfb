# SPDX-License-Identifier: Apache-2.0
"""Puts the garage's server together and runs it."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import yaml

from parking_robot.errors import ConfigurationError, ParkingError
from parking_robot.gates.site import load_site
from parking_robot.payments.cashier import Cashier
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.provider import PaymentProvider
from parking_robot.payments.risk import DEFAULT_RULES, Rule, parse_rules
from parking_robot.payments.sandbox import SandboxProvider
from parking_robot.payments.secret import garage_secret
from parking_robot.payments.stripe_provider import StripeProvider
from parking_robot.server import sandbox_pages
from parking_robot.server.app import create_app, free_of_secrets
from parking_robot.server.garage import Garage
from parking_robot.server.settler import Settler
from parking_robot.stays.ledger import Ledger
from ronda_core.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """``public_url`` empty: the address that is listened on. ``port`` and ``sandbox_port`` 0: any free one."""

    ledger: str
    garage_file: Path
    data_dir: Path
    provider: str = "sandbox"
    host: str = "127.0.0.1"
    port: int = 8460
    sandbox_port: int = 8461
    public_url: str = ""


class GarageServer:
    """Listens from the moment it is made; `run` answers until `stop`."""

    def __init__(self, settings: ServeSettings, clock: Clock | None = None) -> None:
        """Open the ledger, the provider and the port. Raises ParkingError naming what is wrong."""
        clock = clock or SystemClock()
        site = load_site(settings.garage_file)
        self._socket = _listen(settings.host, settings.port)
        self.port: int = self._socket.getsockname()[1]
        self.url = settings.public_url.rstrip("/") or f"http://{settings.host}:{self.port}"
        own = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else settings.host}:{self.port}"
        with ExitStack() as opened:
            opened.callback(self._socket.close)
            self.provider = _provider(settings, clock, f"{own}/webhooks/sandbox", self.url)
            if isinstance(self.provider, SandboxProvider):
                opened.callback(self.provider.close)
            self._ledger = Ledger(settings.ledger, patience_s=3.0)
            opened.callback(self._ledger.close)
            desk = PaymentDesk(self._ledger, self.provider, clock)
            cashier = Cashier(self._ledger, site, desk, clock, _rules(site.risk_rules))
            foot_url = f"{self.url}/" if settings.public_url else ""
            garage = Garage(cashier, garage_secret(settings.data_dir / "secret"), self.url, clock, foot_url)
            self._settler = Settler(desk, clock)
            opened.callback(self._settler.close)
            # From here on `close` is the caller's.
            self._opened = opened.pop_all()
        leads_to = self.provider.url if isinstance(self.provider, SandboxProvider) else "https://checkout.stripe.com"
        more = sandbox_pages.routes(self.provider) if isinstance(self.provider, SandboxProvider) else []
        app = create_app(garage, self.provider.name, leads_to, lambda: self._settler.problem, more)
        # `X-Forwarded-*` is believed of a proxy on this machine alone, which is uvicorn's own rule.
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        logging.getLogger("uvicorn.error").addFilter(free_of_secrets)

    def run(self) -> None:
        """Answer until `stop` or SIGINT."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self.close()

    def stop(self) -> None:
        """Let `run` return after the requests under way."""
        self._server.should_exit = True

    def close(self) -> None:
        """Give everything back."""
        self._opened.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise ParkingError(
            f"cannot listen on {host}:{port}: {error}", hint="choose another --port or --host"
        ) from error
    listening.setblocking(False)
    return listening


def _provider(settings: ServeSettings, clock: Clock, webhook_url: str, public_url: str) -> PaymentProvider:
    if settings.provider == "sandbox":
        secret = garage_secret(settings.data_dir / "sandbox_secret")
        # Without an address for phones the sandbox is this computer's alone.
        pages = f"{public_url}{sandbox_pages.PLACE}" if settings.public_url else ""
        back = f"{public_url}/back"
        return SandboxProvider(clock, secret, webhook_url, settings.sandbox_port, page_url=pages, return_url=back)
    if settings.provider == "stripe":
        names = ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_OLD_WEBHOOK_SECRET")
        key, *webhook_secrets = (os.environ.get(name, "") for name in names)
        return StripeProvider(key, webhook_secrets, f"{public_url}/back")
    raise ConfigurationError(f"unknown payment provider '{settings.provider}'", hint="sandbox or stripe")


def _rules(path: Path | None) -> Sequence[Rule]:
    if path is None:
        return DEFAULT_RULES
    try:
        return parse_rules(yaml.safe_load(path.read_text("utf-8")), str(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"risk rules {path}: {error}", hint="check the file") from error

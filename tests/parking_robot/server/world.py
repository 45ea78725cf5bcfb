# SPDX-License-Identifier: Apache-2.0
"""The garage's real server for tests, and the phones that use it."""

import json
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import cv2
from tests.parking_robot.gates.garages import NOW, site
from tests.parking_robot.money.tariffs import content

from parking_robot.payments.qr import Scope, payment_link
from parking_robot.payments.secret import garage_secret
from parking_robot.server.serve import GarageServer, ServeSettings
from parking_robot.stays.ledger import Ledger
from ronda_core.clock import ManualClock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AT = datetime.fromtimestamp(NOW, UTC)


class World:
    """A server, its ledger and its clock."""

    def __init__(self, folder, store_url, **settings):
        self.folder, self.clock = folder, ManualClock(NOW)
        validations = {"CAFE": {"amount": 1.0}}
        site(folder, tariff=content(validations=validations), help="Press the button.")
        served = ServeSettings(store_url, folder / "garage.yaml", folder, **{"port": 0, "sandbox_port": 0} | settings)
        self.server = GarageServer(served, self.clock)
        self.ledger = Ledger(store_url)
        self.secret = garage_secret(folder / "secret")
        self._thread = threading.Thread(target=self.server.run)
        self._thread.start()

    def close(self):
        self.server.stop()
        self._thread.join(20)
        self.ledger.close()

    def link(self, stay, scope=Scope.TICKET):
        return payment_link(f"{self.server.url}/pay", stay.id, int(self.clock.now()) + 3600, self.secret, scope)

    def stay(self, plate="AB123", minutes=60):
        return self.ledger.enter(plate, "in", AT - timedelta(minutes=minutes))


class Phone:
    def __init__(self, **headers):
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._headers = headers

    def ask(self, url, form=None, **more):
        """Return (status, text) after redirects; the last address is kept in ``at``."""
        body = form if isinstance(form, bytes) else urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, body, {**self._headers, **more.pop("headers", {})}, **more)
        try:
            with self._opener.open(request, timeout=10) as answer:
                self.at, self.headers = answer.geturl(), answer.headers
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def show(world, gate, **state):
    """Tell a screen's state as its gate does; return the answer's status."""
    body = json.dumps({"in_service": True, "direction": "exit"} | state).encode()
    signed = {"Authorization": f"Bearer {world.secret}"}
    url = f"http://127.0.0.1:{world.server.port}/gates/{gate}/state"
    return Phone().ask(url, body, method="PUT", headers=signed)[0]


def pay(phone, world, stay):
    """Press pay on the garage's page, then on the sandbox's."""
    status, text = phone.ask(world.link(stay), {"pay": "yes"})
    assert status == 200, text
    return phone.ask(phone.at, {"with": "good", "payer": "card-1"})


def photograph(url, file, *more):
    """Return a picture of a page as a browser draws it; ``more``: options of Chromium."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,720", "--virtual-time-budget=3000"]
    subprocess.run(
        [CHROMIUM, *options, *more, f"--screenshot={file}", url], check=True, capture_output=True, timeout=90
    )
    return cv2.imread(str(file))

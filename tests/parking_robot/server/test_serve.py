# SPDX-License-Identifier: Apache-2.0
"""The garage's real server over HTTP: its sandbox takes the money, its webhook brings it into the ledger."""

import json
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import cv2
import pytest
from tests.parking_robot.gates.garages import NOW, site
from tests.parking_robot.money.tariffs import content

from parking_robot.errors import ConfigurationError, ParkingError
from parking_robot.gates.keeper import RISK_HOLD
from parking_robot.payments.qr import Scope, payment_link, read_qr
from parking_robot.payments.sandbox import HEADER
from parking_robot.payments.secret import garage_secret
from parking_robot.payments.signature import sign
from parking_robot.server.serve import GarageServer, ServeSettings
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind, StayEvent
from ronda_core.clock import ManualClock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AT = datetime.fromtimestamp(NOW, UTC)


class World:
    """A server, its ledger and its clock."""

    def __init__(self, folder, store_url):
        self.folder, self.clock = folder, ManualClock(NOW)
        validations = {"CAFE": {"amount": 1.0}}
        site(folder, tariff=content(validations=validations), help="Press the button.")
        settings = ServeSettings(store_url, folder / "garage.yaml", folder, port=0, sandbox_port=0)
        self.server = GarageServer(settings, self.clock)
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


@pytest.fixture
def world(tmp_path, store_url):
    made = World(tmp_path, store_url)
    yield made
    made.close()


def show(world, gate, **state):
    """Tell a screen's state as its gate does; return the answer's status."""
    body = json.dumps({"in_service": True, "direction": "exit"} | state).encode()
    signed = {"Authorization": f"Bearer {world.secret}"}
    return Phone().ask(f"{world.server.url}/gates/{gate}/state", body, method="PUT", headers=signed)[0]


def pay(phone, world, stay):
    """Press pay on the garage's page, then on the sandbox's."""
    status, text = phone.ask(world.link(stay), {"pay": "yes"})
    assert status == 200, text
    return phone.ask(phone.at, {"with": "good", "payer": "card-1"})


def test_a_phone_sees_what_is_due_and_pays_it(world):
    stay, phone = world.stay(), Phone()
    status, text = phone.ask(world.link(stay))
    assert (status, "AB123" in text, "2.40 EUR" in text) == (200, True, True)
    assert phone.headers["Referrer-Policy"] == "no-referrer"
    assert "Paid. Thank you" in pay(phone, world, stay)[1]
    assert world.ledger.stay(stay.id).received("EUR").minor == 240
    assert "Please leave by" in phone.ask(world.link(stay))[1]
    receipt = phone.ask(world.link(stay).replace("/pay?", "/receipt?"))[1]
    assert receipt.count("2.40 EUR") == 3


def test_a_phone_that_asks_for_german_gets_it(world):
    assert "Jetzt bezahlen" in Phone(**{"Accept-Language": "de-DE,de;q=0.9"}).ask(world.link(world.stay()))[1]


@pytest.mark.parametrize("change", [("stay=", "stay=0"), ("sig=", "sig=0"), ("until=", "until=9")])
def test_a_changed_link_opens_nothing(world, change):
    stay = world.stay()
    status, text = Phone().ask(world.link(stay).replace(*change))
    assert (status, "AB123" in text) == (403, False)


def test_a_link_expires(world):
    link = world.link(world.stay())
    world.clock.advance(4000)
    assert Phone().ask(link)[0] == 403


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_a_phone_reads_the_code_from_the_screen_as_a_browser_draws_it(world, tmp_path):
    link = world.link(world.stay())
    show(world, "gate_out", phase="held", verdict="hold", code="unpaid", minor=240, currency="EUR", payment_url=link)
    file = tmp_path / "screen.png"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,720", "--virtual-time-budget=3000"]
    url = f"{world.server.url}/screen/gate_out"
    subprocess.run([CHROMIUM, *options, f"--screenshot={file}", url], check=True, capture_output=True, timeout=90)
    picture = cv2.imread(str(file))
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == link
    assert read_qr(picture) == [link]


def test_a_typed_plate_leads_to_the_amount_and_to_nothing_else(world):
    stay = world.stay("RKO26AI")
    phone = Phone()
    status, text = phone.ask(f"{world.server.url}/foot", {"plate": "rk-o26 ai"})
    assert (status, "2.40 EUR" in text, "<svg" in text) == (200, True, True)
    _, shown = phone.ask(world.link(stay, Scope.FOOT))
    assert "RKO26AI" not in shown
    assert "Since" not in shown
    assert phone.ask(world.link(stay, Scope.FOOT).replace("/pay?", "/receipt?"))[0] == 403


def test_another_plate_a_near_miss_and_a_paid_one_look_the_same(world):
    world.stay("AB12345")
    world.stay("ZZ99", minutes=0)
    answers = {
        Phone().ask(f"{world.server.url}/foot", {"plate": p})[1].replace(p, "?") for p in ("AB12346", "QQ1", "ZZ99")
    }
    assert len(answers) == 1
    assert "nothing to pay for this plate" in answers.pop()


def test_a_plate_of_emoji_is_refused_with_words(world):
    status, text = Phone().ask(f"{world.server.url}/foot", {"plate": "🚗🚗"})
    assert (status, "U+1F697" in text, "letters and digits" in text) == (400, True, True)


def test_a_device_that_tries_many_plates_is_stopped_and_told_whom_to_call(world):
    phone = Phone()
    answers = [phone.ask(f"{world.server.url}/foot", {"plate": f"AB{n}"}) for n in range(9)]
    assert [status for status, _ in answers] == [200] * 6 + [429] * 3
    assert "Press the button." in answers[-1][1]


def test_a_merchants_code_makes_it_cheaper_and_an_unknown_one_is_refused(world):
    stay, phone = world.stay(), Phone()
    assert "1.40 EUR" in phone.ask(world.link(stay), {"code": "cafe"})[1]
    status, text = phone.ask(world.link(stay), {"code": "nope"})
    assert (status, "not known here" in text) == (409, True)


def test_the_driver_of_an_unread_car_types_the_plate(world):
    stay, phone = world.stay(""), Phone()
    world.stay("TAKEN1")
    assert phone.ask(world.link(stay), {"plate": "TAKEN1"})[0] == 409
    assert "HHX12" in phone.ask(world.link(stay), {"plate": "hh-x 12"})[1]
    assert world.ledger.stay(stay.id).plate == "HHX12"
    assert [case.kind for case in list_reviews(world.ledger)] == ["typed_plate"]


def test_a_finished_stay_cannot_be_paid_and_a_replayed_code_is_held(world):
    gone, here, phone = world.stay("OLD1"), world.stay("NEW2"), Phone()
    world.ledger.append(gone.id, StayEvent(EventKind.EXITED, AT, {}))
    assert phone.ask(world.link(gone), {"pay": "yes"})[0] == 409
    status, text = phone.ask(world.link(here), {"pay": "yes"})
    assert (status, "looked at by a person" in text, "Press the button." in text) == (409, True, True)
    assert [case.kind for case in list_reviews(world.ledger, stay_id=here.id)] == [RISK_HOLD]


def test_a_card_that_pays_for_many_cars_is_reviewed_and_the_cars_go(world):
    for number in range(5):
        stay = world.stay(f"CAR{number}")
        pay(Phone(), world, stay)
        assert world.ledger.stay(stay.id).received("EUR").minor == 240
    (case,) = [case for case in list_reviews(world.ledger) if case.kind == "risk"][:1]
    assert "one payer paid for more than 3 plates" in case.facts["reasons"][0]


def post(world, body, **signed):
    headers = {HEADER: sign(body, garage_secret(world.folder / "sandbox_secret"), world.clock.now())} | signed
    return Phone().ask(f"{world.server.url}/webhooks/sandbox", body, headers=headers)


def test_the_webhook_believes_signed_messages_alone_and_applies_each_once(world):
    stay, phone = world.stay(), Phone()
    pay(phone, world, stay)
    intent = phone.at.rpartition("/")[2]
    (body,) = world.server.provider.messages(intent)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(world, body), range(16)))
    assert {status for status, _ in answers} == {200}
    assert not any(json.loads(text)["new"] for _, text in answers)
    assert world.ledger.stay(stay.id).received("EUR").minor == 240
    assert post(world, body, **{HEADER: "t=1,v1=00"})[0] == 400
    assert Phone().ask(f"{world.server.url}/webhooks/sandbox", b"x" * 70_000)[0] == 413


@pytest.mark.parametrize("change", [{"minor": 1}, {"currency": "USD"}, {"currency": "XXX"}])
def test_another_amount_or_currency_is_refused_and_reviewed(world, change):
    stay, phone = world.stay(), Phone()
    phone.ask(world.link(stay), {"pay": "yes"})
    told = {"id": "evt_x", "outcome": "succeeded", "intent": phone.at.rpartition("/")[2], "minor": 240}
    status, text = post(world, json.dumps({**told, "currency": "EUR", **change}).encode())
    assert (status, world.ledger.stay(stay.id).received("EUR").minor) == (422, 0), text
    assert [case.kind for case in list_reviews(world.ledger)] == ["payment_misfit"]


def test_a_message_that_was_lost_is_asked_for(world):
    stay, phone = world.stay(), Phone()
    world.server.provider.webhook_url = ""
    pay(phone, world, stay)
    assert world.ledger.stay(stay.id).received("EUR").minor == 0
    world.server._settler.look()
    world.server._settler.look()
    assert world.ledger.stay(stay.id).received("EUR").minor == 240


def test_a_screen_shows_what_its_gate_says_and_only_gates_may_say_it(world):
    state = {"phase": "held", "verdict": "hold", "code": "unpaid", "minor": 240, "currency": "EUR"}
    state |= {"payment_url": world.link(world.stay()), "plate": "AB123", "help_called": True}
    assert Phone().ask(f"{world.server.url}/gates/gate_out/state", b"{}", method="PUT")[0] == 401
    assert show(world, "gate_out", **state) == 204
    shown = json.loads(Phone().ask(f"{world.server.url}/screen/gate_out/state")[1])
    assert (shown["amount"], shown["verdict"], shown["de"]) == ("2.40 EUR", "hold", "Bitte bezahlen: Code scannen.")
    assert shown["qr"].startswith("<svg")
    assert shown["called"]["en"] == "Help has been called."
    world.clock.advance(11)
    assert json.loads(Phone().ask(f"{world.server.url}/screen/gate_out/state")[1])["phase"] == "closed"
    assert Phone().ask(f"{world.server.url}/screen/gate_out")[0] == 200


def test_what_cannot_be_served_is_named(world, tmp_path):
    taken = ServeSettings("sqlite://", tmp_path / "garage.yaml", tmp_path, port=world.server.port)
    with pytest.raises(ParkingError, match="cannot listen"):
        GarageServer(taken)
    with pytest.raises(ConfigurationError, match="unknown payment provider"):
        GarageServer(ServeSettings("sqlite://", tmp_path / "garage.yaml", tmp_path, "barter", port=0))


def test_a_server_whose_ledger_goes_says_so_and_charges_nothing(tmp_path):
    world = World(tmp_path, f"sqlite:///{tmp_path / 'l.sqlite'}")
    link = world.link(world.stay())
    (tmp_path / "l.sqlite").rename(tmp_path / "away.sqlite")
    try:
        status, text = Phone().ask(link)
        assert (status, "Nothing was charged" in text) == (503, True)
        assert post(world, b'{"id":"e","outcome":"failed","intent":"i","minor":1,"currency":"EUR"}')[0] == 503
    finally:
        world.close()

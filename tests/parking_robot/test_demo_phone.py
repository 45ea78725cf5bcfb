# SPDX-License-Identifier: Apache-2.0
"""The demonstration's phone against the garage's real server and its sandbox, over HTTP."""

import json
import threading
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from parking_robot.demo_phone import Phone, read_page, scan
from parking_robot.demo_stage import cast_cars, write_site
from parking_robot.errors import ParkingError
from parking_robot.payments.qr import qr_svg
from parking_robot.payments.secret import garage_secret
from parking_robot.server.serve import GarageServer, ServeSettings
from parking_robot.stays.ledger import Ledger


@pytest.fixture
def garage(tmp_path, repository):
    from parking_robot.bays.bay_file import load_plan

    cars = cast_cars(4, 1, load_plan(repository / "config" / "garage_bays.yaml"))
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    site = write_site(tmp_path / "site", cars)
    server = GarageServer(ServeSettings(url, site, tmp_path / "data", port=0, sandbox_port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    ledger = Ledger(url)
    yield server.url, ledger, garage_secret(tmp_path / "data" / "secret")
    server.stop()
    thread.join()
    ledger.close()


def show(url, secret, **state):
    """Tell the screen of the gate `out` something, as the gate does."""
    body = json.dumps({"in_service": True, "direction": "exit", **state}).encode()
    request = urllib.request.Request(
        f"{url}/gates/out/state", body, {"Authorization": f"Bearer {secret}"}, method="PUT"
    )
    urllib.request.urlopen(request, timeout=10.0).close()


def test_the_code_is_read_from_what_the_gates_screen_shows(garage):
    url, _, secret = garage
    phone, link = Phone(), f"{url}/pay?stay=0123456789abcdef0123456789abcdef&until=1800000000&sig=0123456789abcdef"
    assert phone.scan_screen(url, "out") == "", "a gate that is silent shows no code"
    show(url, secret, phase="held", payment_url=link)
    assert phone.scan_screen(url, "out") == link
    show(url, secret, phase="empty", payment_url="")
    assert phone.scan_screen(url, "out") == ""


@pytest.mark.parametrize("scale", [1, 8])
def test_a_code_is_read_at_each_scale_and_something_else_is_none(scale):
    code = qr_svg("http://garage/pay?stay=1", scale)
    assert scan(code) == "http://garage/pay?stay=1"
    with pytest.raises(ParkingError, match="cannot be read"):
        scan(code.replace("h7", "m7 0"))


def test_a_driver_types_his_plate_scans_a_code_and_pays(garage):
    url, ledger, _ = garage
    stay = ledger.enter("BAB123", "in", datetime.now(UTC) - timedelta(minutes=3, seconds=30))
    phone = Phone()
    link = phone.find_on_foot(url, "b-ab 123")
    phone.pay_at(scan(qr_svg(link)))
    assert ledger.stay(stay.id).received("EUR").minor == 200
    assert phone.find_on_foot(url, "BAB123") == "", "nothing is due any more"
    with pytest.raises(ParkingError, match="nothing to pay"):
        phone.pay_at(link)


def test_a_plate_that_is_not_inside_leads_nowhere(garage):
    url, _, _ = garage
    assert Phone().find_on_foot(url, "ZZZ777") == ""


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(ParkingError, match=r"cannot reach http://127\.0\.0\.1:9/"):
        Phone().open("http://127.0.0.1:9/pay?stay=secret")


def test_forms_links_and_buttons_of_a_page_are_read():
    text = "<a href='/x'>x</a><form action='/y'><input name=a value=1><button name=with value=good>"
    page = read_page("http://garage/", text)
    assert page.links == ("/x",)
    assert (page.forms[0].action, page.forms[0].fields, page.forms[0].buttons) == (
        "/y", {"a": "1"}, [("with", "good")],
    )  # fmt: skip

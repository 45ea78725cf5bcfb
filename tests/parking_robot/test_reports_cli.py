# SPDX-License-Identifier: Apache-2.0
"""The report over a real ledger, through the command, down to the page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.errors import ParkingError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import ReviewVerdict, decide_review, open_review
from parking_robot.stays.stay import EventKind, StayEvent

NOW = datetime.now(UTC)
SITE = Path(__file__).parents[2] / "config" / "parking" / "garage.yaml"


@pytest.fixture
def url(tmp_path):
    """Three stays: paid and gone, gone without paying, still inside; and one case that was decided."""
    store = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = Ledger(store)
    paid = ledger.enter("BAB123", "in", NOW - timedelta(hours=5))
    facts = {"minor": 480, "currency": "EUR", "provider": "sandbox", "intent": "i"}
    ledger.append(paid.id, StayEvent(EventKind.PAID, NOW - timedelta(hours=3, minutes=5), facts))
    ledger.append(paid.id, StayEvent(EventKind.EXITED, NOW - timedelta(hours=3), {"lane": "out"}))
    gone = ledger.enter("HHXY99", "in", NOW - timedelta(hours=4))
    ledger.append(gone.id, StayEvent(EventKind.EXITED, NOW - timedelta(hours=1), {"lane": "out"}))
    ledger.enter("<i>1", "in", NOW - timedelta(hours=2))
    open_review(ledger, "near_miss", NOW - timedelta(hours=1), "k", gone.id, ["read HHXY9, inside is HHXY99"])
    decide_review(ledger, 1, ReviewVerdict.ACCEPT, "Ada", NOW, "same car")
    ledger.close()
    return store


def run(*words):
    return CliRunner().invoke(app, ["report", "--site", str(SITE), *map(str, words)], catch_exceptions=False)


def test_the_page_tells_of_money_cars_debts_and_cases(url, tmp_path):
    page = tmp_path / "report.html"
    assert run("--ledger", url, "--html", page).exit_code == 0
    text = page.read_text()
    for expected in ("4.80 EUR", "Harbour garage", "capacity 24", "HHXY99", "near miss", "Ada same car", "cars inside"):
        assert expected in text
    assert "&lt;i&gt;1" not in text, "only cars that left without paying are named"
    assert "<i>1" not in text and "http" not in text.replace("http://www.w3.org", "")


def test_the_takings_are_printed_as_csv_and_written_to_a_file(url, tmp_path):
    printed = run("--ledger", url).stdout
    assert printed.splitlines()[0] == "day,currency,minor" and printed.endswith(",EUR,480\n")
    file = tmp_path / "takings.csv"
    run("--ledger", url, "--csv", file)
    assert file.read_text() == printed


def test_a_shorter_period_tells_of_the_money_that_was_paid_in_it(url):
    assert run("--ledger", url, "--days", "0.1").stdout == "day,currency,minor\n"
    assert run("--ledger", url, "--days", "0.15").stdout.endswith(",EUR,480\n"), "though the car came in before it"


def test_a_folder_gets_a_table_of_each_part(url, tmp_path):
    folder = tmp_path / "tables"
    printed = run("--ledger", url, "--csv-dir", folder).stdout
    assert str(folder) in printed and "EUR" not in printed
    assert "HHXY99" in (folder / "unpaid.csv").read_text() and "near_miss" in (folder / "reviews.csv").read_text()
    assert (folder / "takings.csv").read_text() == run("--ledger", url).stdout


def test_a_folder_that_is_a_file_is_named(url, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(ParkingError, match="taken"):
        run("--ledger", url, "--csv-dir", tmp_path / "taken")


def test_a_file_that_cannot_be_written_is_named(url, tmp_path):
    with pytest.raises(ParkingError, match="nowhere"):
        run("--ledger", url, "--html", tmp_path / "nowhere" / "report.html")

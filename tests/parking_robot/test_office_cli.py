# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from tests.parking_robot.gates.garages import site
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.errors import StayError, TariffError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import list_reviews, open_review
from parking_robot.stays.stay import StayState

NOW = datetime.now(UTC)


@pytest.fixture
def store(tmp_path):
    site(tmp_path, {"permit": [{"plates": ["BRO2001"], "reason": "tenant"}]})
    ledger = Ledger(f"sqlite:///{tmp_path / 'p.sqlite'}")
    yield ledger
    ledger.close()


@pytest.fixture
def run(tmp_path, store):
    def run_there(*arguments):
        where = ["--database", str(store.engine.url), "--garage", str(tmp_path / "garage.yaml")]
        return CliRunner().invoke(app, [*arguments, *where], catch_exceptions=False)

    return run_there


def test_a_stay_is_closed_by_name_and_says_what_is_owed(store, run):
    stay = store.enter("AB123", "in", NOW - timedelta(days=9))
    told = run("close", stay.id, "--by", "Mara", "--reason", "missed exit")
    assert (told.exit_code, store.stay(stay.id).state) == (0, StayState.CLOSED)
    assert told.output.startswith("AB123: ended by Mara at ")
    assert "EUR unpaid: see `ronda parking reviews list`" in told.output
    tenant = store.enter("BRO2001", "in", NOW - timedelta(days=9), free=True)
    assert "unpaid" not in run("close", tenant.id, "--by", "Mara", "--reason", "missed exit").output


def test_the_time_is_local_to_the_garage(store, run):
    stay = store.enter("AB123", "in", datetime(2026, 3, 2, 9, tzinfo=UTC))
    told = run("close", stay.id, "--by", "Mara", "--reason", "fire", "--at", "2026-03-02T10:30")
    assert store.stay(stay.id).left == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert "at 2026-03-02 10:30 CET; 1.20 EUR unpaid" in told.output


def test_wrong_words_are_clear_and_needed_ones_are_asked_for(store, run):
    stay = store.enter("AB123", "in", NOW)
    with pytest.raises(TariffError, match="--at: 'soon' is no time"):
        run("close", stay.id, "--by", "Mara", "--reason", "x", "--at", "soon")
    with pytest.raises(StayError, match="there is no stay 'AB123'"):
        run("close", "AB123", "--by", "Mara", "--reason", "x")
    assert run("close", stay.id, "--by", "Mara").exit_code == 2


def test_a_corrected_plate_is_asked_for_its_permit(store, run):
    stay = store.enter("BRQ2007", "in", NOW)
    open_review(store, "near_miss", NOW, "k", stay.id)
    assert run("reviews", "decide", "1", "plate", "--plate", "B-RO 2001", "--by", "Mara").exit_code == 0
    assert (store.stay(stay.id).plate, store.stay(stay.id).free) == ("BRO2001", True)


def test_another_car_had_left_and_its_fee_is_a_case(store, run):
    wrong, right = (store.enter(plate, "in", NOW - timedelta(days=9)) for plate in ("AB123", "AB124"))
    run("close", wrong.id, "--by", "Mara", "--reason", "missed exit")
    said = run("reviews", "decide", "1", "other-car", "--stay", right.id, "--by", "Mara")
    assert (said.exit_code, said.output) == (0, "review 1: other-car, decided by Mara\n")
    assert (store.stay(wrong.id).state, store.stay(right.id).state) == (StayState.INSIDE, StayState.LEFT)
    (case,) = list_reviews(store)
    assert (case.kind, case.stay_id, store.stay(right.id).unpaid.minor > 0) == ("unpaid_exit", right.id, True)

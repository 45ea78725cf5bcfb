# SPDX-License-Identifier: Apache-2.0
"""Refunds by the command, through the garage's real server."""

import pytest
from tests.parking_robot.server.world import Phone, World, pay
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.payments.secret import garage_secret
from parking_robot.stays.stay import EventKind


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield made
    made.close()


def refund(world, stay_id, amount, by="Mia", reason="paid twice", **more):
    options = {"server": world.server.url, "data-dir": str(world.folder)} | more
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return CliRunner().invoke(app, ["refund", stay_id, amount, "--by", by, "--reason", reason, *words])


def refused(world, *arguments, **more):
    """Return what a refused refund says."""
    done = refund(world, *arguments, **more)
    assert done.exit_code != 0
    assert done.exception.hint
    return f"{done.exception}: {done.exception.hint}"


def test_a_refund_is_paid_and_its_name_and_reason_are_on_record(world):
    stay = world.stay()
    pay(Phone(), world, stay)
    done = refund(world, stay.id, "1.00")
    assert (done.exit_code, "1.00 EUR are paid back" in done.output) == (0, True), done.exception
    assert world.ledger.stay(stay.id).received("EUR").minor == 140
    (told,) = [event.facts for event in world.ledger.events(stay.id) if event.kind is EventKind.DECISION]
    assert (told["by"], told["text"], told["minor"]) == ("Mia", "paid twice", 100)
    assert refund(world, stay.id, "1.40 eur").exit_code == 0
    assert world.ledger.stay(stay.id).received("EUR").minor == 0


def test_what_cannot_be_paid_back_is_said_and_changes_nothing(world):
    stay = world.stay()
    pay(Phone(), world, stay)
    assert "received through sandbox are 2.40 EUR" in refused(world, stay.id, "2.41")
    assert "also paid: EUR through sandbox" in refused(world, stay.id, "1.00 USD")
    assert "no amount of EUR" in refused(world, stay.id, "much")
    assert "check the id" in refused(world, "0" * 32, "1.00")
    assert "a name and a reason" in refused(world, stay.id, "1.00", by=" ")
    assert world.ledger.stay(stay.id).received("EUR").minor == 240


def test_a_sandbox_that_was_started_again_says_that_it_forgot(world):
    stay = world.stay()
    pay(Phone(), world, stay)
    world.server.provider._intents.clear()
    assert "the sandbox forgets its payments" in refused(world, stay.id, "1.00")


def test_only_with_the_secret_of_a_server_that_runs(world, tmp_path):
    stay = world.stay()
    garage_secret(tmp_path / "other" / "secret")
    assert "not this server's" in refused(world, stay.id, "1.00", **{"data-dir": str(tmp_path / "other")})
    assert "no garage's secret" in refused(world, stay.id, "1.00", **{"data-dir": str(tmp_path / "none")})
    assert not (tmp_path / "none").exists()
    assert "start it" in refused(world, stay.id, "1.00", server="http://127.0.0.1:9")
    assert Phone().ask(f"{world.server.url}/refunds", b"{}")[0] == 401

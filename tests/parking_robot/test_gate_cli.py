# SPDX-License-Identifier: Apache-2.0
import pytest
from ronda.msg import GateState
from ronda.srv import DecideGate
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.errors import ParkingError
from parking_robot.gate_cli import call_lines, refusal, request_of


def test_a_gate_that_waits_is_told_with_plate_reason_price_and_time():
    call = f"{1_772_442_000_000_000:016x}0123456789abcdef:call2"
    held = GateState(
        phase=GateState.PHASE_HELD, plate="BA268AK", reason_text="not paid", amount_minor=350, currency="EUR",
        help_called=True, call_id=call,
    )  # fmt: skip
    first, second = call_lines("gate_out", held)
    assert first == "gate_out: BA268AK: not paid, due 3.50 EUR, since 2026-03-02 09:00:00 UTC"
    assert second.endswith(f"--call {call}")
    held.help_called = False
    assert not list(call_lines("gate_out", held))
    fire = list(call_lines("gate_in", GateState(phase=GateState.PHASE_FIRE)))
    assert "fire alarm" in fire[0] and "answer gate_in release" in fire[1]


def test_the_words_of_an_answer_become_a_request():
    asked = request_of("correct", "Mara", "seen", "BA268AK", "stay7", "call9")
    assert (asked.verdict, asked.plate, asked.stay_id) == (DecideGate.Request.CORRECT, "BA268AK", "stay7")
    assert (asked.requested_by, asked.reason, asked.call_id) == ("Mara", "seen", "call9")
    assert request_of("release", "Mara", "seen", "", "", "").verdict == DecideGate.Request.RELEASE_FIRE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("opn", "Mara", "seen", "", "", ""), "unknown answer 'opn', did you mean 'open'"),
        (("refuse", "Mara", "seen", "BA268AK", "", ""), "'refuse' takes no plate"),
        (("open", "Mara", "seen", "", "stay7", ""), "'open' takes no stay"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(words, told):
    with pytest.raises(ParkingError, match=told) as refused:
        request_of(*words)
    assert refused.value.hint


def test_a_gates_no_keeps_its_hint():
    told = refusal("gate_in", ParkingError("no car waits at this gate", hint="look again").describe())
    assert (str(told), told.hint) == ("gate 'gate_in' declines: no car waits at this gate", "look again")
    assert refusal("gate_in", "the fire alarm still sounds").hint


def test_a_wrong_word_is_said_without_waiting_for_ros():
    words = ["answer", "gate_in", "opn", "--by", "Mara", "--reason", "seen"]
    with pytest.raises(ParkingError, match="did you mean 'open'") as refused:
        CliRunner().invoke(app, words, catch_exceptions=False)
    assert refused.value.hint == "open, refuse, correct, release"


@pytest.mark.parametrize(
    "words", [("calls", "--gate", "bad name"), ("answer", "", "open", "--by", "M", "--reason", "r")]
)
def test_what_cannot_be_a_gates_name_is_said(words):
    with pytest.raises(ParkingError, match="cannot be the name of a gate"):
        CliRunner().invoke(app, list(words), catch_exceptions=False)

# SPDX-License-Identifier: Apache-2.0
import itertools

import pytest

from parking_robot.gates.decision import Direction, Verdict
from parking_robot.reasons import Reason
from parking_robot.server.texts import LANGUAGES, PHONE, ROBOT, SCREEN, screen_lines


def lines(code, verdict, direction, phase="held", **more):
    return screen_lines(
        {"in_service": True, "phase": phase, "code": code, "verdict": verdict, "direction": direction} | more
    )


@pytest.mark.parametrize(("code", "verdict", "direction"), list(itertools.product(Reason, Verdict, Direction)))
def test_every_decision_has_a_line_in_each_language(code, verdict, direction):
    assert set(lines(code, verdict, direction)) == set(LANGUAGES)


@pytest.mark.parametrize("direction", Direction)
def test_an_open_arm_is_never_out_of_order(direction):
    assert "Please drive" in lines(Reason.LEDGER_AWAY, Verdict.OPEN, direction, "open")["en"]
    assert "Out of order" in lines(Reason.LEDGER_AWAY, Verdict.HOLD, direction)["en"]


def test_a_banned_car_at_the_exit_is_not_told_about_entries():
    assert "Einfahrt" in lines(Reason.BANNED, Verdict.HOLD, Direction.ENTRY)["de"]
    said = lines(Reason.BANNED, Verdict.ASK, Direction.EXIT)
    assert ("Einfahrt" in said["de"], "access" in said["en"]) == (False, False)


def test_a_failed_payment_is_said_while_something_is_due():
    due = {"payment_url": "u", "minor": 240}
    assert screen_lines({"in_service": True, "phase": "held", **due}, declined=True) == SCREEN["declined"]
    assert lines(Reason.PAID, Verdict.OPEN, Direction.EXIT, "open", payment_url="", minor=0) == SCREEN["paid"]


@pytest.mark.parametrize("texts", [SCREEN, PHONE, ROBOT], ids=["screen", "phone", "robot"])
def test_each_text_has_each_language(texts):
    assert {frozenset(said) for said in texts.values()} == {frozenset(LANGUAGES)}

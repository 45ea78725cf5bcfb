# SPDX-License-Identifier: Apache-2.0
"""The judge of the demonstration: it must not call wrong things right."""

from types import SimpleNamespace

import pytest
from ronda.msg import BarrierState, Bay, BayMap, DriverState, GateEvent, GateState

from parking_robot.demo_director import ENTRY, EXIT, Played
from parking_robot.demo_judge import bay_errors, passages, wrongly_held, wrongly_opened
from parking_robot.demo_stage import DemoCar, Role
from parking_robot.demo_watch import BarrierFigures, HeardEvent

OPEN, HOLD, ASK = GateState.DECISION_OPEN, GateState.DECISION_HOLD, GateState.DECISION_ASK


def car(role, plate="BAB123"):
    return DemoCar("car_01", plate, role, "A05")


def heard(gate, decision, at, *, by="", reason="", kind=GateEvent.DECIDED, stood="car_01", passage=""):
    event = GateEvent(
        gate_id=gate, kind=kind, decision=decision, decided_by=by or gate, reason_code=reason, passage_id=passage
    )
    return HeardEvent(event, at, at, stood)


GONE = {"car_01": SimpleNamespace(phase=DriverState.GONE)}


@pytest.mark.parametrize(
    ("role", "paid_s", "by", "wrong"),
    [
        (Role.PHONE, 50.0, "", False),
        (Role.PHONE, 150.0, "", True),
        (Role.UNPAID, None, "", True),
        (Role.UNPAID, None, "Ada", False),
        (Role.PERMIT, None, "", False),
    ],
)
def test_an_exit_that_opens_needs_money_a_permit_or_a_person(role, paid_s, by, wrong):
    events = [heard(EXIT, OPEN, 100.0, by=by, reason="person" if by else "paid")]
    played = Played(paid_s={} if paid_s is None else {"car_01": paid_s})
    assert wrongly_opened(passages([car(role)], events), played) == (["BAB123"] if wrong else [])


@pytest.mark.parametrize(
    ("role", "gate", "decision", "paid_s", "wrong"),
    [
        (Role.UNPAID, EXIT, HOLD, None, False),
        (Role.PHONE, EXIT, HOLD, 50.0, True),
        (Role.PERMIT, EXIT, ASK, None, True),
        (Role.DIRTY, EXIT, ASK, 50.0, False),
        (Role.PHONE, ENTRY, ASK, None, True),
        (Role.PHONE, EXIT, OPEN, 50.0, False),
    ],
)
def test_who_has_paid_or_has_a_permit_must_not_wait(role, gate, decision, paid_s, wrong):
    played = Played(paid_s={} if paid_s is None else {"car_01": paid_s})
    held = wrongly_held(passages([car(role)], [heard(gate, decision, 100.0)]), played, GONE)
    assert held == (["BAB123"] if wrong else [])


def test_a_car_that_never_got_out_was_held_wrongly():
    there = {"car_01": SimpleNamespace(phase=DriverState.AT_EXIT)}
    assert wrongly_held(passages([car(Role.PERMIT)], []), Played(), there) == ["BAB123"]


def test_the_first_word_of_the_gate_and_the_last_decision_count():
    events = [heard(EXIT, HOLD, 10.0), heard(EXIT, OPEN, 20.0), heard(EXIT, OPEN, 25.0, kind=GateEvent.PASSED)]
    _, leave = passages([car(Role.UNPAID)], events)
    assert (leave.first.sim_s, leave.final.sim_s, leave.passed.sim_s, leave.opened) == (10.0, 20.0, 25.0, True)


@pytest.mark.parametrize(("decisions", "held"), [([OPEN], False), ([HOLD, OPEN], True), ([ASK, OPEN], True)])
def test_a_car_was_held_if_it_had_to_wait_once(decisions, held):
    events = [heard(EXIT, decision, 10.0 * at) for at, decision in enumerate(decisions)]
    _, leave = passages([car(Role.UNPAID)], events)
    assert leave.held is held


def test_a_car_that_has_left_the_gate_when_it_is_counted_is_known_by_its_passage():
    events = [
        heard(ENTRY, OPEN, 10.0, passage="p1"),
        heard(ENTRY, OPEN, 20.0, kind=GateEvent.PASSED, passage="p1", stood="car_02"),
        heard(ENTRY, OPEN, 25.0, passage="p2", stood="car_02"),
        heard(ENTRY, OPEN, 30.0, kind=GateEvent.PASSED, passage="p2", stood=""),
    ]
    second = DemoCar("car_02", "KA5X", Role.PHONE, "A06")
    all_passages = passages([car(Role.PHONE), second], events)
    entered = {one.car.name: (one.final.sim_s, one.passed.sim_s) for one in all_passages if one.gate == ENTRY}
    assert entered == {"car_01": (10.0, 20.0), "car_02": (25.0, 30.0)}


def bay(bay_id, state, plate="", kind=Bay.KIND_GENERAL):
    return Bay(bay_id=bay_id, state=state, plate=plate, kind=kind)


def test_each_bay_that_differs_from_the_truth_is_an_error():
    reported = BayMap(
        bays=[
            bay("A01", Bay.STATE_OCCUPIED, "BAB123"), bay("A02", Bay.STATE_OCCUPIED, "HHXY99"),
            bay("A03", Bay.STATE_FREE), bay("A04", Bay.STATE_UNKNOWN), bay("A05", Bay.STATE_OCCUPIED),
            bay("A06", Bay.STATE_FREE), bay("ENTRY", Bay.STATE_OCCUPIED, kind=Bay.KIND_KEEP_CLEAR),
        ]
    )  # fmt: skip
    said, errors = bay_errors({"A01": "BAB123", "A02": "HHXY98", "A03": "MX1", "A05": "KA5"}, reported)
    assert said == {"A01": "BAB123", "A02": "HHXY99", "A05": "not read"}
    assert {error["bay"] for error in errors} == {"A02", "A03", "A04", "A05"}
    assert bay_errors({}, None)[1]


def test_a_closing_over_a_car_counts_once_and_a_cycle_needs_both_ends():
    figures = BarrierFigures()

    def say(state, loop=False):
        figures.take(BarrierState(state=state, loop_occupied=loop))

    for state in (BarrierState.CLOSED, BarrierState.OPENING, BarrierState.OPEN):
        say(state, loop=True)
    assert (figures.cycles, figures.closings_on_occupied) == (0, 0)
    for loop in (False, True, True):
        say(BarrierState.CLOSING, loop)
    assert figures.closings_on_occupied == 1
    say(BarrierState.CLOSED)
    assert (figures.cycles, figures.closings_on_occupied) == (1, 1)

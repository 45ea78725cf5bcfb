# SPDX-License-Identifier: Apache-2.0
"""Cars at gates, over the real ledger, clerk and journal."""

import pytest
from tests.parking_robot.gates.garages import Gate, site

from parking_robot.gates.clerk import Answer
from parking_robot.gates.decision import Verdict
from parking_robot.gates.passage import LaneState
from parking_robot.gates.records import RecordKind
from parking_robot.reasons import Reason
from parking_robot.stays import gate_log
from parking_robot.stays.alarms import alarm_pauses
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind, StayEvent, StayState
from ronda_core.clock import ManualClock

PERMIT = {"permit": [{"plates": ["B RO 1"], "reason": "tenant"}]}


@pytest.fixture
def garage(tmp_path):
    return site(tmp_path, PERMIT | {"block": [{"plates": ["BAD 666"], "reason": "debts"}]}, unread_entry="ask")


@pytest.fixture
def gates(tmp_path, store_url, ledger, garage):
    """Makes gates that share a ledger and a clock."""
    made, clock = [], ManualClock(1_772_442_000.0)

    def make(direction, folder="run", chosen=None, **settings):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        gate = Gate(path, store_url, chosen or garage, direction, clock, **settings)
        made.append(gate)
        return gate

    make.made = made
    yield make
    for gate in made:
        gate.close()


def code(gate):
    return gate.state.decision.code


def kinds(ledger):
    return [entry.kind for entry in reversed(gate_log.newest(ledger))]


def enter(gate, plate):
    gate.arrive(plate)
    gate.drive_through()


def pay(ledger, stay_id, minor, at):
    ledger.append(stay_id, StayEvent(EventKind.PAID, at, {"minor": minor, "currency": "EUR"}))


def correct(gate, plate):
    """The office types another plate, and the gate decides again."""
    gate.station.answer_correct("Mara", "looked at the picture", plate, "")
    gate.settle()


def test_a_visitor_comes_in_pays_and_leaves(ledger, gates):
    entry, leave = gates("entry"), gates("exit")
    entry.arrive("AB123")
    assert (code(entry), entry.barrier_calls) == (Reason.VISITOR, [(True, "visitor", "gate_entry")])
    entry.drive_through()
    assert [call[0] for call in entry.barrier_calls] == [True, False]
    assert [plate for _, plate, _ in ledger.inside()] == ["AB123"]

    entry.clock.advance(3600)
    leave.arrive("AB123")
    assert (code(leave), leave.barrier_calls, leave.state.decision.due.minor) == (Reason.UNPAID, [], 360)
    assert "stay=" in leave.state.payment_url
    assert not leave.state.help_called

    ((stay_id, _, _),) = ledger.inside()
    pay(ledger, stay_id, 360, leave.date())
    leave.see("AB123", 0.6)
    leave.settle()
    assert (code(leave), leave.state.lane) == (Reason.PAID, LaneState.OPEN)
    leave.drive_through()
    assert ledger.stay(stay_id).state is StayState.LEFT
    assert kinds(ledger) == ["decided", "passed", "decided", "decided", "passed"]
    assert list_reviews(ledger) == []


def test_the_decision_and_the_command_are_timed(gates):
    gate = gates("entry")
    gate.arrive("AB123")
    (event,) = [event for event in gate.events if event.kind is RecordKind.DECIDED]
    assert 0 < event.decide_seconds <= 1.0
    assert 0 <= event.command_seconds <= 0.1


def test_a_permit_leaves_without_paying(ledger, gates):
    entry, leave = gates("entry"), gates("exit")
    enter(entry, "BRO1")
    leave.clock.advance(7200)
    leave.arrive("BRO1")
    assert (code(leave), leave.state.lane) == (Reason.PERMIT, LaneState.OPEN)


def test_a_blocked_plate_stays_out_and_may_call(ledger, gates):
    gate = gates("entry")
    gate.arrive("BAD666")
    assert (code(gate), gate.barrier_calls) == (Reason.BANNED, [])
    gate.station.call_help("the driver pressed the button")
    gate.settle()
    assert gate.state.help_called
    assert [case.kind for case in list_reviews(ledger)] == ["banned"]


def test_a_held_driver_gets_a_person_in_the_end(gates):
    gate = gates("entry")
    gate.arrive("BAD666")
    for _ in range(100):
        gate.see("BAD666", 1.0)
    assert gate.state.help_called


def test_a_full_garage_opens_when_a_place_is_free(tmp_path, ledger, gates, garage):
    small = site(tmp_path, capacity=1)
    entry = gates("entry", chosen=small)
    stay = ledger.enter("ZZ999", "x", entry.date())
    entry.arrive("AB123")
    assert (code(entry), entry.barrier_calls) == (Reason.FULL, [])
    ledger.append(stay.id, StayEvent(EventKind.EXITED, entry.date(), {}))
    entry.see("AB123", 0.6)
    entry.settle()
    assert entry.state.lane is LaneState.OPEN


def test_a_plate_that_is_inside_already_is_let_in_softly_and_reviewed(tmp_path, ledger, gates):
    gate = gates("entry")
    ledger.enter("AB123", "x", gate.date())
    gate.arrive("AB123")
    assert gate.state.lane is LaneState.OPEN
    gate.settle()
    assert [case.kind for case in list_reviews(ledger)] == ["alarm"]
    hard = gates("entry", "hard", site(tmp_path, pass_back="hard"))
    hard.arrive("AB123")
    assert (code(hard), hard.state.help_called) == (Reason.PASS_BACK, True)


@pytest.mark.parametrize("unread", ["ticket", "ask"])
def test_an_unreadable_plate_has_a_way_in(tmp_path, ledger, gates, unread):
    gate = gates("entry", chosen=site(tmp_path, unread_entry=unread))
    gate.arrive("", pictures=20)
    if unread == "ticket":
        assert (code(gate), gate.state.lane) == (Reason.TICKET, LaneState.OPEN)
        assert "stay=" in gate.state.payment_url
        assert [row[1] for row in ledger.inside()] == [""]
    else:
        assert (code(gate), gate.state.help_called) == (Reason.UNREAD, True)
        stay_id = gate.station.answer_open("Mara", "seen on the camera", "HHX1")
        gate.settle()
        assert ledger.stay(stay_id).plate == "HHX1"
    assert [case.kind for case in list_reviews(ledger)] == ["unread" if unread == "ticket" else "opened_by_person"]


def test_a_near_miss_opens_and_is_reviewed(ledger, gates):
    leave = gates("exit")
    ledger.enter("AB12345", "x", leave.date())
    leave.clock.advance(60)
    for case in ("free",):
        leave.arrive("AB12346")
        assert case and leave.state.decision.review == "near_miss"
    assert code(leave) is Reason.UNPAID
    leave.settle()
    assert [case.kind for case in list_reviews(ledger)] == ["near_miss"]


def test_a_car_without_entry_asks_a_person_who_bills_a_lost_ticket(ledger, gates):
    leave = gates("exit")
    leave.arrive("NN777")
    assert (leave.state.decision.verdict, leave.state.help_called) == (Verdict.ASK, True)
    leave.station.answer_correct("Mara", "plate is right", "NN777", "")
    leave.settle()
    assert (code(leave), leave.state.decision.due.minor) == (Reason.NO_STAY, 3000)
    stay_id = leave.state.decision.stay_id
    assert leave.state.payment_url.endswith(stay_id)
    pay(ledger, stay_id, 3000, leave.date())
    leave.see("NN777", 0.6)
    leave.settle()
    assert leave.state.lane is LaneState.OPEN
    leave.drive_through()
    assert ledger.stay(stay_id).state is StayState.LEFT


def test_a_person_corrects_a_misread_plate(ledger, gates):
    leave = gates("exit")
    ledger.enter("BRO1", "x", leave.date(), free=True)
    leave.clock.advance(600)
    leave.arrive("XYZ1")
    assert leave.state.help_called
    leave.station.answer_correct("Mara", "read by eye", "BRO1", "")
    leave.settle()
    assert (code(leave), leave.state.lane) == (Reason.PERMIT, LaneState.OPEN)
    assert next(entry.facts["corrected_by"] for entry in gate_log.newest(ledger)) == "Mara"


def test_a_corrected_plate_holds_although_the_camera_goes_on_misreading(ledger, gates):
    leave = gates("exit")
    stay = ledger.enter("HHAB1234", "x", leave.date())
    leave.clock.advance(3600)
    leave.arrive("B1234X9")
    correct(leave, "HHAB1234")
    assert (leave.state.plate, code(leave)) == ("HHAB1234", Reason.UNPAID)
    for _ in range(6):
        leave.see("B1234X9")
        leave.settle()
    assert (leave.state.plate, code(leave)) == ("HHAB1234", Reason.UNPAID)
    pay(ledger, stay.id, 1000, leave.date())
    for _ in range(6):
        leave.see("B1234X9")
        leave.settle()
    assert [call[0] for call in leave.barrier_calls] == [True]
    # Another car in its place is still noticed.
    for _ in range(4):
        leave.see("MKL777")
    assert [call[:2] for call in leave.barrier_calls][-1] == (False, "another car")


def test_another_car_does_not_take_the_place_of_one_that_the_camera_could_not_read(ledger, gates):
    leave = gates("exit")
    first = ledger.enter("AB1234", "x", leave.date())
    ledger.enter("QQ5555", "x", leave.date())
    leave.clock.advance(3600)
    for _ in range(40):
        leave.tick(0.1, loop=True)
        leave.settle()
    correct(leave, "AB1234")
    assert (leave.state.plate, code(leave)) == ("AB1234", Reason.UNPAID)
    leave.arrive("QQ5555", pictures=15)
    pay(ledger, first.id, 1000, leave.date())
    leave.arrive("QQ5555", pictures=6)
    assert (leave.state.plate, code(leave), leave.barrier_calls) == ("QQ5555", Reason.UNPAID, [])


def test_an_answer_to_what_was_asked_before_a_correction_is_none(ledger, gates):
    leave = gates("exit")
    ledger.enter("AB1234", "x", leave.date())
    leave.clock.advance(3600)
    leave.arrive("ZZZ999")
    late = Answer(leave.station._passage, leave.state.decision, leave.clock.monotonic())
    leave.station.answer_correct("Mara", "read by eye", "AB1234", "")
    leave.answers.insert(0, late)
    leave.settle()
    assert (code(leave), leave.state.help_called) == (Reason.UNPAID, False)


def test_a_second_correction_keeps_the_stay_of_a_lost_ticket_and_its_code(ledger, gates):
    leave = gates("exit")
    leave.arrive("NN777")
    correct(leave, "ABC999")
    made = leave.state.decision.stay_id
    for _ in range(6):
        leave.see("NN777")
        leave.settle()
    correct(leave, "ABD888")
    assert (leave.state.decision.stay_id, leave.state.decision.lost) == (made, True)
    assert leave.state.payment_url.endswith(made)
    assert [(stay_id, plate) for stay_id, plate, _ in ledger.inside()] == [(made, "ABD888")]


@pytest.mark.parametrize("paid", [False, True])
def test_a_stay_made_as_for_a_lost_ticket_goes_when_the_right_one_is_found(ledger, gates, paid):
    leave = gates("exit")
    stay = ledger.enter("AB1234", "x", leave.date())
    leave.clock.advance(3600)
    leave.arrive("NN777")
    correct(leave, "XYZ999")
    made = leave.state.decision.stay_id
    if paid:
        pay(ledger, made, 3000, leave.date())
    correct(leave, "AB1234")
    assert (leave.state.decision.stay_id, code(leave)) == (stay.id, Reason.UNPAID)
    assert ledger.stay(made).state is (StayState.INSIDE if paid else StayState.VOID)
    assert [case.kind for case in list_reviews(ledger, stay_id=made)] == (["risk"] if paid else [])


def test_a_correction_that_leads_nowhere_calls_again(ledger, gates):
    leave = gates("exit")
    for plate in ("AAA1111", "AAA1112"):
        ledger.enter(plate, "x", leave.date())
    leave.clock.advance(3600)
    leave.arrive("AAA1119")
    first = leave.station.call_id
    correct(leave, "AAA1113")
    assert (code(leave), leave.state.help_called) == (Reason.AMBIGUOUS, True)
    assert leave.station.call_id not in ("", first)


def test_whoever_pays_after_a_correction_and_stays_gets_a_person_in_the_end(ledger, gates):
    leave = gates("exit")
    ledger.enter("HHAB1234", "x", leave.date())
    leave.clock.advance(3600)
    leave.arrive("B1234X9")
    correct(leave, "HHAB1234")
    assert (code(leave), leave.state.help_called) == (Reason.UNPAID, False)
    leave.see("B1234X9", 91.0)
    leave.see("B1234X9", 91.0)
    assert leave.state.help_called


def test_opening_an_open_lane_again_makes_no_second_stay(ledger, gates):
    gate = gates("entry")
    gate.arrive("AB123")
    stay_id = gate.state.decision.stay_id
    assert gate.station.answer_open("Mara", "pressed again", "") == stay_id
    gate.settle()
    for _ in range(300):
        gate.tick(0.1)
    gate.settle()
    assert (ledger.inside(), ledger.stay(stay_id).state) == ([], StayState.VOID)
    assert kinds(ledger).count("decided") == kinds(ledger).count("help_answered") == 1


def test_answers_without_a_call_are_all_kept(ledger, gates):
    for direction in ("entry", "exit"):
        gates(direction).station.answer_open("Mara", f"at the {direction}", "")
    again = gates("exit", folder="again")
    again.station.answer_open("Mara", "after a restart", "")
    for gate in gates.made:
        gate.settle()
    answers = [entry for entry in gate_log.newest(ledger) if entry.kind == "help_answered"]
    assert len({entry.key for entry in answers}) == 3


def test_three_cars_on_one_payment_are_two_cases_and_two_debts(ledger, gates):
    gate = gates("exit")
    stays = {plate: ledger.enter(plate, "x", gate.date()) for plate in ("AAA1111", "BBB2222", "CCC3333")}
    gate.clock.advance(3600)
    pay(ledger, stays["AAA1111"].id, 1000, gate.date())
    gate.arrive("AAA1111")
    gate.tick(0.5, loop=True, beam=True)
    for plate in ("BBB2222", "CCC3333"):
        gate.tick(0.5, loop=True, beam=False)
        for _ in range(4):
            gate.see(plate)
        gate.tick(0.5, loop=True, beam=True)
    gate.tick(0.5, loop=False, beam=False)
    gate.clock.advance(3.0)
    gate.tick()
    gate.settle()
    assert ledger.inside() == []
    cases = list_reviews(ledger)
    seconds = [case.facts["second_plate"] for case in cases if case.kind == "tailgating"]
    owing = [case.stay_id for case in cases if case.kind == "unpaid_exit"]
    assert (seconds, owing) == (["BBB2222", "CCC3333"], [stays["BBB2222"].id, stays["CCC3333"].id])


def test_a_person_may_refuse_and_the_car_turns_back(ledger, gates):
    gate = gates("entry")
    gate.arrive("", pictures=20)
    gate.station.answer_refuse("Mara", "no entry today")
    gate.see("", 0.6)
    gate.settle()
    assert (code(gate), gate.barrier_calls) == (Reason.REFUSED, [])
    gate.tick(3.0)
    gate.settle()
    assert gate.state.lane is LaneState.EMPTY
    assert kinds(ledger)[-1] == "turned_back"


def test_a_car_that_turns_back_in_the_open_entry_was_never_inside(ledger, gates):
    gate = gates("entry")
    gate.arrive("AB123")
    ((stay_id, _, _),) = ledger.inside()
    for _ in range(12):
        gate.tick(1.0)
    gate.settle()
    assert gate.barrier_calls[-1][0] is False
    assert ledger.inside() == []
    assert ledger.stay(stay_id).state is StayState.VOID


def test_another_car_does_not_drive_out_on_the_first_ones_money(ledger, gates):
    leave = gates("exit")
    first = ledger.enter("AB123", "x", leave.date())
    ledger.enter("ZZ9876", "x", leave.date())
    leave.clock.advance(3600)
    leave.arrive("AB123")
    for _ in range(4):
        leave.see("ZZ9876")
    pay(ledger, first.id, 1000, leave.date())
    leave.arrive("ZZ9876", pictures=6)
    assert (leave.state.plate, code(leave), leave.barrier_calls) == ("ZZ9876", Reason.UNPAID, [])


def test_a_tailgater_is_noticed_and_counts(ledger, gates):
    gate = gates("entry")
    gate.arrive("AB123")
    gate.tick(0.5, loop=True, beam=True)
    for _ in range(4):
        gate.see("CD456")
    gate.tick(0.5, loop=True, beam=False)
    gate.tick(0.5, loop=True, beam=True)
    gate.tick(0.5, loop=False, beam=False)
    gate.clock.advance(3.0)
    gate.tick()
    gate.settle()
    assert RecordKind.TAILGATING in [event.kind for event in gate.events]
    assert sorted(row[1] for row in ledger.inside()) == ["AB123", "CD456"]
    assert "tailgating" in [case.kind for case in list_reviews(ledger)]


def test_an_exit_tailgater_leaves_the_garage_and_owes(ledger, gates):
    gate = gates("exit")
    first, second = (ledger.enter(plate, "x", gate.date()) for plate in ("AB123", "CD456"))
    gate.clock.advance(3600)
    pay(ledger, first.id, 1000, gate.date())
    gate.arrive("AB123")
    gate.tick(0.5, loop=True, beam=True)
    for _ in range(4):
        gate.see("CD456")
    gate.tick(0.5, loop=True, beam=False)
    gate.tick(0.5, loop=True, beam=True)
    gate.tick(0.5, loop=False, beam=False)
    gate.clock.advance(3.0)
    gate.tick()
    gate.settle()
    assert ledger.inside() == []
    cases = {case.kind: case for case in list_reviews(ledger)}
    assert cases["tailgating"].facts["second_plate"] == "CD456"
    assert cases["unpaid_exit"].stay_id == second.id


def test_a_fire_opens_and_only_a_person_ends_it(gates):
    gate = gates("exit")
    gate.tick(fire=True)
    assert gate.barrier_calls == [(True, "fire alarm: open and hold", "gate_exit")]
    gate.tick(5.0, fire=False)
    assert gate.state.lane is LaneState.FIRE
    assert gate.station.release_fire("Mara", "all clear")
    for _ in range(12):
        gate.tick(1.0)
    assert gate.barrier_calls[-1][0] is False


def burn_through(gate, plate):
    """A car goes through while the alarm sounds."""
    for _ in range(3):
        gate.see(plate)
    gate.tick(0.5, fire=True, loop=True, beam=True)
    gate.tick(0.5, fire=True, loop=False, beam=False)
    gate.settle()


def test_cars_that_leave_during_an_alarm_leave_the_garage_and_pay_for_the_time_before_it(ledger, gates):
    entry, leave = gates("entry"), gates("exit")
    for plate in ("AB123", "CD456", "EF789"):
        enter(entry, plate)
    entry.clock.advance(1000)
    leave.arrive("AB123")
    assert (code(leave), leave.state.help_called) == (Reason.UNPAID, False)
    entry.tick(fire=True)
    leave.tick(fire=True)
    leave.settle()
    entry.clock.advance(5000)
    for plate in ("AB123", "CD456", ""):
        burn_through(leave, plate)
    assert [plate for _, plate, _ in ledger.inside()] == ["EF789"]
    unpaid = [case.facts["reasons"][0] for case in list_reviews(ledger) if case.kind == "unpaid_exit"]
    assert ["1.20 EUR unpaid" in reason for reason in unpaid] == [True, True]
    assert "does_not_fit" in [case.kind for case in list_reviews(ledger)], "the unread one"

    for gate in (entry, leave):
        gate.tick(1.0, fire=False)
        assert gate.station.release_fire("Mara", "all clear")
        gate.settle()
    for _ in range(12):
        leave.tick(1.0)
    leave.clock.advance(600)
    leave.arrive("EF789")
    assert leave.state.decision.due.minor == 120, "the alarm took more than an hour"


def test_a_car_that_was_let_in_when_the_alarm_began_keeps_its_stay_and_others_at_the_entry_are_reviewed(ledger, gates):
    entry = gates("entry")
    entry.arrive("AB123")
    entry.tick(fire=True)
    burn_through(entry, "AB123")
    assert [plate for _, plate, _ in ledger.inside()] == ["AB123"]
    assert list_reviews(ledger) == []
    burn_through(entry, "CD456")
    assert [(case.kind, case.facts["plate"]) for case in list_reviews(ledger)] == [("fire", "CD456")]
    entry.tick(1.0, fire=False)
    entry.station.release_fire("Mara", "all clear")
    for _ in range(12):
        entry.tick(1.0)
    entry.settle()
    assert [plate for _, plate, _ in ledger.inside()] == ["AB123"]


def test_a_gate_that_starts_again_without_its_alarm_charges_again(ledger, gates):
    gate = gates("entry")
    gate.tick(fire=True)
    gate.settle()
    start = gate.date()
    gate.clock.advance(100)
    other = gates("entry", "again")
    enter(other, "AB123")
    other.clock.advance(3600)
    (period,) = alarm_pauses(ledger, other.date()).periods
    assert 100 <= (period[1] - start).total_seconds() <= 110


def test_a_barrier_that_does_not_open_calls_a_person(ledger, gates):
    from parking_robot.gates.barrier_desk import Arm

    gate = gates("entry")
    gate.arrive("AB123")
    for _ in range(6):
        gate.see("AB123", 1.0)
        gate.tick(0.0, arm=Arm.FAULT)
    assert [call[0] for call in gate.barrier_calls].count(True) > 1
    assert gate.state.help_called
    assert RecordKind.BARRIER_FAILED in [event.kind for event in gate.events]


def test_nothing_closes_while_the_barrier_is_not_heard(gates):
    gate = gates("entry")
    gate.arrive("AB123")
    gate.drive_through(gap=0.1)
    for _ in range(10):
        gate.tick(1.0, heard=False)
    assert [call[0] for call in gate.barrier_calls] == [True]


def test_a_restarted_gate_reports_the_open_passage(ledger, gates):
    gate = gates("entry")
    gate.arrive("AB123")
    gate.close()
    again = gates("entry")
    again.arrive("CD456")
    assert [case.kind for case in list_reviews(ledger)] == ["restarted"]

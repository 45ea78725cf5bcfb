# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parking_robot.money.tariffs import BERLIN, DAY, NIGHT, berlin, tariff

from parking_robot.errors import StayError, TariffError
from parking_robot.money.bill import LineKind
from parking_robot.money.fee import Concessions, bill_lost_ticket, bill_stay
from parking_robot.money.pauses import pauses_of

RICH = tariff(
    {"valid_until": "2026-07-01T00:00", "cap": 12},
    {"id": "b", "valid_from": "2026-07-01T00:00", "cap": 15, "rates": [DAY | {"price": 2.3}, NIGHT | {"price": 1}]},
    free_minutes=10,
)
START = berlin("2026-03-27T00:00")
# Around both changes of the clock and the change of the tariff, to the second.
ENTRIES = st.integers(0, 220 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
STAYS = st.integers(0, 4 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
ALARMS = st.lists(st.tuples(st.integers(-3600, 4 * 86_400), st.integers(0, 3 * 3600)), max_size=3)


def cents(plan, entry, leave, **more):
    return bill_stay(plan, berlin(entry), berlin(leave), **more).total.minor


@pytest.mark.parametrize(
    ("entry", "leave", "fee"),
    [
        ("2026-03-02T10:00", "2026-03-02T10:00", 0),
        ("2026-03-02T10:00", "2026-03-02T10:10", 0),
        ("2026-03-02T10:00", "2026-03-02T10:10:01", 120),
        ("2026-03-02T10:00", "2026-03-02T10:40", 120),
        ("2026-03-02T10:00", "2026-03-02T10:40:01", 240),
        ("2026-03-02T19:50", "2026-03-02T20:30", 80),
        ("2026-03-02T19:40", "2026-03-02T20:30", 200),
        ("2026-03-02T07:00", "2026-03-03T07:00", 1200),
        ("2026-03-02T07:00", "2026-03-03T07:00:01", 1320),
        ("2026-06-30T23:50", "2026-07-01T00:30", 100),
        ("2026-06-30T23:30", "2026-07-01T00:30", 180),
    ],
)
def test_fees_worked_out_by_hand(entry, leave, fee):
    assert cents(RICH, entry, leave) == fee


def test_a_change_of_the_tariff_shows_in_the_lines():
    bill = bill_stay(RICH, berlin("2026-06-30T23:30"), berlin("2026-07-01T00:30"))
    assert bill.versions == ("a", "b")
    assert [line.amount.minor for line in bill.lines] == [0, 80, 100]
    assert "night: 1 x 60 min at 1.00 EUR" in bill.explain(BERLIN)
    assert bill.explain(BERLIN).endswith("total 1.80 EUR")


@pytest.mark.parametrize(
    ("entry", "leave", "alarm", "fee"),
    [
        # Free time goes on after the alarm, and so does a started block.
        ("10:00", "10:30", ("10:05", "10:25"), 0),
        ("10:00", "10:30:01", ("10:05", "10:25"), 120),
        ("10:00", "11:00", ("10:20", "10:30"), 240),
        ("10:00", "10:50", ("10:20", "10:30"), 120),
        # Wholly within an alarm, and around one that covers a whole rate's time.
        ("10:00", "11:00", ("09:00", "12:00"), 0),
        ("19:40", "21:30", ("19:50", "20:30"), 80),
    ],
)
def test_the_time_of_an_alarm_is_not_charged(entry, leave, alarm, fee):
    pauses = pauses_of([tuple(berlin(f"2026-03-02T{moment}") for moment in alarm)])
    assert cents(RICH, f"2026-03-02T{entry}", f"2026-03-02T{leave}", pauses=pauses) == fee


def test_an_alarm_shows_on_the_bill():
    pauses = pauses_of([(berlin("2026-03-02T10:20"), berlin("2026-03-02T10:30"))])
    bill = bill_stay(RICH, berlin("2026-03-02T10:00"), berlin("2026-03-02T11:00"), pauses=pauses)
    assert "10:20:00+0100 - 2026-03-02 10:30:00+0100  not counted (fire alarm)" in bill.explain(BERLIN)


def test_threshold_minutes_are_charged_once_the_stay_is_longer():
    plan = tariff(free_minutes=30, free_mode="threshold")
    assert cents(plan, "2026-03-02T10:00", "2026-03-02T10:30") == 0
    assert cents(plan, "2026-03-02T10:00", "2026-03-02T10:30:01") == 240


def test_an_event_has_a_flat_price_until_its_end():
    event = {"name": "match", "from": "2026-05-01T18:00", "to": "2026-05-02T00:00", "flat": 7}
    plan = tariff(events=[event])
    assert cents(plan, "2026-05-01T18:00", "2026-05-01T18:01") == 700
    assert cents(plan, "2026-05-01T19:00", "2026-05-02T00:00") == 700
    assert cents(plan, "2026-05-01T19:00", "2026-05-02T00:01") == 780
    assert cents(plan, "2026-05-01T17:59", "2026-05-01T18:00") == 120


def test_concessions_come_off_in_order_and_never_below_zero():
    plan = tariff(
        validations={"FILM": {"minutes": 60}, "HALF": {"percent": 50}, "CAFE": {"amount": 2}},
        class_percent={"ev": 25, "disabled": 100},
    )
    stay = ("2026-03-02T10:00", "2026-03-02T12:00")
    assert cents(plan, *stay) == 480
    assert cents(plan, *stay, concessions=Concessions(codes=("FILM",))) == 240
    assert cents(plan, *stay, concessions=Concessions(codes=("HALF", "CAFE"))) == 40
    assert cents(plan, *stay, concessions=Concessions(codes=("FILM", "HALF", "CAFE"))) == 0
    assert cents(plan, *stay, concessions=Concessions("ev", ("HALF", "HALF"))) == 180
    assert cents(plan, *stay, concessions=Concessions("disabled")) == 0


def test_unknown_codes_and_classes_are_refused():
    for wrong in (Concessions(codes=("NOPE",)), Concessions("tank")):
        with pytest.raises(TariffError, match="knows no"):
            cents(RICH, "2026-03-02T10:00", "2026-03-02T12:00", concessions=wrong)


def test_an_exit_before_the_entry_is_refused():
    with pytest.raises(StayError, match="lies before the entry"):
        bill_stay(RICH, berlin("2026-03-02T10:00"), berlin("2026-03-02T09:59:59"))


def test_the_repeated_hour_orders_by_time_not_by_clock():
    first, second = berlin("2026-10-25T02:30"), berlin("2026-10-25T02:15", fold=1)
    assert bill_stay(RICH, first, second).total.minor == 100
    with pytest.raises(StayError):
        bill_stay(RICH, second, first)


def test_a_lost_ticket_costs_the_flat_price():
    bill = bill_lost_ticket(RICH, berlin("2026-03-02T10:00"))
    assert (bill.total.minor, bill.lines[0].kind) == (3000, LineKind.LOST_TICKET)


@settings(max_examples=150, deadline=None)
@given(ENTRIES, STAYS, STAYS)
def test_the_fee_never_falls_as_the_stay_grows(entry, stay, more):
    short, long = (bill_stay(RICH, entry, leave).total for leave in (_later(entry, stay), _later(entry, stay + more)))
    assert short <= long


@settings(max_examples=150, deadline=None)
@given(ENTRIES, STAYS)
def test_the_total_is_the_sum_of_the_lines_and_never_negative(entry, stay):
    bill = bill_stay(RICH, entry, _later(entry, stay))
    assert bill.total.minor == sum(line.amount.minor for line in bill.lines) >= 0


@settings(max_examples=200, deadline=None)
@given(ENTRIES, STAYS, st.floats(0, 1))
def test_leaving_and_coming_back_at_once_is_never_cheaper(entry, stay, share):
    leave, middle = _later(entry, stay), _later(entry, timedelta(seconds=int(stay.total_seconds() * share)))
    first = bill_stay(RICH, entry, middle)
    second = bill_stay(RICH, middle, leave, carry=first.carry)
    assert bill_stay(RICH, entry, leave).total <= first.total + second.total


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.integers(0, 86_400))
def test_the_cap_holds_for_each_24_h(entry, seconds):
    assert bill_stay(RICH, entry, _later(entry, timedelta(seconds=seconds))).total.minor <= 1500


@settings(max_examples=200, deadline=None)
@given(ENTRIES, STAYS, STAYS, ALARMS, st.floats(0, 1))
def test_an_alarm_never_makes_a_stay_dearer_and_no_rule_of_the_fee_breaks(entry, stay, more, alarms, share):
    pauses = pauses_of(
        (_later(entry, seconds(start)), _later(entry, seconds(start + length))) for start, length in alarms
    )
    leave, later = _later(entry, stay), _later(entry, stay + more)
    bill = bill_stay(RICH, entry, leave, pauses=pauses)
    assert bill.total.minor == sum(line.amount.minor for line in bill.lines) >= 0
    assert bill.total <= bill_stay(RICH, entry, leave).total
    assert bill.total <= bill_stay(RICH, entry, later, pauses=pauses).total
    middle = _later(entry, seconds(int(stay.total_seconds() * share)))
    first = bill_stay(RICH, entry, middle, pauses=pauses)
    second = bill_stay(RICH, middle, leave, carry=first.carry, pauses=pauses)
    assert bill.total <= first.total + second.total


def seconds(number):
    return timedelta(seconds=number)


def _later(moment, span):
    """Add real time: the sum of a local datetime would follow the wall clock."""
    return moment.astimezone(UTC) + span

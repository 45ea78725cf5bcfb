# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parking_robot.money.tariffs import BERLIN, DAY, NIGHT, berlin, tariff

from parking_robot.errors import StayError, TariffError
from parking_robot.money.bill import LineKind
from parking_robot.money.fee import Concessions, bill_lost_ticket, bill_stay

RICH = tariff(
    {"valid_until": "2026-07-01T00:00", "cap": 12},
    {"id": "b", "valid_from": "2026-07-01T00:00", "cap": 15, "rates": [DAY | {"price": 2.3}, NIGHT | {"price": 1}]},
    free_minutes=10,
)
START = berlin("2026-03-27T00:00")
# Around both changes of the clock and the change of the tariff, to the second.
ENTRIES = st.integers(0, 220 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
STAYS = st.integers(0, 4 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


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


def _later(moment, span):
    """Add real time: the sum of a local datetime would follow the wall clock."""
    return moment.astimezone(UTC) + span

# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.parking_robot.money.tariffs import BERLIN, DAY, NIGHT, berlin, tariff

from parking_robot.errors import StayError, TariffError
from parking_robot.money.bill import LineKind
from parking_robot.money.fee import NO_CARRY, Concessions, bill_lost_ticket, bill_stay
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


# The cap falls from 18 to 6 EUR while the car is inside.
FALLING = tariff(
    {"valid_until": "2026-03-03T12:00", "cap": 18},
    {"id": "b", "valid_from": "2026-03-03T12:00", "cap": 6},
    validations={"CINEMA": {"minutes": 120}, "HALF": {"percent": 50}, "CAFE": {"amount": 2}},
    class_percent={"ev": 25},
)
MATCH = {"name": "match", "from": "2026-05-01T18:00", "to": "2026-05-02T00:00", "flat": 7}


def visit(plan, *parts, **more):
    """The bills of the parts of a visit, each with its codes and class."""
    carry, bills = NO_CARRY, []
    for entry, leave, *concessions in parts:
        bills.append(bill_stay(plan, berlin(entry), berlin(leave), Concessions(*concessions), carry, **more))
        carry = bills[-1].carry
    return bills


def totals(*arguments):
    return [bill.total.minor for bill in visit(*arguments)]


def test_a_cap_that_falls_while_the_car_is_away_takes_nothing_back():
    first, second = visit(FALLING, ("2026-03-02T13:00", "2026-03-03T11:50"), ("2026-03-03T12:05", "2026-03-03T12:55"))
    assert (first.total.minor, second.total.minor) == (1800, 0)
    text = second.explain(BERLIN)
    assert "2026-03-03 11:50:00+0100 - 2026-03-03 12:05:00+0100  not counted (outside)" in text
    assert "at most 18.00 EUR (24 h no. 1)" in text
    assert "billed for the earlier parts of this visit" in text
    assert cents(FALLING, "2026-03-03T12:05", "2026-03-03T20:00") == 600, "another visit has the new cap"


@pytest.mark.parametrize(("code", "first", "both"), [("CINEMA", 0, 480), ("CAFE", 280, 760), ("HALF", 240, 480)])
def test_a_code_counts_once_in_a_visit(code, first, both):
    early, late = ("2026-03-02T10:00", "2026-03-02T12:00"), ("2026-03-02T12:00", "2026-03-02T14:00")
    codes = ("", (code,))
    assert cents(FALLING, early[0], late[1], concessions=Concessions(*codes)) == both
    assert totals(FALLING, (*early, *codes), (*late, *codes)) == [first, both - first]
    assert totals(FALLING, (*early, *codes), late) == [first, both - first], "a code holds for the whole visit"
    assert totals(FALLING, early, (*late, *codes)) == [480, both - 480], "one that is shown late too"


def test_a_code_that_is_worth_more_than_the_last_part_pays_nothing_back():
    early, late = ("2026-03-02T10:00", "2026-03-02T12:00"), ("2026-03-02T12:01", "2026-03-02T12:02", "", ("CINEMA",))
    assert totals(FALLING, early, late) == [480, 0]


def test_a_class_holds_for_the_whole_visit():
    early, late = ("2026-03-02T10:00", "2026-03-02T12:00", "ev"), ("2026-03-02T12:00", "2026-03-02T14:00")
    assert totals(FALLING, early, late) == [360, 360]


def test_an_event_has_its_price_once_and_only_where_the_visit_began_in_it():
    plan = tariff(events=[MATCH], free_minutes=10)
    inside = ("2026-05-01T18:30", "2026-05-01T19:00")
    again = ("2026-05-01T19:10", "2026-05-01T23:00"), ("2026-05-01T23:10", "2026-05-02T00:30")
    assert totals(plan, inside, *again) == [700, 0, 80]
    assert totals(plan, inside, ("2026-05-02T00:10", "2026-05-02T00:15")) == [700, 80], "no free minutes beside it"
    assert totals(plan, ("2026-05-01T16:00", "2026-05-01T18:01"), ("2026-05-01T18:02", "2026-05-02T00:00")) == [
        480,
        800,
    ]


def test_a_visit_keeps_the_free_minutes_and_codes_of_the_version_in_which_it_began():
    plan = tariff(
        {"valid_until": "2026-03-03T12:00", "free_minutes": 10},
        {"id": "b", "valid_from": "2026-03-03T12:00", "free_minutes": 30, "validations": {"CAFE": {"amount": 1}}},
    )
    early, late = ("2026-03-03T11:30", "2026-03-03T11:50"), ("2026-03-03T12:00", "2026-03-03T12:30")
    assert totals(plan, early, late) == [120, 120]
    with pytest.raises(TariffError, match="version 'a' knows no validation code 'CAFE'"):
        totals(plan, early, (*late, "", ("CAFE",)))


def test_threshold_minutes_are_charged_once_the_visit_is_longer():
    plan = tariff(free_minutes=30, free_mode="threshold")
    assert totals(plan, ("2026-03-02T10:00", "2026-03-02T10:20"), ("2026-03-02T10:25", "2026-03-02T10:35")) == [0, 0]
    assert totals(plan, ("2026-03-02T10:00", "2026-03-02T10:20"), ("2026-03-02T10:25", "2026-03-02T10:36")) == [0, 240]


def test_a_recorded_code_that_the_tariff_no_longer_knows_takes_nothing_off_and_the_bill_says_so():
    stay = berlin("2026-03-02T10:00"), berlin("2026-03-02T12:00")
    bill = bill_stay(FALLING, *stay, Concessions(codes=("GONE", "CAFE"), recorded=True))
    assert bill.total.minor == 280
    (line,) = (line for line in bill.lines if "GONE" in line.text)
    assert (line.kind, line.text, line.amount.minor) == (LineKind.DISCOUNT, "code GONE: not in the tariff", 0)
    assert bill_stay(FALLING, *stay, Concessions(codes=("GONE",), recorded=True)).total.minor == 480


def test_a_code_is_known_however_it_is_typed():
    assert (
        cents(FALLING, "2026-03-02T10:00", "2026-03-02T12:00", concessions=Concessions(codes=(" Cafe", "CAFE"))) == 280
    )


def test_unknown_codes_and_classes_are_refused():
    for wrong in (Concessions(codes=("NOPE",)), Concessions("tank")):
        with pytest.raises(TariffError, match="knows no"):
            cents(RICH, "2026-03-02T10:00", "2026-03-02T12:00", concessions=wrong)


def test_an_exit_before_the_entry_is_refused():
    with pytest.raises(StayError, match="lies before the entry"):
        bill_stay(RICH, berlin("2026-03-02T10:00"), berlin("2026-03-02T09:59:59"))


def test_a_stay_of_centuries_is_a_wrong_clock():
    with pytest.raises(StayError, match="more than ten years after"):
        bill_stay(RICH, berlin("2026-03-02T10:00"), berlin("9990-03-02T10:00"))


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


@st.composite
def _versions(draw, name):
    """A version with all that a split could be used against; the other version of the plan differs in any of it."""
    terms = st.fixed_dictionaries({}, optional={"CINEMA": MINUTES, "HALF": PERCENTS, "CAFE": AMOUNTS})
    cap = draw(st.sampled_from([None, 5, 12, 18]))
    return ({} if cap is None else {"cap": cap}) | {
        "id": name,
        "cap_period": draw(st.sampled_from(["24h", "calendar_day"])),
        "free_minutes": draw(st.sampled_from([0, 10, 30])),
        "free_mode": draw(st.sampled_from(["deducted", "threshold"])),
        "rates": [DAY | {"price": draw(st.sampled_from([1.2, 2]))}, NIGHT],
        "events": [FAIR] if draw(st.booleans()) else [],
        "validations": draw(terms),
    }


MINUTES = st.fixed_dictionaries({"minutes": st.sampled_from([30, 120, 1440])})
PERCENTS = st.fixed_dictionaries({"percent": st.sampled_from([33, 50])})
AMOUNTS = st.fixed_dictionaries({"amount": st.sampled_from([2, 7.05])})
# The clock springs in the night between the event's beginning and the border of the versions.
FAIR = {"name": "fair", "from": "2026-03-28T14:00", "to": "2026-03-29T04:00", "flat": 3}
BORDER = "2026-03-29T12:00"
PLANS = st.tuples(_versions("a"), _versions("b")).map(
    lambda pair: tariff(pair[0] | {"valid_until": BORDER}, pair[1] | {"valid_from": BORDER})
)
# Entries and lengths lie around what a split could be used against: the event, the border, a cap, free time.
NEAR = st.tuples(
    st.sampled_from([FAIR["from"], FAIR["to"], BORDER, "2026-03-29T00:00"]),
    st.integers(-24, 8),
    st.integers(-1800, 1800),
).map(lambda drawn: _later(berlin(drawn[0]), timedelta(hours=drawn[1], seconds=drawn[2])))
LENGTHS = st.tuples(st.sampled_from([0, 5, 20, 120, 240, 720, 1380]), st.integers(0, 1800)).map(
    lambda drawn: 60 * drawn[0] + drawn[1]
)
# One code has been taken out of every version.
CODES = st.sampled_from([(), ("CINEMA",), ("HALF",), ("CAFE",), ("CAFE", "HALF"), ("CINEMA", "CAFE"), ("GONE",)])
# Seconds inside and then outside, and the codes that are shown in this part.
PARTS = st.lists(st.tuples(LENGTHS, st.sampled_from([0, 60, 1200]), CODES), min_size=1, max_size=3)


def _visit(plan, entry, parts, pauses):
    """Return the bills of the parts, and the whole stay with all codes for which the absences are not counted."""
    bills, gaps, carry, begin = [], [], NO_CARRY, _later(entry, seconds(0))
    for inside, outside, codes in parts:
        leave = begin + seconds(inside)
        bills.append(bill_stay(plan, begin, leave, Concessions(codes=codes, recorded=True), carry, pauses))
        carry = bills[-1].carry
        begin = leave + seconds(outside)
        gaps.append((leave, begin))
    codes = tuple(code for part in parts for code in part[2])
    together = pauses_of((*pauses.periods, *gaps[:-1]))
    return bills, bill_stay(plan, entry, gaps[-1][0], Concessions(codes=codes, recorded=True), pauses=together)


@settings(max_examples=400, deadline=None)
@given(PLANS, NEAR, PARTS, ALARMS)
def test_no_split_of_a_visit_is_cheaper_than_the_plan_allows_and_no_part_is_negative(plan, entry, parts, alarms):
    pauses = pauses_of((_later(entry, seconds(start)), _later(entry, seconds(start + long))) for start, long in alarms)
    bills, whole = _visit(plan, entry, parts, pauses)
    for bill in bills:
        assert bill.total.minor == sum(line.amount.minor for line in bill.lines) >= 0
    assert sum(bill.total.minor for bill in bills) >= whole.total.minor


@settings(max_examples=200, deadline=None)
@given(PLANS, NEAR, PARTS, STAYS, ALARMS)
def test_no_part_of_a_visit_becomes_cheaper_as_it_grows(plan, entry, parts, more, alarms):
    pauses = pauses_of((_later(entry, seconds(start)), _later(entry, seconds(start + long))) for start, long in alarms)
    *before, (inside, outside, codes) = parts
    grown = [*before, (inside + int(more.total_seconds()), outside, codes)]
    short, long = (_visit(plan, entry, some, pauses)[0][-1].total for some in (parts, grown))
    assert short <= long


def seconds(number):
    return timedelta(seconds=number)


def _later(moment, span):
    """Add real time: the sum of a local datetime would follow the wall clock."""
    return moment.astimezone(UTC) + span

# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from tests.parking_robot.money.tariffs import berlin, tariff

from parking_robot.stays.alarms import begin_alarm, end_alarm
from parking_robot.stays.stay import EventKind, StayEvent
from parking_robot.stays.visits import previous_of, quote_visit

T = berlin("2026-03-02T10:00")
PLAN = tariff(free_minutes=10, reentry_minutes=30, cap=6, cap_period="24h")


def minutes(number):
    return timedelta(minutes=number)


def stay_of(ledger, plate, start, end=None, **facts):
    stay = ledger.enter(plate, "in", start, **facts)
    return ledger.append(stay.id, StayEvent(EventKind.EXITED, end, {})) if end else stay


def due(ledger, stay, at):
    return quote_visit(PLAN, stay, at, ledger).due.minor


def test_leaving_and_coming_back_gives_no_free_time_and_no_cap_again(ledger):
    first = stay_of(ledger, "A1", T, T + minutes(130))
    assert due(ledger, first, T + minutes(130)) == 480
    back = T + minutes(140)
    previous = previous_of(ledger, PLAN, "A1", back)
    assert previous == first.id
    again = stay_of(ledger, "A1", back, previous=previous)
    assert due(ledger, again, back + minutes(5)) == 120, "free minutes were used"
    assert due(ledger, again, back + minutes(300)) == 120, "the day's cap is nearly spent"
    alone = stay_of(ledger, "B2", back)
    assert due(ledger, alone, back + minutes(5)) == 0


def test_a_longer_absence_another_plate_and_an_unread_one_begin_anew(ledger):
    stay_of(ledger, "A1", T, T + minutes(60))
    assert previous_of(ledger, PLAN, "A1", T + minutes(91)) == ""
    assert previous_of(ledger, PLAN, "AI", T + minutes(70)) == ""
    assert previous_of(ledger, PLAN, "", T + minutes(70)) == ""


def test_a_permit_is_free_and_one_that_ran_out_charges_from_its_end(ledger):
    until = (T + minutes(60)).isoformat()
    stay = stay_of(ledger, "A1", T, free=True, free_until=until)
    assert due(ledger, stay, T + minutes(59)) == 0
    assert due(ledger, stay, T + minutes(60 + 10 + 25)) == 120


def test_a_lost_ticket_has_its_price_and_is_paid_once(ledger):
    stay = stay_of(ledger, "A1", T, lost=True)
    assert due(ledger, stay, T + minutes(5)) == 3000
    paid = StayEvent(EventKind.PAID, T, {"minor": 3000, "currency": "EUR"})
    assert due(ledger, ledger.append(stay.id, paid), T + minutes(600)) == 0


def test_nobody_pays_for_the_time_of_an_alarm_not_even_while_it_lasts(ledger):
    stay = stay_of(ledger, "A1", T)
    begin_alarm(ledger, "out", T + minutes(30))
    assert due(ledger, stay, T + minutes(300)) == 120
    end_alarm(ledger, "out", T + minutes(300))
    assert due(ledger, stay, T + minutes(310)) == 120
    assert due(ledger, stay, T + minutes(311)) == 240
    back = stay_of(ledger, "A1", T + minutes(5), T + minutes(301))
    again = stay_of(ledger, "A1", T + minutes(305), previous=back.id)
    assert due(ledger, again, T + minutes(310)) == 120, "the free minutes were used before the alarm"


def test_a_class_of_the_tariff_pays_less_and_one_of_the_bays_pays_all(ledger):
    for named, costs in (("ev", 96), ("disabled", 120), ("", 120)):
        stay = stay_of(ledger, f"A{costs}", T, vehicle_class=named)
        plan = tariff(free_minutes=10, class_percent={"ev": 20})
        assert quote_visit(plan, stay, T + minutes(30), ledger).due.minor == costs


def coded(ledger, stay, at, *codes):
    return ledger.append(stay.id, StayEvent(EventKind.CONCESSION, at, {"codes": list(codes)}))


def test_a_code_that_was_taken_out_of_the_tariff_stops_no_stay(ledger):
    stay = coded(ledger, stay_of(ledger, "A1", T), T + minutes(5), "CAFE")
    told = quote_visit(PLAN, stay, T + minutes(30), ledger)
    assert told.due.minor == 120
    assert "code CAFE: not in the tariff" in told.bill.explain(PLAN.zone)
    ledger.append(stay.id, StayEvent(EventKind.EXITED, T + minutes(60), {}))
    again = stay_of(ledger, "A1", T + minutes(70), previous=stay.id)
    assert due(ledger, again, T + minutes(75)) == 120, "the first part held it too"


def test_a_code_counts_once_in_a_visit_of_two_stays(ledger):
    plan = tariff(reentry_minutes=30, validations={"CAFE": {"amount": 2}})
    first = coded(ledger, stay_of(ledger, "A1", T), T, "CAFE")
    assert quote_visit(plan, first, T + minutes(120), ledger).due.minor == 280
    ledger.append(first.id, StayEvent(EventKind.EXITED, T + minutes(120), {}))
    again = coded(ledger, stay_of(ledger, "A1", T + minutes(121), previous=first.id), T + minutes(130), "CAFE")
    assert quote_visit(plan, again, T + minutes(240), ledger).due.minor == 480


def test_a_class_is_looked_up_in_the_version_in_which_the_visit_began(ledger):
    border = T + minutes(60)
    plan = tariff(
        {"valid_until": border.isoformat()},
        {"id": "b", "valid_from": border.isoformat(), "class_percent": {"ev": 20}},
    )
    first = stay_of(ledger, "A1", T, T + minutes(50), vehicle_class="ev")
    again = stay_of(ledger, "A1", T + minutes(65), previous=first.id, vehicle_class="ev")
    assert quote_visit(plan, again, T + minutes(90), ledger).due.minor == 120
    other = stay_of(ledger, "B2", T + minutes(65), vehicle_class="ev")
    assert quote_visit(plan, other, T + minutes(90), ledger).due.minor == 96


def test_what_a_permit_without_an_end_covered_is_no_part_of_the_visit(ledger):
    plan = tariff(free_minutes=10, validations={"HALF": {"percent": 50}})
    first = stay_of(ledger, "A1", T, T + minutes(120), free=True)
    again = coded(ledger, stay_of(ledger, "A1", T + minutes(125), previous=first.id), T + minutes(126), "HALF")
    assert quote_visit(plan, again, T + minutes(135), ledger).due.minor == 0
    assert quote_visit(plan, again, T + minutes(165), ledger).due.minor == 60

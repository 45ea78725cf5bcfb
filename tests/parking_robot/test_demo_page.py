# SPDX-License-Identifier: Apache-2.0
"""The report and the page of the demonstration, from runs that went wrong in several ways: they must say so."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from ronda.msg import Bay, BayMap, DriverState, EvidenceFile, GateEvent, GateState, Incident

from parking_robot.demo_director import ENTRY, EXIT, Played
from parking_robot.demo_judge import BilledStay, report
from parking_robot.demo_page import PageContent, page
from parking_robot.demo_stage import Role, prepare
from parking_robot.demo_watch import GarageView, HeardEvent
from parking_robot.gates.site import load_site
from parking_robot.money.fee import bill_stay
from parking_robot.stays.reviews import Review
from parking_robot.stays.stay import Stay, StayState

START = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)


def heard(gate, car, kind, at, **facts):
    plate = "" if car.role is Role.DIRTY and gate == ENTRY else car.plate
    event = GateEvent(
        gate_id=gate, kind=kind, decided_by=gate, plate=plate, decide_seconds=0.4, command_seconds=math.nan, **facts
    )
    return HeardEvent(event, at, at, car.name)


def hold(car):
    return heard(EXIT, car, GateEvent.DECIDED, 140.0, decision=GateState.DECISION_HOLD, reason_code="unpaid")


@pytest.fixture
def content(tmp_path):
    stage = prepare(tmp_path, 4, seed=1)
    view, played = GarageView(sim_s=200.0), Played(ended_s=200.0, round_completed=True)
    billed, tariff = {}, load_site(stage.garage_file).tariff
    for number, car in enumerate(stage.visitors):
        entered = START + timedelta(seconds=20 * number)
        left = entered + timedelta(minutes=3)
        stay = Stay(f"s{number}", car.plate, ENTRY, entered, StayState.LEFT, left)
        bill = bill_stay(tariff, entered, left)
        billed[car.name] = BilledStay(stay, bill, bill.total.minor)
        played.paid_s[car.name] = 100.0
        if car.role is Role.UNPAID:
            view.events.append(hold(car))
            played.paid_s[car.name] = 145.0
        for gate, at in ((ENTRY, 10.0 + number), (EXIT, 150.0 + number)):
            opened = {"decision": GateState.DECISION_OPEN, "reason_code": "paid" if gate == EXIT else "visitor"}
            view.events.append(heard(gate, car, GateEvent.DECIDED, at, **opened))
            view.events.append(heard(gate, car, GateEvent.PASSED, at + 5.0))
        view.drivers[car.name] = SimpleNamespace(phase=DriverState.GONE)
        played.parked[car.bay] = car.plate
    (stray,) = (car for car in stage.cars if car.role is Role.STRAY)
    view.incidents.append(Incident(subject=stray.plate, list_name="no_stay"))
    played.reviewed += [car.plate for car in stage.visitors if car.role is Role.DIRTY]
    played.bays = BayMap(
        bays=[
            Bay(bay_id=bay_id, state=Bay.STATE_OCCUPIED, plate=plate) for bay_id, plate in sorted(played.parked.items())
        ]
    )
    return stage, view, played, billed, load_site(stage.garage_file).tariff.zone


def shown(stage, view, played, billed, zone):
    document = report(stage, view, played, billed, 210.0)
    return document, page(PageContent(document, stage, view, played, billed, (), zone, 1))


def test_a_good_run_shows_each_stay_with_the_lines_of_its_bill(content):
    document, text = shown(*content)
    assert document["ok"] and document["problems"] == [], document
    assert "Garage passed" in text and "What went wrong" not in text
    for car in content[0].visitors:
        assert text.count(car.plate) >= 2
    assert text.count("each started minute") >= 4 and "{{" not in text


def test_the_pictures_of_findings_and_of_the_gates_cases_stand_with_their_words(content):
    stage, view, played, billed, zone = content
    view.incidents[0].evidence = [EvidenceFile(name="aa/aa.jpg", media_type="image/jpeg", sha256="aa", size=3)]
    seen = {"reasons": ["<i>mud</i>"], "picture": "bb"}
    cases = [
        Review(1, "unread", START, "s0", seen),
        Review(2, "no_stay", START, "", {"picture": "aa", "robot": "parking1"}),
        Review(3, "near_miss", START, "", {"picture": "deleted"}),
    ]
    document = report(stage, view, played, billed, 210.0)
    text = page(PageContent(document, stage, view, played, billed, cases, zone, 1, {"aa": b"abc", "bb": b"def"}))
    assert text.count("<img") == 2
    finding = f"<img alt='{view.incidents[0].subject}: no stay' src='data:image/jpeg;base64,YWJj'>"
    assert finding in text and "<img alt='unread' src='data:image/jpeg;base64,ZGVm'>" in text


def test_what_went_wrong_is_said(content):
    stage, view, played, billed, zone = content
    unpaid = next(car for car in stage.visitors if car.role is Role.UNPAID)
    del played.paid_s[unpaid.name]
    played.bays.bays[0].plate = "<b>"
    played.round_completed = False
    view.robot_contacts = 2
    document, text = shown(stage, view, played, billed, zone)
    assert not document["ok"] and document["wrongly_opened"] == [unpaid.plate]
    assert "Garage failed" in text
    for words in ("was let out without having paid", "the robot touched something 2 times", "round was not completed"):
        assert words in text
    assert "&lt;b&gt;" in text and "<b>, in truth" not in text


def test_the_car_that_had_not_paid_shows_that_it_was_held_first(content):
    document, text = shown(*content)
    rows = dict(zip([car.role for car in content[0].visitors], document["stays"], strict=True))
    unpaid, phone = rows[Role.UNPAID], rows[Role.PHONE]
    assert (unpaid["held"], unpaid["first_decision"], unpaid["first_reason"]) == (True, "hold", "unpaid")
    assert (unpaid["decision"], unpaid["reason"]) == ("open", "paid")
    assert (phone["held"], phone["first_decision"], phone["first_reason"]) == (False, "open", "paid")
    assert "<b>hold</b> (unpaid), then <b>open</b> (paid)" in text and text.count(", then ") == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda view, played: view.events.remove(next(e for e in view.events if e.sim_s == 140.0)), "did not hold it"),
        (lambda view, played: played.reviewed.clear(), "was not decided"),
        (lambda view, played: view.incidents.clear(), "stands in"),
        (lambda view, played: setattr(view.incidents[0], "list_name", "overstay"), "stands in"),
    ],
)
def test_a_run_that_did_not_show_what_each_must_show_is_not_right(content, spoil, words):
    stage, view, played, billed, zone = content
    spoil(view, played)
    document, text = shown(stage, view, played, billed, zone)
    (problem,) = document["problems"]
    assert not document["ok"] and words in problem and problem in text


def test_a_muddy_plate_that_was_read_needs_no_review(content):
    stage, view, played, billed, zone = content
    (dirty,) = (car for car in stage.visitors if car.role is Role.DIRTY)
    for one in view.events:
        one.event.plate = one.event.plate or dirty.plate
    played.reviewed.clear()
    assert shown(stage, view, played, billed, zone)[0]["ok"]


def test_debts_and_missing_stays_have_their_sentence(content):
    stage, view, played, billed, zone = content
    first, second = stage.visitors[:2]
    del billed[first.name]
    billed[second.name] = replace(billed[second.name], paid=billed[second.name].paid - 1)
    assert shown(stage, view, played, billed, zone)[0]["problems"] == [
        f"{first.plate} has no stay in the ledger", f"{second.plate} left something unpaid",
    ]  # fmt: skip

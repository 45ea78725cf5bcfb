# SPDX-License-Identifier: Apache-2.0
"""The page of the demonstration, from a run that went wrong in several ways: it must say so."""

import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from ronda.msg import Bay, BayMap, DriverState, GateEvent, GateState

from parking_robot.demo_director import ENTRY, EXIT, Played
from parking_robot.demo_judge import BilledStay, report
from parking_robot.demo_page import PageContent, page
from parking_robot.demo_stage import Role, prepare
from parking_robot.demo_watch import GarageView, HeardEvent
from parking_robot.gates.site import load_site
from parking_robot.money.fee import bill_stay
from parking_robot.stays.stay import Stay, StayState

START = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)


def heard(gate, car, kind, at, **facts):
    event = GateEvent(
        gate_id=gate, kind=kind, decided_by=gate, plate=car.plate, decide_seconds=0.4, command_seconds=math.nan, **facts
    )
    return HeardEvent(event, at, at, car.name)


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
        for gate, at in ((ENTRY, 10.0 + number), (EXIT, 150.0 + number)):
            view.events.append(heard(gate, car, GateEvent.DECIDED, at, decision=GateState.DECISION_OPEN))
            view.events.append(heard(gate, car, GateEvent.PASSED, at + 5.0))
        view.drivers[car.name] = SimpleNamespace(phase=DriverState.GONE)
        played.paid_s[car.name] = 100.0
        played.parked[car.bay] = car.plate
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
    assert document["ok"], document
    assert "Garage passed" in text and "What went wrong" not in text
    for car in content[0].visitors:
        assert text.count(car.plate) >= 2
    assert text.count("each started minute") >= 4 and "{{" not in text


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

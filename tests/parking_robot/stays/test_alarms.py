# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

from parking_robot.stays.alarms import alarm_pauses, begin_alarm, end_alarm, open_alarms

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def periods(ledger, minutes):
    return [tuple(int((moment - NOW).total_seconds()) // 60 for moment in pair)
            for pair in alarm_pauses(ledger, at(minutes)).periods]  # fmt: skip


def test_an_alarm_lasts_from_the_first_gate_that_opened_to_the_last_that_works_again(ledger):
    begin_alarm(ledger, "in", at(10))
    begin_alarm(ledger, "out", at(11))
    end_alarm(ledger, "in", at(20))
    end_alarm(ledger, "out", at(25))
    assert periods(ledger, 60) == [(10, 25)]


def test_one_that_still_lasts_ends_now_and_one_of_a_clock_that_runs_ahead_not_before_it_began(ledger):
    begin_alarm(ledger, "in", at(10))
    assert periods(ledger, 12) == [(10, 12)]
    assert periods(ledger, 5) == []


def test_a_gate_that_says_it_again_begins_no_second_alarm(ledger):
    for minutes in (10, 15):
        begin_alarm(ledger, "in", at(minutes))
    for minutes in (20, 30):
        end_alarm(ledger, "in", at(minutes))
    begin_alarm(ledger, "in", at(40))
    assert periods(ledger, 45) == [(10, 20), (40, 45)]


def test_gates_that_an_alarm_still_holds_are_told_with_their_time(ledger):
    begin_alarm(ledger, "in", at(10))
    begin_alarm(ledger, "out", at(11))
    end_alarm(ledger, "out", at(12))
    assert open_alarms(ledger) == {"in": at(10)}


def test_a_gate_that_works_as_usual_ends_no_alarm_of_another(ledger):
    begin_alarm(ledger, "in", at(10))
    end_alarm(ledger, "out", at(12))
    assert periods(ledger, 20) == [(10, 20)]

# SPDX-License-Identifier: Apache-2.0
from tests.parking_robot.bays.garage import decoded

from parking_robot.bays.bay_record import BayRecord, BayState, RecordRules
from parking_robot.bays.scan_look import Look


def record(**rules):
    return BayRecord(RecordRules(**rules))


def test_one_look_decides_nothing_and_two_do():
    bay = record()
    bay.look(1.0, Look.OCCUPIED)
    assert bay.state(1.0) is BayState.UNKNOWN
    bay.look(2.0, Look.OCCUPIED)
    assert (bay.state(2.0), bay.since) == (BayState.OCCUPIED, 2.0)
    assert 0.8 < bay.probability() < 0.9


def test_a_change_is_believed_however_long_the_old_state_was_seen():
    bay = record()
    for second in range(100):
        bay.look(second, Look.OCCUPIED)
    bay.read(100.0, [decoded("BAB123"), decoded("BAB123")])
    for second in range(101, 108):
        bay.look(second, Look.FREE)
    assert bay.state(108.0) is BayState.FREE
    bay.read(109.0, [decoded("BAB123")])
    assert bay.plate(109.0).text == "", "the car that left is forgotten"


def test_an_old_look_says_nothing_any_more():
    bay = record(stale_s=60.0)
    for second in (1.0, 2.0):
        bay.look(second, Look.OCCUPIED)
    assert bay.state(62.0) is BayState.OCCUPIED
    assert bay.state(62.1) is BayState.UNKNOWN


def test_frames_vote_and_a_single_one_names_nobody():
    bay = record()
    bay.read(1.0, [decoded("BAB123")])
    bay.look(1.5, Look.OCCUPIED)
    assert bay.plate(1.5).text == ""
    bay.read(2.0, [decoded("BA8123", 0.3), decoded("BAB123")])
    assert bay.plate(2.0).text == "BAB123"


def test_another_car_in_the_bay_replaces_the_first_one():
    bay = record(frames=6)
    bay.read(1.0, [decoded("BAB123")] * 6)
    bay.read(100.0, [decoded("HHX99")] * 6)
    assert bay.plate(100.0).text == "HHX99"

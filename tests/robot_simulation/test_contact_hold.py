# SPDX-License-Identifier: Apache-2.0
"""The bumper's switch over sparse contact reports."""

from robot_simulation.contact_hold import ContactHold


def test_pressed_while_reports_come_and_shortly_after() -> None:
    hold = ContactHold(0.2)
    assert not hold.pressed(10.0)
    hold.report(2, 10.0)
    assert hold.pressed(10.0)
    assert hold.pressed(10.19)
    assert not hold.pressed(10.21)


def test_empty_reports_do_not_press() -> None:
    hold = ContactHold(0.2)
    hold.report(0, 10.0)
    assert not hold.pressed(10.0)


def test_a_restarted_clock_releases() -> None:
    hold = ContactHold(0.2)
    hold.report(1, 100.0)
    assert not hold.pressed(0.5)

# SPDX-License-Identifier: Apache-2.0
from collections import deque

from hypothesis import example, given
from hypothesis import strategies as st

from robot_base.alarm_relay import REPEAT_S, SETTLE_S, AlarmRelay


def test_a_contact_is_told_to_all_and_its_end_too_but_not_to_its_own_board():
    relay = AlarmRelay()
    assert relay.told is None and relay.see(False, 0.0) is None
    assert relay.see(True, 1.0) is True
    assert not relay.hear(True, 1.1), "its own word is no news"
    assert relay.told is False
    assert relay.see(True, 1.2) is None and relay.see(True, 1.0 + REPEAT_S) is True
    assert relay.see(False, 3.0) is False
    assert relay.see(False, 3.1) is None
    assert relay.alarm is False


def test_an_alarm_of_others_is_told_to_the_board_and_not_said_again():
    relay = AlarmRelay()
    assert relay.hear(True, 0.0) and relay.told
    assert relay.see(True, 5.0) is None
    assert relay.hear(False, 6.0) and relay.told is False
    assert relay.see(True, 6.1) is None, "the board still says what it was told"
    assert relay.see(False, 6.5) is None
    assert relay.see(True, 6.0 + SETTLE_S) is True, "its own contact is on"


def test_one_gates_end_does_not_end_the_other_gates_alarm():
    relay = AlarmRelay()
    assert relay.see(True, 0.0) is True
    assert relay.hear(False, 0.1)
    assert relay.see(True, 0.2) is True
    assert relay.alarm


def test_an_end_is_taken_back_when_others_begin_an_alarm():
    relay = AlarmRelay()
    assert (relay.see(True, 0.0), relay.see(False, 1.0)) == (True, False)
    assert not relay.stale(20.0)
    relay.hear(True, 2.0)
    assert not relay.stale(2.0), "somebody may not have heard the end yet"
    assert relay.stale(20.0)
    relay.renewed()
    assert not relay.stale(20.0)


def test_after_a_restart_the_contact_is_told_again():
    assert AlarmRelay().see(True, 0.0) is True


class Site:
    """Barriers on one topic: each listener keeps the order of one speaker's words, and no order between speakers."""

    def __init__(self, count):
        self.relays = [AlarmRelay() for _ in range(count)]
        self.contacts, self.boards = [False] * count, [False] * count
        self.way = {(a, b): deque() for a in range(count) for b in range(count)}
        self.now = 0.0

    def look(self, index):
        said = self.relays[index].see(self.contacts[index] or self.boards[index], self.now)
        for listener in range(len(self.relays)) if said is not None else ():
            self.way[index, listener].append(said)

    def deliver(self, speaker, listener):
        if self.way[speaker, listener]:
            relay = self.relays[listener]
            if relay.hear(self.way[speaker, listener].popleft(), self.now):
                self.boards[listener] = bool(relay.told)

    def pass_time(self, seconds):
        for _ in range(round(seconds / 0.1)):
            self.now += 0.1
            for index in range(len(self.relays)):
                self.look(index)
            for way in self.way:
                while self.way[way]:
                    self.deliver(*way)


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from(["contact", "look", "deliver", "wait"]), st.integers(0, 2), st.integers(0, 2))),
)
@example(2, [("contact", 0, 0), ("contact", 1, 0), ("look", 0, 0), ("contact", 0, 0)])
def test_whatever_comes_in_whichever_order_all_agree_at_last(count, steps):
    site = Site(count)
    for step, one, other in steps:
        one, other = one % count, other % count
        if step == "contact":
            site.contacts[one] = not site.contacts[one]
        elif step == "wait":
            site.now += 0.4
        elif step == "look":
            site.look(one)
        else:
            site.deliver(one, other)
    site.pass_time(6.0)
    assert [bool(relay.alarm) for relay in site.relays] == [any(site.contacts)] * count
    site.contacts = [False] * count
    site.pass_time(6.0)
    assert [bool(relay.alarm) for relay in site.relays] == [False] * count
    assert not any(site.boards)

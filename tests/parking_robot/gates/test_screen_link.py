# SPDX-License-Identifier: Apache-2.0
"""A gate's link to its screen, against the garage's real server."""

import threading

import pytest
from tests.parking_robot.server.world import Phone, World

from parking_robot.gates.screen_link import ScreenLink

PRESSED = {"X-Pressed": "help"}
LIMIT_S = 20.0


@pytest.fixture
def world(tmp_path):
    running = World(tmp_path, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield running
    running.close()


class Gate:
    """What a gate does with its link: it tells its state until told to stop."""

    def __init__(self, world):
        self.asked, self.state = threading.Event(), {"in_service": True, "phase": "held"}
        self.link = ScreenLink(world.server.url, "gate_out", world.secret, self.asked.set)

    def tell_until(self, condition):
        for _ in range(int(LIMIT_S / 0.05)):
            self.link.show(self.state)
            if condition():
                return True
            self.asked.wait(0.05)
        return False


@pytest.fixture
def gate(world):
    made = Gate(world)
    yield made
    made.link.close()


def press(world, gate="gate_out", headers=PRESSED):
    return Phone().ask(f"{world.server.url}/screen/{gate}/help", b"", headers=headers)[0]


def shown(world):
    return Phone().ask(f"{world.server.url}/screen/gate_out/state")[1]


def test_the_button_on_the_screen_reaches_the_gate_until_it_has_called(world, gate):
    assert gate.tell_until(lambda: '"phase":"held"' in shown(world))
    assert not gate.asked.is_set()
    assert press(world) == 204
    assert gate.tell_until(gate.asked.is_set)
    # The answer may have been lost: it is said again until the gate says that somebody was called.
    gate.asked.clear()
    assert gate.tell_until(gate.asked.is_set)
    gate.state = gate.state | {"help_called": True}
    assert gate.tell_until(lambda: '"called":{' in shown(world))
    gate.asked.clear()
    gate.state = {"in_service": True, "phase": "empty"}
    assert gate.tell_until(lambda: '"phase":"empty"' in shown(world))
    assert not gate.asked.is_set()


def test_no_other_site_can_press_the_button_and_a_silent_gate_says_so(world, gate):
    assert gate.tell_until(lambda: '"phase":"held"' in shown(world))
    assert press(world, headers={}) == 403
    assert press(world, gate="gate_in") == 403
    assert press(world, gate="../gate_out") in (403, 404)
    gate.asked.clear()
    gate.state = {"in_service": True, "phase": "empty"}
    assert gate.tell_until(lambda: '"phase":"empty"' in shown(world))
    assert not gate.asked.is_set()


def test_a_server_that_does_not_answer_is_named(world, gate):
    world.server.stop()
    assert gate.tell_until(lambda: gate.link.problem)
    assert "does not answer" in gate.link.problem

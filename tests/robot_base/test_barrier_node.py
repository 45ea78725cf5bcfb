# SPDX-License-Identifier: Apache-2.0
"""The barrier node in a process of its own against the compiled firmware behind a pseudo-terminal."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import BarrierState, RelayState
from ronda.srv import CommandBarrier, SwitchRelay
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from tests.robot_base.live import LIMIT, process

from robot_base.simulated_device import SimulatedDevice
from ronda_core import qos

pytestmark = pytest.mark.live
NAMESPACE = "/gate_test"
OPEN, CLOSE, STOP = CommandBarrier.Request.OPEN, CommandBarrier.Request.CLOSE, CommandBarrier.Request.STOP
FORCE_CLOSE = CommandBarrier.Request.FORCE_CLOSE


class Station:
    """Hears the barrier and commands it."""

    def __init__(self) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = node = rclpy.create_node("station", namespace=NAMESPACE, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(node)
        self.states: list[BarrierState] = []
        self.relays: list[bool] = []
        self.health: DiagnosticStatus | None = None
        node.create_subscription(BarrierState, "barrier/state", self.states.append, qos.STATE)
        node.create_subscription(RelayState, "relays", lambda m: setattr(self, "relays", list(m.closed)), qos.STATE)
        node.create_subscription(
            DiagnosticArray, "diagnostics", lambda m: setattr(self, "health", m.status[0]), qos.EVENT
        )
        self.alarm = node.create_publisher(Bool, "/fire_alarm", qos.STATE)
        self.alarms: list[bool] = []
        node.create_subscription(Bool, "/fire_alarm", lambda m: self.alarms.append(m.data), qos.STATE)

    def until(self, what: Callable[[], Any], limit: float = LIMIT) -> None:
        end = time.monotonic() + limit
        while not what():
            assert time.monotonic() < end, f"did not happen; last: {self.states[-1:]} {self.health}"
            self.executor.spin_once(timeout_sec=0.02)

    def until_state(self, state: int, limit: float = LIMIT) -> None:
        self.until(lambda: self.states and self.states[-1].state == state, limit)

    def until_health(self, level: bytes, message: str) -> None:
        """Diagnostics come once a second: none may have been heard yet."""
        self.until(lambda: self.health and self.health.level == level and message in self.health.message)

    def call(self, kind: Any, name: str, request: Any) -> Any:
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready)
        future = client.call_async(request)
        self.until(future.done)
        self.node.destroy_client(client)
        return future.result()

    def command(self, command: int, who: str = "test", reason: str = "") -> CommandBarrier.Response:
        request = CommandBarrier.Request(command=command, requested_by=who, reason=reason)
        return self.call(CommandBarrier, "command_barrier", request)

    def close_when_clear(self, command: int = CLOSE, reason: str = "") -> None:
        """Ask to close as long as the lane counts as occupied, which it does for a second after a vehicle."""
        self.until(lambda: "occupied" not in self.command(command, reason=reason).message)

    def clear_fault(self) -> bool:
        return self.call(Trigger, "barrier/clear_fault", Trigger.Request()).success

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


@pytest.fixture
def station() -> Iterator[Station]:
    station = Station()
    yield station
    station.close()


def barrier(link: Path, *more: str, namespace: str = NAMESPACE):
    settings = [f"device:={link}", "barrier_id:=north", "relays:=[lamp, door]", "relay_pulses:=[0.0, 2.0]", *more]
    parameters = [word for setting in settings for word in ("-p", setting)]
    return process("robot_base.barrier_node", "-r", f"__ns:={namespace}", *parameters)


def test_it_opens_closes_stops_and_minds_the_lane(station: Station, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link) as device, barrier(link, "auto_close:=false"):
        device.set("travel", 3)
        station.until_state(BarrierState.CLOSED)
        assert station.states[-1].barrier_id == "north"
        assert station.command(OPEN).accepted
        station.until_state(BarrierState.OPENING)
        assert station.command(STOP).accepted
        station.until_state(BarrierState.STOPPED)
        assert station.states[-1].reason == "by command"
        assert station.command(OPEN).accepted
        station.until_state(BarrierState.OPEN)
        device.set("beam", 1)
        station.until(lambda: station.states[-1].beam_blocked)
        refused = station.command(CLOSE)
        assert not refused.accepted and "occupied" in refused.message
        device.set("beam", 0)
        station.close_when_clear()
        station.until_state(BarrierState.CLOSING)
        device.set("loop", 1)
        # The arm had hardly left its end: it may be back there before anyone hears that it opens.
        station.until(lambda: station.states[-1].reason == "something under the arm")
        assert station.states[-1].state in (BarrierState.OPENING, BarrierState.OPEN)
        station.until(lambda: station.states[-1].loop_occupied)
        device.set("loop", 0)
        station.until_state(BarrierState.OPEN)
        station.close_when_clear()
        station.until_state(BarrierState.CLOSED)
        assert station.states[-1].movements == 3
        assert device.witness() == (2, 0)
        other = station.call(CommandBarrier, "command_barrier", CommandBarrier.Request(command=OPEN, barrier_id="x"))
        assert "there is: north" in other.message
        assert "1 open" in station.command(9).message


def test_it_closes_by_itself_after_a_passage(station: Station, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link) as device, barrier(link):
        station.until_state(BarrierState.CLOSED)
        assert station.command(OPEN).accepted
        station.until_state(BarrierState.OPEN)
        device.set("loop", 1)
        station.until(lambda: station.states[-1].loop_occupied)
        assert station.states[-1].state == BarrierState.OPEN
        device.set("loop", 0)
        station.until_state(BarrierState.CLOSED)


def test_fire_opens_it_and_only_a_person_closes_it_again(station: Station, tmp_path: Path) -> None:
    link = tmp_path / "board"
    device = SimulatedDevice(link)
    try:
        with barrier(link):
            station.until_state(BarrierState.CLOSED)
            station.alarm.publish(Bool(data=True))
            station.until_state(BarrierState.OPEN)
            assert station.states[-1].fire_open
            assert "fire" in station.command(FORCE_CLOSE, reason="false alarm").message
            station.alarm.publish(Bool(data=False))
            device.set("loop", 1)  # a passage does not close it
            device.set("loop", 0)
            device.close()  # nor does a restart of the board make it forget
            station.until_state(BarrierState.UNKNOWN)
            device = SimulatedDevice(link)
            device.set("arm", 1)

            def settled() -> bool:
                if station.states[-1].state == BarrierState.FAULT:
                    station.clear_fault()  # the arm's place was told too late: the board had begun with it down
                return station.states[-1].state in (BarrierState.OPEN, BarrierState.STOPPED)

            station.until(settled)
            station.until(lambda: station.states[-1].fire_open)
            station.until(lambda: "fire" in station.command(CLOSE).message)
            assert "wants a person" in station.command(FORCE_CLOSE, who="", reason="").message
            station.close_when_clear(FORCE_CLOSE, reason="false alarm, the lane is clear")
            station.until_state(BarrierState.CLOSED)
            assert not station.states[-1].fire_open
            device.set("fire", 1)  # the alarm contact at the board itself
            station.until_state(BarrierState.OPEN)
    finally:
        device.close()


def test_the_alarm_contact_of_one_gate_is_the_alarm_of_all(station: Station, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with (
        SimulatedDevice(here), SimulatedDevice(there) as device,
        barrier(here), barrier(there, namespace="/gate_there") as other,
    ):  # fmt: skip
        station.until_state(BarrierState.CLOSED)
        device.set("fire", 1)
        station.until_state(BarrierState.OPEN)
        assert station.alarms[-1]
        station.alarm.publish(Bool(data=False))  # somebody else's end is not the end of this alarm
        station.until(lambda: station.alarms[-2:] == [False, True])
        station.until(lambda: "fire" in station.command(FORCE_CLOSE, reason="false alarm").message)
        device.set("fire", 0)
        station.until(lambda: not station.alarms[-1])
        assert station.states[-1].fire_open
        # A node that begins anew, at a board that is held open but whose contact is off, begins no alarm.
        other.send_signal(signal.SIGINT)
        assert other.wait(LIMIT) == 0
        station.alarms.clear()
        with barrier(there, namespace="/gate_there"):
            station.close_when_clear(FORCE_CLOSE, reason="false alarm, the lane is clear")
            station.until_state(BarrierState.CLOSED)
            assert True not in station.alarms


@pytest.mark.parametrize(
    ("world", "reason"),
    [("jam", "did not leave"), ("both_ends", "both end switches"), ("no_ends", "left its end unasked")],
)
def test_feedback_that_cannot_be_is_a_fault_until_it_is_cleared(
    station: Station, tmp_path: Path, world: str, reason: str
) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link) as device, barrier(link):
        device.set("travel", 3)
        station.until_state(BarrierState.CLOSED)
        if world == "jam":
            device.set("jam", 1)
            assert station.command(OPEN).accepted
        else:
            device.set(world, 1)
        station.until_state(BarrierState.FAULT)
        assert reason in station.states[-1].reason
        station.until_health(DiagnosticStatus.ERROR, reason)
        assert "fault" in station.command(OPEN).message
        device.set(world, 0)
        assert station.clear_fault()
        station.until_state(BarrierState.CLOSED)
        assert station.command(OPEN).accepted
        station.until_state(BarrierState.OPEN)


def test_an_arm_that_never_arrives_is_a_fault(station: Station, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link) as device, barrier(link):
        device.set("travel", 3)
        station.until_state(BarrierState.CLOSED)
        assert station.command(OPEN).accepted
        station.until_state(BarrierState.OPENING)
        device.set("no_ends", 1)
        station.until_state(BarrierState.FAULT, limit=20.0)
        assert "not reached in time" in station.states[-1].reason


def test_relays_stay_or_pulse(station: Station, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link), barrier(link):
        assert station.call(SwitchRelay, "switch_relay", SwitchRelay.Request(name="lamp", closed=True)).accepted
        station.until(lambda: station.relays == [True, False])
        assert station.call(SwitchRelay, "switch_relay", SwitchRelay.Request(name="door", closed=True)).accepted
        station.until(lambda: station.relays == [True, True])
        station.until(lambda: station.relays == [True, False])  # the strike lets go by itself
        assert "lamp, door" in station.call(SwitchRelay, "switch_relay", SwitchRelay.Request(name="bell")).message


def test_it_waits_for_its_device_and_moves_nothing_when_killed(station: Station, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with barrier(link, "device_wait:=30.0") as node:
        assert node.poll() is None
        with SimulatedDevice(link, report=True) as device:
            device.tell("travel", 3)
            station.until_state(BarrierState.CLOSED)
            assert station.command(OPEN).accepted
            station.until_state(BarrierState.OPEN)
            station.close_when_clear()
            station.until_state(BarrierState.CLOSING)
            assert any(motor < 0 for _, motor in device.arm_positions())
            os.kill(node.pid, signal.SIGKILL)
            node.wait()
            # Nobody is there any more: half a second later the firmware takes the arm up again, and leaves it there.
            # A node that came sooner would be heard as the old one is, and the arm would go on.
            assert any(motor > 0 for _, motor in device.arm_positions())
            with barrier(link):
                station.states.clear()
                station.until(lambda: station.states and station.states[-1].state in (1, 2))
            assert device.witness()[1] == 0


def test_without_the_device_it_says_so_and_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="ended with 2"), barrier(tmp_path / "nothing") as node:
        node.wait(LIMIT)
    assert "there is no device" in capfd.readouterr().err

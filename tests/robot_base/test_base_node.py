# SPDX-License-Identifier: Apache-2.0
"""The base node against the compiled firmware behind a pseudo-terminal."""

import math
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import rclpy
from geometry_msgs.msg import TwistStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import BarrierState, DriveState, RelayState
from ronda.srv import CommandBarrier, SwitchRelay
from std_srvs.srv import Trigger
from tests.robot_base.live import LIMIT, process

from robot_base.simulated_device import SimulatedDevice
from ronda_core import qos

pytestmark = pytest.mark.live
NAMESPACE = "/base_test"


class Bench:
    """Hears the base and commands it."""

    def __init__(self) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = node = rclpy.create_node("bench", namespace=NAMESPACE, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(node)
        self.latest: dict[type, object] = {}
        for kind, topic, profile in (
            (DriveState, "drive_state", qos.STATE),
            (Odometry, "odom", qos.SENSOR),
            (RelayState, "relays", qos.STATE),
            (BarrierState, "barrier/state", qos.STATE),
        ):
            node.create_subscription(kind, topic, lambda m: self.latest.__setitem__(type(m), m), profile)
        self.out = node.create_publisher(TwistStamped, "cmd_vel", qos.COMMAND)
        self.velocity: float | None = None
        self.beat = 0.0

    def until(self, what) -> None:
        end = time.monotonic() + LIMIT
        while not what():
            assert time.monotonic() < end, f"did not happen; last: {self.latest.get(DriveState)}"
            if self.velocity is not None and time.monotonic() - self.beat > 0.04:
                self.beat = time.monotonic()
                message = TwistStamped()
                message.twist.linear.x = self.velocity
                self.out.publish(message)
            self.executor.spin_once(timeout_sec=0.01)

    def drive_state(self, state: int) -> bool:
        message = self.latest.get(DriveState)
        return isinstance(message, DriveState) and message.state == state

    def speed(self) -> float:
        message = self.latest.get(DriveState)
        return message.left_speed if isinstance(message, DriveState) else math.nan

    def call(self, kind, name, request):
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready)
        future = client.call_async(request)
        self.until(future.done)
        return future.result()

    def trigger(self, name: str) -> Trigger.Response:
        return self.call(Trigger, f"base/{name}", Trigger.Request())

    def arm_and_drive(self) -> None:
        self.velocity = 0.0
        self.until(lambda: self.drive_state(DriveState.DISARMED))
        # A machine that pauses for 0.2 s sets off the firmware's watchdog, as it should; not three times in a row.
        for _ in range(3):
            self.velocity = 0.0
            self.until(lambda: self.drive_state(DriveState.DISARMED) or self.drive_state(DriveState.ARMED))
            if self.drive_state(DriveState.DISARMED):
                assert self.trigger("arm").success
                self.until(lambda: self.drive_state(DriveState.ARMED))
            self.velocity = 0.5
            self.until(lambda: self.speed() > 0.4 or not self.drive_state(DriveState.ARMED))
            if self.speed() > 0.4:
                return
        raise AssertionError("it did not drive")

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def base(link: Path, *more: str):
    settings = [f"device:={link}", "relays:=[lamp, horn]", "barrier_id:=gate", *more]
    parameters = [word for setting in settings for word in ("-p", setting)]
    return process("robot_base.base_node", "-r", f"__ns:={NAMESPACE}", *parameters)


def test_it_drives_when_armed_and_stops_when_commands_stop(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link) as device, base(link):
        bench.velocity = 0.5
        bench.until(lambda: bench.drive_state(DriveState.DISARMED))
        refused = bench.trigger("arm")  # arming itself sends one zero, then the command still says 0.5
        assert refused.success
        bench.velocity = None
        bench.until(lambda: bench.speed() == pytest.approx(0.0, abs=0.01))
        bench.velocity = 0.5
        bench.until(lambda: bench.speed() > 0.4)
        bench.until(lambda: Odometry in bench.latest and bench.latest[Odometry].pose.pose.position.x > 0.2)
        bench.velocity = None
        bench.until(lambda: abs(bench.speed()) < 0.01)
        device.set("estop", 1)
        bench.until(lambda: bench.drive_state(DriveState.ESTOP))
        assert not bench.trigger("clear_fault").success
        device.set("estop", 0)
        assert bench.trigger("clear_fault").success
        bench.until(lambda: bench.drive_state(DriveState.DISARMED))


@pytest.mark.parametrize("absurd", [math.nan, math.inf, 1e9, -1e9])
def test_an_absurd_speed_stops_and_is_named(
    bench: Bench, tmp_path: Path, capfd: pytest.CaptureFixture[str], absurd: float
) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link), base(link):
        bench.arm_and_drive()
        bench.velocity = absurd
        bench.until(lambda: abs(bench.speed()) < 0.01)
    assert f"cmd_vel asks for {absurd:g} m/s" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("wheel_radius:=0.4", "do not fit 0.36 m apart"),
        ("wheel_separation:=-0.36", "wheel_separation"),
        ("wheel_radius:=.nan", "wheel_radius"),
    ],
)
def test_impossible_geometry_ends_the_node_with_its_reason(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], setting: str, words: str
) -> None:
    with SimulatedDevice(tmp_path / "board"):
        with pytest.raises(AssertionError, match="ended with 2"), base(tmp_path / "board", setting) as node:
            node.wait(LIMIT)
        assert words in capfd.readouterr().err


def test_it_waits_for_a_device_that_is_late_where_it_is_told_to(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with base(link, "device_timeout:=30.0"), SimulatedDevice(link):
        bench.until(lambda: bench.drive_state(DriveState.DISARMED))


def test_relays_and_barrier_are_served_on_the_same_line(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link) as device, base(link):
        bench.until(lambda: BarrierState in bench.latest and bench.latest[BarrierState].state == BarrierState.CLOSED)
        lamp = SwitchRelay.Request(name="lamp", closed=True)
        assert bench.call(SwitchRelay, "switch_relay", lamp).accepted
        bench.until(lambda: RelayState in bench.latest and bench.latest[RelayState].closed == [True, False])
        assert "no relay" in bench.call(SwitchRelay, "switch_relay", SwitchRelay.Request(name="siren")).message
        opening = CommandBarrier.Request(command=CommandBarrier.Request.OPEN, requested_by="test")
        assert bench.call(CommandBarrier, "command_barrier", opening).accepted
        bench.until(lambda: bench.latest[BarrierState].state == BarrierState.OPEN)
        device.set("loop", 1)
        bench.until(lambda: bench.latest[BarrierState].loop_occupied)
        closing = CommandBarrier.Request(command=CommandBarrier.Request.CLOSE, requested_by="test")
        answer = bench.call(CommandBarrier, "command_barrier", closing)
        assert not answer.accepted
        assert "occupied" in answer.message


def test_a_pulled_cable_is_a_fault_and_coming_back_moves_nothing(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"
    device = SimulatedDevice(link)
    try:
        with base(link):
            for _ in range(3):
                bench.arm_and_drive()
                device.close()
                bench.until(lambda: bench.drive_state(DriveState.LINK_DOWN))
                device = SimulatedDevice(link)  # another device file behind the same name
                bench.until(lambda: bench.drive_state(DriveState.DISARMED))
                assert bench.velocity == 0.5
                seen = time.monotonic()
                bench.until(lambda since=seen: time.monotonic() - since > 0.5)
                assert bench.speed() == 0.0
    finally:
        device.close()


def test_simulated_firmware_that_was_lost_is_armed_again_where_that_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"
    device = SimulatedDevice(link)
    try:
        with base(link, "arm_on_reconnection:=true", "arm_on_activate:=true"):
            bench.until(lambda: bench.drive_state(DriveState.ARMED))
            device.close()
            bench.until(lambda: bench.drive_state(DriveState.LINK_DOWN))
            device = SimulatedDevice(link)
            bench.until(lambda: bench.drive_state(DriveState.ARMED))
            assert bench.speed() == 0.0
    finally:
        device.close()


def test_after_kill_9_of_the_bridge_the_firmware_stops_the_wheels(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"
    with SimulatedDevice(link, report=True) as device:
        with base(link) as bridge:
            bench.arm_and_drive()
            os.kill(bridge.pid, signal.SIGKILL)
            bridge.wait()
        speeds = (left for left, _ in device.wheel_speeds())
        assert any(speed > 0.4 for speed in speeds)
        assert any(abs(speed) < 0.01 for speed in speeds)
        bench.latest.clear()
        with base(link):  # a new bridge opens a new session: the drive is disarmed
            bench.until(lambda: bench.drive_state(DriveState.DISARMED))


def test_without_the_device_it_says_so_and_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="ended with 2"), base(tmp_path / "nothing") as node:
        node.wait(LIMIT)
    assert "there is no device" in capfd.readouterr().err


def test_the_lifecycle_verbs_govern_it(bench: Bench, tmp_path: Path) -> None:
    link = tmp_path / "board"

    def change(transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return bench.call(ChangeState, "base/change_state", request).success

    with base(link, "autostart:=false"):
        assert not change(Transition.TRANSITION_CONFIGURE)  # no device yet
        with SimulatedDevice(link):
            assert change(Transition.TRANSITION_CONFIGURE)
            assert not bench.trigger("arm").success
            assert change(Transition.TRANSITION_ACTIVATE)
            bench.arm_and_drive()
            assert change(Transition.TRANSITION_DEACTIVATE)
            bench.until(lambda: bench.drive_state(DriveState.DISARMED))
            bench.until(lambda: abs(bench.speed()) < 0.01)
            assert change(Transition.TRANSITION_CLEANUP)

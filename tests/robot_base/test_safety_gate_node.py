# SPDX-License-Identifier: Apache-2.0
"""The gate as a process among real topics."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import Odometry
from ronda.msg import LocalisationState, SafetyState
from tests.robot_base.live import PATIENT, Rig, UnstampedSender, assert_one_publisher_of_cmd_vel, process

from ronda_core import qos

pytestmark = pytest.mark.live
NAMESPACE = "/gate_test"
SHARED = "/gate_shared"


@pytest.fixture(scope="module")
def running_rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(SHARED)
    try:
        with gate(tmp_path_factory.mktemp("site"), namespace=SHARED) as rig.watched:
            rig.until(lambda: rig.reason("no_command"))
            # Past the time in which a running drive would count as one from before a restart.
            rig.for_commands(100)
            yield rig
    finally:
        rig.close()


@pytest.fixture
def rig(running_rig: Rig) -> Rig:
    """One gate for many tests; each finds it free to move, as after a person's resumption."""
    rig = running_rig
    rig.calm()
    assert rig.set_estop(False).success
    rig.teleoperation = (0.0, 0.0)
    rig.until(lambda: rig.reason("no_command", "none") and rig.state.source == SafetyState.SOURCE_TELEOPERATION)
    rig.teleoperation = None
    rig.until(lambda: rig.reason("teleop_silent", "await_resume"))
    rig.until(lambda: rig.resume().success)
    rig.until(lambda: rig.reason("no_command"))
    return rig


def drive(rig: Rig) -> None:
    rig.navigation = (0.5, 0.0)
    rig.until(lambda: rig.speed() > 0.4)


def test_teleoperation_overrides_navigation_and_only_a_resumption_gives_back(rig: Rig) -> None:
    drive(rig)
    rig.teleoperation = (-0.2, 0.0)
    rig.until(lambda: rig.speed() < -0.1)
    assert not rig.state.autonomy_allowed
    rig.teleoperation = None
    rig.until(lambda: rig.reason("teleop_silent"))
    assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(30))
    assert rig.resume().success
    rig.until(lambda: rig.speed() > 0.4)
    assert_one_publisher_of_cmd_vel(rig.node)


def test_the_emergency_stop_holds_until_resumption_and_is_latched(rig: Rig) -> None:
    drive(rig)
    assert rig.set_estop(True).success
    rig.until(lambda: rig.estop is not None and rig.estop.engaged and rig.reason("estop"))
    assert rig.state.stop_category == 2
    assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(10))
    refusal = rig.resume()
    assert not refusal.success
    assert "emergency stop" in refusal.message
    assert rig.set_estop(False).success
    rig.until(lambda: rig.reason("await_resume"))
    assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(20))
    assert rig.resume().success
    rig.until(lambda: rig.speed() > 0.4)


def test_an_obstacle_stops_and_its_leaving_lets_go(rig: Rig) -> None:
    drive(rig)
    rig.ranges = np.where(np.abs(np.linspace(-np.pi, np.pi, 360)) < 0.3, 0.3, 6.0).astype(np.float32)
    rig.until(lambda: rig.reason("obstacle"))
    assert rig.for_commands(5)[-1].twist.linear.x == 0.0
    rig.ranges = np.full(360, 6.0, np.float32)
    rig.until(lambda: rig.speed() > 0.4)


@pytest.mark.parametrize(("ranges", "reason"), [([], "scan_empty"), ([float("nan")] * 360, "scan_invalid")])
def test_a_bad_scan_is_no_free_space(rig: Rig, ranges: list[float], reason: str) -> None:
    drive(rig)
    rig.ranges = np.array(ranges, np.float32)
    rig.until(lambda: rig.reason(reason))
    assert rig.for_commands(5)[-1].twist.linear.x == 0.0


def test_a_dead_laser_stops_the_robot_for_good(rig: Rig) -> None:
    drive(rig)
    rig.scanning = False
    rig.until(lambda: rig.reason("scan_stale"))
    rig.until(lambda: not rig.state.autonomy_allowed)
    rig.scanning = True
    rig.until(lambda: rig.reason("await_resume"))


def test_a_touched_bumper_stops(rig: Rig) -> None:
    drive(rig)
    rig.bumper = True
    rig.until(lambda: rig.reason("bumper"))
    rig.bumper = False
    rig.until(lambda: rig.reason("await_resume"))


def test_a_bumper_that_falls_silent_stops_the_robot_for_good(rig: Rig) -> None:
    drive(rig)
    rig.bumper = None
    rig.until(lambda: rig.reason("bumper_silent"))
    assert rig.for_commands(5)[-1].twist.linear.x == 0.0
    rig.bumper = False
    rig.until(lambda: rig.reason("await_resume"))


@pytest.mark.parametrize("absurd", [float("nan"), float("-inf"), 1e9])
@pytest.mark.parametrize("source", ["navigation", "teleoperation"])
def test_an_absurd_request_moves_nothing_and_is_named(rig: Rig, source: str, absurd: float) -> None:
    drive(rig)
    setattr(rig, source, (absurd, 0.0))
    rig.until(lambda: rig.reason("command_invalid"))
    assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(10))


def test_unstamped_twist_is_obeyed_too(rig: Rig) -> None:
    sender = UnstampedSender(SHARED, "cmd_vel_teleop")
    try:

        def moving() -> bool:
            sender.send(0.3)
            return rig.speed() > 0.2

        rig.until(moving)
    finally:
        sender.close()


def gate(site: Path, *more: str, namespace: str = NAMESPACE) -> AbstractContextManager[subprocess.Popen[bytes]]:
    words = ["-r", f"__ns:={namespace}", "-p", f"data_dir:={site}", *PATIENT, *more]
    return process("robot_base.safety_gate_node", *words)


def kill(rig: Rig, running: subprocess.Popen[bytes]) -> None:
    running.send_signal(signal.SIGKILL)
    running.wait()
    rig.commands.clear()
    rig.state, rig.estop = None, None


@pytest.fixture
def alone() -> Iterator[Rig]:
    rig = Rig(NAMESPACE)
    yield rig
    rig.close()


def test_a_killed_and_restarted_gate_does_not_take_up_the_drive(alone: Rig, tmp_path: Path) -> None:
    rig = alone
    with gate(tmp_path) as first:
        rig.until(lambda: rig.reason("no_command"))
        rig.for_commands(100)
        drive(rig)
        kill(rig, first)
    # Navigation is silent for as long as it takes the new gate to see: only its record tells that it was killed.
    rig.navigation = None
    with gate(tmp_path):
        rig.until(lambda: rig.reason("await_resume"))
        assert "ended abruptly" in rig.state.detail
        rig.for_commands(60)
        rig.navigation = (0.5, 0.0)
        assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(60))
        assert rig.resume().success
        rig.until(lambda: rig.speed() > 0.4)


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT])
def test_an_emergency_stop_outlives_the_gate(alone: Rig, tmp_path: Path, way: signal.Signals) -> None:
    rig = alone
    with gate(tmp_path) as first:
        assert rig.set_estop(True).success
        rig.until(lambda: rig.reason("estop"))
        first.send_signal(way)
        first.wait()
        rig.state, rig.estop = None, None
    with gate(tmp_path):
        rig.until(lambda: rig.reason("estop") and rig.estop is not None and rig.estop.engaged)
        assert "before the gate was started again" in rig.estop.reason
        rig.teleoperation = (0.3, 0.0)
        assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(30))
        rig.teleoperation = None
        assert rig.set_estop(False).success
        rig.until(lambda: rig.reason("await_resume"))
    rig.state, rig.estop = None, None
    with gate(tmp_path):  # it ended in order and without a stop: free to move
        rig.until(lambda: rig.reason("no_command") and rig.estop is not None)
        assert not rig.estop.engaged


def test_a_robot_without_a_bumper_says_so(alone: Rig, tmp_path: Path) -> None:
    alone.bumper = None
    with gate(tmp_path):
        alone.until(lambda: alone.reason("bumper_none"))
    with gate(tmp_path, "-p", "bumper_source:=none"):
        alone.until(lambda: alone.reason("no_command"))


KEEP_OUT = "keep_out: {zones: [{name: pond, points: [[0.30, -1], [2, -1], [2, 1], [0.30, 1]]}]}"


def test_no_command_leads_into_a_keep_out_zone(alone: Rig, tmp_path: Path) -> None:
    rig = alone
    (tmp_path / "zones.yaml").write_text(KEEP_OUT)
    pose = rig.node.create_publisher(PoseWithCovarianceStamped, "amcl_pose", qos.STATE)
    state = rig.node.create_publisher(LocalisationState, "localisation_state", qos.STATE)
    with gate(tmp_path, "-p", f"keep_out_file:={tmp_path / 'zones.yaml'}"):
        rig.until(lambda: rig.reason("no_command"))
        rig.for_commands(100)
        rig.navigation = (0.5, 0.0)
        rig.until(lambda: rig.reason("keep_out_unknown"))
        assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(10))
        here = Odometry()
        here.header.stamp = rig.now()
        here.pose.pose.orientation.w = 1.0
        rig.odom_out.publish(here)
        for _ in range(5):
            rig.play()
        told = PoseWithCovarianceStamped()
        told.header.stamp = here.header.stamp
        told.pose.pose.orientation.w = 1.0
        pose.publish(told)
        state.publish(LocalisationState(state=LocalisationState.LOCALISED))
        rig.until(lambda: rig.reason("keep_out"))
        assert all(command.twist.linear.x == 0.0 for command in rig.for_commands(10))
        rig.navigation = (-0.2, 0.0)
        rig.until(lambda: rig.speed() < -0.1)


def test_keep_out_zones_that_cannot_be_read_end_the_gate(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "zones.yaml").write_text("keep_out: {zones: [{name: pond, points: [[0, 0], [1, 1]]}]}")
    words = ("-p", f"keep_out_file:={tmp_path / 'zones.yaml'}")
    with pytest.raises(AssertionError, match="ended with 2"), gate(tmp_path, *words) as running:
        running.wait(20)
    assert "zone 1 'pond': points must be three or more pairs" in capfd.readouterr().err


def test_a_record_that_cannot_be_written_ends_the_gate(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(AssertionError, match="ended with 2"), gate(file / "folder") as running:
        running.wait(20)
    assert "cannot keep its record" in capfd.readouterr().err


@pytest.mark.parametrize("setting", ["footprint_front:=-0.2", "braking:=0.0", "max_speed:=.nan"])
def test_impossible_numbers_end_the_gate_with_their_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], setting: str
) -> None:
    with pytest.raises(AssertionError, match="ended with 2"), gate(tmp_path, "-p", setting) as running:
        running.wait(20)
    assert setting.partition(":")[0] in capfd.readouterr().err


def test_an_unknown_parameter_is_refused_with_a_suggestion(capfd: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(AssertionError, match="ended with 2"),
        process("robot_base.safety_gate_node", "-p", "max_sped:=1.0") as gate,
    ):
        gate.wait(20)
    assert "did you mean 'max_speed'" in capfd.readouterr().err

# SPDX-License-Identifier: Apache-2.0
"""The gate's decision: who may move the robot, what stops it, and what it takes to move again."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robot_base.gate_world import FAR, Stage, wall

from robot_base.gate_limits import GateLimits
from robot_base.gate_types import Drive, GateInputs, GateState, Instant, Mode, Source, TimedCommand
from robot_base.keep_out_watch import NO_ZONES, KeepOutView
from robot_base.safety_gate import decide
from robot_base.scan_view import ScanHealth, ScanView
from robot_base.stop_rules import STOP_RULES, Reason, Recovery, StopCategory
from robot_base.velocity import STOP, Velocity

FORWARD = Velocity(0.5, 0.0)


def test_navigation_drives_and_its_silence_stops() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    decision = stage.run(1.0)
    assert decision.command == FORWARD
    assert (decision.status.mode, decision.status.source) == (Mode.FREE, Source.NAVIGATION)
    stage.navigation = None
    decision = stage.run(0.25)
    assert decision.command == STOP
    assert decision.status.reason is Reason.NO_COMMAND
    stage.navigation = FORWARD
    assert stage.run(1.0).command == FORWARD  # mere silence of navigation is no protective stop


def test_speed_grows_by_the_limit_and_falls_at_once() -> None:
    stage = Stage()
    stage.navigation = Velocity(0.8, 0.0)
    speeds = [stage.step(0.05).command.linear for _ in range(4)]
    assert np.allclose(np.diff([0.0, *speeds]), 0.05)
    stage.navigation = Velocity(0.1, 0.0)
    assert stage.step().command.linear == pytest.approx(0.1)


def test_limits_keep_the_arc() -> None:
    stage = Stage()
    stage.navigation = Velocity(1.6, 1.0)
    command = stage.run(2.0).command
    assert command.linear == pytest.approx(0.8)
    assert command.angular == pytest.approx(0.5)


def test_teleoperation_overrides_and_its_silence_does_not_give_back() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    stage.teleoperation = Velocity(0.0, 1.0)
    decision = stage.run(1.0)
    assert decision.status.source is Source.TELEOPERATION
    assert decision.command == Velocity(0.0, 1.0)
    assert not decision.status.autonomy_allowed
    stage.teleoperation = None
    decision = stage.run(5.0)
    assert decision.command == STOP
    assert decision.status.reason is Reason.TELEOP_SILENT
    stage.step(resume_requested=True)
    assert stage.run(1.0).command == FORWARD


def test_a_zero_from_teleoperation_takes_over_too() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    stage.teleoperation = STOP
    decision = stage.step()
    assert decision.command == STOP
    assert not decision.status.autonomy_allowed


def test_resume_is_refused_while_teleoperation_drives() -> None:
    stage = Stage()
    stage.teleoperation = FORWARD
    stage.run(0.2)
    assert "Teleoperation" in stage.step(resume_requested=True).status.resume_refused


CAUSES: dict[Reason, dict[str, object]] = {
    Reason.ESTOP: {"estop": True},
    Reason.BUMPER: {"bumper": True},
    Reason.DRIVE_FAULT: {"drive": Drive.FAULT},
    Reason.DRIVE_ESTOP: {"drive": Drive.ESTOP},
    Reason.DRIVE_LINK_DOWN: {"drive": Drive.LINK_DOWN},
    Reason.DRIVE_WATCHDOG: {"drive": Drive.WATCHDOG},
}


@pytest.mark.parametrize("reason", CAUSES)
def test_a_protective_stop_needs_deliberate_resumption(reason: Reason) -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    before = {name: getattr(stage.inputs, name) for name in CAUSES[reason]}
    decision = stage.step(**CAUSES[reason])
    assert decision.command == STOP
    assert decision.status.reason is reason
    assert STOP_RULES[reason].recovery is Recovery.DELIBERATE
    refused = stage.step(resume_requested=True).status
    assert refused.resume_refused
    assert not refused.autonomy_allowed
    decision = stage.run(3.0, **before)
    assert decision.command == STOP
    assert decision.status.reason is Reason.AWAIT_RESUME
    assert STOP_RULES[reason].sentence in decision.status.detail
    assert stage.step(resume_requested=True).status.resume_refused == ""
    assert stage.run(1.0).command == FORWARD


@pytest.mark.parametrize("reason", CAUSES)
def test_a_key_held_through_a_protective_stop_moves_nothing(reason: Reason) -> None:
    stage = Stage()
    stage.teleoperation = FORWARD
    stage.run(1.0)
    before = {name: getattr(stage.inputs, name) for name in CAUSES[reason]}
    stage.run(0.5, **CAUSES[reason])
    decision = stage.run(1.0, **before)
    assert decision.command == STOP
    assert decision.status.reason is Reason.AWAIT_ZERO
    stage.teleoperation = STOP
    stage.step()
    stage.teleoperation = FORWARD
    assert stage.run(1.0).command == FORWARD


def test_a_zero_sent_before_the_stop_does_not_count() -> None:
    stage = Stage()
    stage.teleoperation = STOP
    stage.step()
    stage.teleoperation = None
    stage.step(0.01, estop=True)
    stage.step(0.01, estop=False)
    stage.teleoperation = FORWARD
    assert stage.run(0.5).status.reason is Reason.AWAIT_ZERO


def test_off_a_touched_obstacle_only_backwards_slowly_and_by_hand() -> None:
    stage = Stage()
    stage.navigation = Velocity(-0.3, 0.0)
    stage.run(1.0)
    assert stage.run(0.5, bumper=True).command == STOP
    stage.navigation = None
    stage.teleoperation = Velocity(-0.3, 0.5)
    assert stage.run(0.5).command == STOP
    stage.teleoperation = STOP
    stage.step()
    stage.teleoperation = Velocity(0.3, 0.0)
    assert stage.run(0.5).command == STOP
    stage.teleoperation = Velocity(-0.3, 0.5)
    decision = stage.run(0.5)
    assert decision.command == Velocity(-stage.limits.crawl_speed, 0.0)
    assert decision.status.mode is Mode.SLOWED


def test_a_short_gap_in_the_scan_stops_and_recovers_a_long_one_latches() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    stage.scanning = False
    decision = stage.run(0.4)
    assert (decision.command, decision.status.reason) == (STOP, Reason.SCAN_STALE)
    stage.scanning = True
    assert stage.run(1.0).command == FORWARD
    stage.scanning = False
    stage.run(1.2)
    stage.scanning = True
    decision = stage.run(2.0)
    assert (decision.command, decision.status.reason) == (STOP, Reason.AWAIT_RESUME)


@pytest.mark.parametrize(
    ("health", "reason"),
    [
        (ScanHealth.EMPTY, Reason.SCAN_EMPTY),
        (ScanHealth.INVALID, Reason.SCAN_INVALID),
        (ScanHealth.FROZEN, Reason.SCAN_FROZEN),
        (ScanHealth.NO_TRANSFORM, Reason.SCAN_NO_TRANSFORM),
    ],
)
def test_a_scan_that_cannot_be_trusted_stops_at_once(health: ScanHealth, reason: Reason) -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    stage.health = health
    decision = stage.step()
    assert (decision.command, decision.status.reason) == (STOP, reason)
    stage.run(stage.limits.scan_grace + 0.1)
    stage.health = ScanHealth.GOOD
    assert stage.run(0.5).status.reason is Reason.AWAIT_RESUME


def test_a_scan_whose_stamp_lags_is_stale_although_it_keeps_coming() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    old = ScanView(stage.time.ros - 2.0, ScanHealth.GOOD, FAR)
    stage.scanning = False
    now = Instant(stage.time.ros + 0.05, stage.time.steady + 0.05)
    assert stage.step(scan=old, scan_received=now).status.reason is Reason.SCAN_STALE


def test_without_a_scan_nothing_moves_but_nothing_latches() -> None:
    stage = Stage(settled=False)
    stage.scanning = False
    assert stage.run(3.0).status.reason is Reason.SCAN_NONE
    stage.scanning = True
    stage.run(stage.limits.start_watch + 0.2)
    stage.navigation = FORWARD
    assert stage.run(1.0).command == FORWARD


def test_a_bumper_must_report_before_and_while_the_robot_moves() -> None:
    stage = Stage(settled=False)
    stage.bumper_reports = False
    assert stage.run(3.0).status.reason is Reason.BUMPER_NONE
    stage.bumper_reports = True
    stage.navigation = FORWARD
    assert stage.run(1.0).command == FORWARD
    stage.bumper_reports = False
    decision = stage.run(stage.limits.bumper_timeout + 0.1)
    assert (decision.command, decision.status.reason) == (STOP, Reason.BUMPER_SILENT)
    stage.bumper_reports = True
    assert stage.run(1.0).status.reason is Reason.AWAIT_RESUME
    without = Stage(GateLimits(bumper_timeout=math.inf), settled=False)
    without.bumper_reports = False
    assert without.run(3.0).status.reason is Reason.NO_COMMAND


def test_a_base_that_reported_and_fell_silent_is_gone() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    assert stage.run(1.0, drive=Drive.READY, drive_heard=stage.time).command == FORWARD
    decision = stage.run(0.2)
    assert (decision.command, decision.status.reason) == (STOP, Reason.DRIVE_LINK_DOWN)
    assert stage.run(0.5, drive_heard=stage.time).status.reason is Reason.AWAIT_RESUME


def test_after_an_abrupt_end_nobody_moves_the_robot_without_a_fresh_word() -> None:
    stage = Stage(settled=False)
    assert stage.step(restarted=True).status.reason is Reason.GATE_RESTARTED
    assert stage.run(3.0).status.reason is Reason.AWAIT_RESUME
    stage.navigation = FORWARD
    assert stage.run(1.0).command == STOP
    stage.teleoperation = FORWARD
    assert stage.run(1.0).status.reason is Reason.AWAIT_ZERO
    stage.teleoperation = None
    stage.run(0.5)
    assert stage.step(resume_requested=True).status.resume_refused == ""
    assert stage.run(1.0).command == FORWARD


def test_a_clock_that_stands_still_stops_and_motion_goes_on_with_it() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0)
    assert stage.step(clock_running=False).status.reason is Reason.CLOCK_STOPPED
    assert stage.last is not None and stage.last.command == STOP
    assert stage.run(1.0, clock_running=True).command == FORWARD


def test_a_restarted_gate_does_not_take_up_a_running_drive() -> None:
    stage = Stage(settled=False)
    stage.navigation = FORWARD
    decision = stage.run(3.0)
    assert (decision.command, decision.status.reason) == (STOP, Reason.AWAIT_RESUME)
    stage.step(resume_requested=True)
    assert stage.run(1.0).command == FORWARD


@pytest.mark.parametrize(
    "velocity",
    [Velocity(math.nan, 0.0), Velocity(0.0, math.inf), Velocity(1e9, 0.0), Velocity(0.0, -1e9)],
)
def test_an_absurd_request_moves_nothing(velocity: Velocity) -> None:
    stage = Stage()
    stage.navigation = velocity
    decision = stage.run(0.5)
    assert (decision.command, decision.status.reason) == (STOP, Reason.COMMAND_INVALID)


@pytest.mark.parametrize("offset", [1e9, -1e9, 1.0])
def test_a_stamp_of_another_clock_is_named(offset: float) -> None:
    stage = Stage()
    command = TimedCommand(FORWARD, stage.time, stage.time.ros + offset)
    decision = stage.step(0.01, navigation=command)
    assert (decision.command, decision.status.reason) == (STOP, Reason.COMMAND_CLOCK)


def test_a_command_older_than_allowed_is_not_obeyed_even_if_it_just_arrived() -> None:
    stage = Stage()
    late = TimedCommand(FORWARD, stage.time, stage.time.ros - 0.6)
    assert stage.step(0.01, teleoperation=late).command == STOP


def test_a_command_from_before_the_resumption_is_not_obeyed() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.run(1.0, estop=True)
    stage.navigation = None
    stage.step(0.05, estop=False)
    stage.step(0.01, resume_requested=True)
    assert stage.step(0.01).command == STOP


def test_a_wall_is_approached_slower_and_slower_and_never_touched() -> None:
    stage = Stage()
    stage.navigation = Velocity(0.8, 0.0)
    x, dt = 0.0, 0.05
    for _ in range(400):
        stage.points = wall(3.0 - x)
        x += stage.step(dt).command.linear * dt
    assert stage.last is not None
    assert stage.last.command.linear == pytest.approx(0.0, abs=0.03)
    assert stage.last.status.reason is Reason.OBSTACLE
    gap = 3.0 - x - stage.limits.footprint.front
    assert 0.08 <= gap <= 0.16


def test_in_front_of_a_wall_turning_and_backing_away_are_free_and_it_resumes_by_itself() -> None:
    stage = Stage()
    stage.points = wall(stage.limits.footprint.front + 0.06)
    stage.navigation = FORWARD
    decision = stage.run(1.0)
    assert (decision.command, decision.status.reason) == (STOP, Reason.OBSTACLE)
    assert decision.status.category is StopCategory.BRAKE
    stage.navigation = Velocity(-0.2, 0.0)
    assert stage.run(1.0).command == Velocity(-0.2, 0.0)
    stage.points = FAR
    stage.navigation = FORWARD
    assert stage.run(1.0).command == FORWARD


def test_near_a_wall_the_way_gets_short_but_the_turn_stays_free() -> None:
    stage = Stage()
    stage.points = wall(stage.limits.footprint.radius + 0.06)
    stage.navigation = Velocity(0.4, 1.0)
    decision = stage.run(1.0)
    assert decision.command.linear < 0.1
    assert decision.command.angular == pytest.approx(1.0)


def test_somebody_stepping_in_front_stops_the_robot_with_that_scan() -> None:
    stage = Stage()
    stage.navigation = Velocity(0.8, 0.0)
    assert stage.run(2.0).command.linear == pytest.approx(0.8)
    stage.points = wall(1.0, 0.2)
    decision = stage.step()
    assert (decision.command, decision.status.reason) == (STOP, Reason.OBSTACLE)
    stage.points = FAR
    assert stage.run(2.0).command.linear == pytest.approx(0.8)


def test_nobody_who_steps_in_a_metre_ahead_is_touched() -> None:
    """A hundred random obstacles at top speed; the robot brakes at 1 m/s2 and 150 ms after it is told to."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        stage = Stage()
        stage.navigation = Velocity(0.8, 0.0)
        stage.run(1.5)
        x, speed, told = 0.0, 0.8, [0.8, 0.8, 0.8]
        at = stage.limits.footprint.front + 1.0
        side = rng.uniform(-0.3, 0.3)
        shape = np.column_stack((np.full(20, at), side + np.linspace(-0.15, 0.15, 20)))
        noise = rng.normal(0, 0.01, (200, 20))
        for step in range(200):
            stage.points = shape - [x, 0.0] + np.column_stack((noise[step], np.zeros(20)))
            stage.inputs = replace(stage.inputs, measured=Velocity(speed, 0.0))
            told.append(stage.step(0.05).command.linear)
            wanted = told[-4]
            speed = max(wanted, speed - 0.05) if wanted < speed else min(wanted, speed + 0.05)
            x += speed * 0.05
            if abs(side) < 0.3:
                assert x + stage.limits.footprint.front < at


def test_the_laser_blind_direction_is_crawled() -> None:
    stage = Stage()
    stage.scanning = False
    stage.navigation = Velocity(-0.4, 0.0)
    for _ in range(30):
        later = Instant(stage.time.ros + 0.05, stage.time.steady + 0.05)
        front_only = ScanView(later.ros, ScanHealth.GOOD, FAR, covered=(-math.pi / 2, math.pi / 2))
        stage.step(scan=front_only, scan_received=later)
    assert stage.last is not None
    assert stage.last.command.linear == pytest.approx(-stage.limits.crawl_speed)


def fence(x: float) -> KeepOutView:
    """An edge across the way, `x` metres ahead of the axle."""
    return KeepOutView(np.column_stack([np.full(41, x), np.linspace(-1.0, 1.0, 41)]))


def test_the_edge_of_a_keep_out_zone_stops_like_a_wall_and_lets_go_back() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    at = 2.0
    for _ in range(200):
        decision = stage.step(keep_out=fence(at))
        at -= decision.command.linear * 0.05
    assert decision.command.linear == pytest.approx(0.0, abs=1e-3)
    assert decision.status.reason is Reason.KEEP_OUT
    assert at - stage.limits.footprint.front == pytest.approx(stage.limits.zones.stop_margin, abs=0.02)
    stage.navigation = Velocity(-0.2, 0.0)
    assert stage.run(1.0, keep_out=fence(at)).command == Velocity(-0.2, 0.0)


def test_a_keep_out_zone_on_the_way_slows_first() -> None:
    stage = Stage()
    stage.navigation = Velocity(0.8, 0.0)
    decision = stage.run(1.5, keep_out=fence(0.75))
    assert decision.status.reason is Reason.KEEP_OUT_NEAR
    assert 0 < decision.command.linear < 0.5


def test_the_nearer_of_wall_and_zone_is_named() -> None:
    stage = Stage()
    stage.navigation = FORWARD
    stage.points = wall(0.30)
    assert stage.run(1.0, keep_out=fence(0.9)).status.reason is Reason.OBSTACLE
    stage.points = FAR
    stage.run(1.0)
    assert stage.run(1.0, keep_out=fence(0.30)).status.reason is Reason.KEEP_OUT


@pytest.mark.parametrize(
    ("view", "reason"),
    [(KeepOutView(inside="fountain"), Reason.KEEP_OUT), (KeepOutView(known=False), Reason.KEEP_OUT_UNKNOWN)],
)
def test_in_a_zone_or_nowhere_only_a_person_drives_and_slowly(view: KeepOutView, reason: Reason) -> None:
    stage = Stage()
    stage.navigation = Velocity(-0.2, 0.3)
    decision = stage.run(1.0, keep_out=view)
    assert (decision.command, decision.status.reason) == (STOP, reason)
    stage.teleoperation = Velocity(0.8, 0.0)
    decision = stage.run(2.0, keep_out=view)
    assert decision.command.linear == pytest.approx(stage.limits.crawl_speed)
    assert decision.status.reason is Reason.KEEP_OUT_NEAR


def test_ages_follow_the_clock_that_says_less() -> None:
    then = Instant(10.0, 100.0)
    assert Instant(13.0, 100.5).age(then) == 0.5  # fast simulation
    assert Instant(10.1, 105.0).age(then) == pytest.approx(0.1)  # slow simulation
    assert Instant(2.0, 100.5).age(then) == 0.5  # simulation restarted


ASTRAY = [KeepOutView(inside="fountain"), KeepOutView(known=False)]
finite = st.floats(-2.0, 2.0)
velocities = st.builds(Velocity, finite, finite) | st.just(STOP)
any_velocity = velocities | st.builds(Velocity, st.floats(), st.floats())
clouds = st.lists(st.tuples(finite, finite), min_size=1, max_size=12).map(np.array)


@st.composite
def steps(draw: st.DrawFn) -> dict[str, object]:
    """One step of a random life: each input is more often well than not."""
    return {
        "dt": draw(st.sampled_from([0.0, 0.02, 0.05, 0.3])),
        "teleoperation": draw(st.none() | any_velocity),
        "navigation": draw(st.none() | any_velocity),
        "estop": draw(st.sampled_from([False, False, False, True])),
        "bumper": draw(st.sampled_from([False, False, False, True])),
        "drive": draw(st.sampled_from([Drive.READY, Drive.READY, *Drive])),
        "clock_running": draw(st.sampled_from([True, True, True, False])),
        "health": draw(st.sampled_from([ScanHealth.GOOD, ScanHealth.GOOD, *ScanHealth])),
        "points": draw(clouds),
        "keep_out": draw(st.just(NO_ZONES) | clouds.map(KeepOutView) | st.sampled_from(ASTRAY)),
        "resume_requested": draw(st.booleans()),
    }


def play(state: GateState, inputs: GateInputs, now: Instant, step: dict[str, object]) -> tuple[Instant, GateInputs]:
    """The inputs after one random step."""
    dt = step["dt"]
    assert isinstance(dt, float)
    now = Instant(now.ros + dt, now.steady + dt)
    for name in ("teleoperation", "navigation"):
        if isinstance(velocity := step[name], Velocity):
            inputs = replace(inputs, **{name: TimedCommand(velocity, now, now.ros)})
    view = ScanView(now.ros, step["health"], step["points"])  # type: ignore[arg-type]
    names = ("estop", "bumper", "drive", "clock_running", "resume_requested", "keep_out")
    plain = {name: step[name] for name in names}
    return now, replace(inputs, scan=view, scan_received=now, bumper_heard=now, **plain)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(life=st.lists(steps(), min_size=1, max_size=25))
def test_whatever_happens_the_invariants_hold(life: list[dict[str, object]]) -> None:
    limits = GateLimits(start_watch=0.0)
    state, inputs, now = GateState(), GateInputs(), Instant(50.0, 50.0)
    stopped_since_resume = False
    for step in life:
        previous = state.command
        now, inputs = play(state, inputs, now, step)
        decision = decide(state, inputs, now, limits)
        state, command, status = decision.state, decision.command, decision.status
        assert command.is_finite
        assert -limits.max_reverse_speed - 1e-9 <= command.linear <= limits.max_speed + 1e-9
        assert abs(command.angular) <= limits.max_turn_rate + 1e-9
        gained = abs(command.linear) - abs(previous.linear) * (command.linear * previous.linear > 0)
        crawl = limits.crawl_speed if status.reason is Reason.BUMPER else 0.0
        assert gained <= limits.acceleration * 0.2 + crawl + 1e-9
        forbidden = inputs.estop or inputs.drive not in (Drive.READY, Drive.NOT_REPORTED) or not inputs.clock_running
        if forbidden or (inputs.bumper and command.linear >= 0) or inputs.scan.health is not ScanHealth.GOOD:  # type: ignore[union-attr]
            assert command.is_zero or status.reason is Reason.BUMPER
        if inputs.keep_out in ASTRAY and status.source is not Source.TELEOPERATION:
            assert command.is_zero
        if status.category is not StopCategory.NOT_PROTECTIVE and status.mode is Mode.STOPPED:
            assert command.is_zero
        latching = inputs.estop or inputs.bumper or inputs.drive is Drive.FAULT
        if inputs.resume_requested and not status.resume_refused:
            stopped_since_resume = False
        if latching:
            stopped_since_resume = True
        if stopped_since_resume and status.source is not Source.TELEOPERATION:
            assert command.is_zero
            assert not status.autonomy_allowed

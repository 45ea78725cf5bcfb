# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol_robot.errors import PatrolError
from patrol_robot.mission import Command, Mission, MissionSettings, Outcome, State
from patrol_robot.route import Route, Waypoint
from ronda_core.clock import ManualClock

ROUTE = Route(
    "round",
    "map",
    (Waypoint("a", 0, 0, 0), Waypoint("b", 1, 0, 0, wait_s=5.0), Waypoint("c", 2, 0, 0)),
)


def mission(clock: ManualClock | None = None, **options: object) -> Mission:
    clock = clock or ManualClock()
    return Mission(ROUTE, clock.now, **options)  # type: ignore[arg-type]


def test_a_whole_round_reaches_every_waypoint_and_waits_where_told() -> None:
    clock = ManualClock()
    m = mission(clock)
    assert m.start() == [Command.DRIVE]
    assert m.arrived() == [Command.DRIVE]
    assert m.arrived() == []
    assert m.state is State.AT_WAYPOINT
    clock.advance(4.9)
    assert m.tick() == []
    clock.advance(0.2)
    assert m.tick() == [Command.DRIVE]
    assert m.arrived() == [Command.FINISH]
    assert (m.state, m.outcome, m.reached, m.lap, m.missed) == (State.DONE, Outcome.NONE, 3, 1, [])


def test_a_waypoint_is_tried_again_then_recorded_as_missed_with_the_reason() -> None:
    m = mission()
    m.start()
    assert m.drive_failed(9004, "no way round the desk") == [Command.DRIVE]
    assert m.index == 0
    assert m.drive_failed(9004, "no way round the desk") == [Command.DRIVE]
    assert m.index == 1
    (missed,) = m.missed
    assert (missed.index, missed.name, missed.lap, missed.code) == (0, "a", 0, 9004)
    assert missed.reason == "no way round the desk"


def test_stop_on_failure_ends_and_records_what_was_left() -> None:
    m = mission(stop_on_failure=True, settings=MissionSettings(attempts=1))
    m.start()
    m.arrived()
    assert m.drive_failed(9005, "stuck") == [Command.FINISH]
    assert (m.state, m.outcome) == (State.FAILED, Outcome.STOP_ON_MISSED_WAYPOINT)
    assert [(x.name, x.code) for x in m.missed] == [("b", 9005), ("c", 0)]


def test_pause_takes_the_goal_back_and_resume_drives_to_the_same_waypoint() -> None:
    m = mission()
    m.start()
    m.arrived()
    assert m.pause("teleoperation") == [Command.CANCEL_DRIVE]
    assert (m.state, m.message) == (State.PAUSED, "paused: teleoperation")
    assert m.arrived() == []
    assert m.drive_failed(9000, "cancelled") == []
    assert m.resume() == [Command.DRIVE]
    assert m.waypoint.name == "b"
    assert m.missed == []


def test_a_pause_at_a_waypoint_keeps_the_rest_of_the_wait() -> None:
    clock = ManualClock()
    m = mission(clock)
    m.start()
    m.arrived()
    m.arrived()
    clock.advance(3.0)
    assert m.pause("operator") == []
    clock.advance(1000.0)
    assert m.tick() == []
    assert m.resume() == []
    clock.advance(1.9)
    assert m.tick() == []
    clock.advance(0.2)
    assert m.tick() == [Command.DRIVE]


def test_no_progress_is_noticed_but_not_while_paused() -> None:
    clock = ManualClock()
    m = mission(clock, settings=MissionSettings(attempts=1, stuck_timeout_s=10.0))
    m.start()
    m.progress(8.0)
    clock.advance(9.0)
    m.progress(7.5)
    clock.advance(9.0)
    m.progress(7.49)
    assert m.tick() == []
    m.pause("operator")
    clock.advance(100.0)
    assert m.tick() == []
    m.resume()
    clock.advance(10.1)
    assert m.tick() == [Command.CANCEL_DRIVE, Command.DRIVE]
    assert m.missed[0].reason == "stuck: no progress in 10 s"


def test_laps_and_the_lap_of_a_missed_waypoint() -> None:
    m = mission(laps=2, settings=MissionSettings(attempts=1), start_index=2)
    m.start()
    assert m.waypoint.name == "c"
    m.arrived()
    assert (m.lap, m.waypoint.name) == (1, "a")
    m.drive_failed(9002, "occupied")
    assert m.missed[0].lap == 1


def test_a_route_without_end_goes_round_again() -> None:
    clock = ManualClock()
    m = Mission(Route("r", "map", ROUTE.waypoints[:1], laps=0), clock.now)
    m.start()
    for _ in range(50):
        assert m.arrived() == [Command.DRIVE]
    assert m.lap == 50


@pytest.mark.parametrize("index", [3, -1])
def test_a_wrong_start_index_ends_at_once(index: int) -> None:
    m = mission(start_index=index)
    assert m.start() == [Command.FINISH]
    assert (m.state, m.outcome) == (State.FAILED, Outcome.BAD_START_INDEX)
    assert "0..2" in m.message


def test_a_stop_records_the_rest_and_later_events_change_nothing() -> None:
    m = mission()
    m.start()
    m.arrived()
    assert m.stop() == [Command.CANCEL_DRIVE, Command.FINISH]
    assert (m.state, [x.name for x in m.missed]) == (State.STOPPED, ["b", "c"])
    assert m.arrived() == m.resume() == m.tick() == m.stop() == m.pause("x") == []
    with pytest.raises(PatrolError, match="begun already"):
        m.start()


def test_a_stop_while_waiting_does_not_count_the_reached_waypoint_as_missed() -> None:
    m = mission()
    m.start()
    m.arrived()
    m.arrived()
    m.pause("operator")
    assert m.stop() == [Command.FINISH]
    assert [x.name for x in m.missed] == ["c"]


def test_a_low_battery_is_reported_and_a_critical_one_ends_the_round() -> None:
    m = mission()
    m.start()
    assert m.battery(0.15) == []
    assert m.message == "battery low: 15%; the round goes on"
    assert m.battery(float("nan")) == []
    assert m.battery(0.05) == [Command.CANCEL_DRIVE, Command.FINISH]
    assert (m.state, m.outcome) == (State.FAILED, Outcome.BATTERY_LOW)
    assert len(m.missed) == 3


def test_nothing_to_drive_with_ends_the_round() -> None:
    m = mission()
    m.start()
    assert m.navigation_unavailable("no navigate_to server") == [Command.FINISH]
    assert m.outcome is Outcome.NAVIGATION_UNAVAILABLE


EVENTS = st.lists(
    st.sampled_from(["arrived", "fail", "pause", "resume", "wait", "tick", "progress", "battery"]), max_size=80
)


@given(EVENTS, st.integers(1, 3), st.booleans())
def test_whatever_happens_no_waypoint_of_a_lap_is_lost(events: list[str], attempts: int, stop: bool) -> None:
    """Reached and missed waypoints together are exactly those that the round has passed."""
    clock = ManualClock()
    m = mission(clock, laps=2, settings=MissionSettings(attempts=attempts))
    m.start()
    for event in events:
        {
            "arrived": m.arrived,
            "fail": lambda: m.drive_failed(9004, "blocked"),
            "pause": lambda: m.pause("operator"),
            "resume": m.resume,
            "wait": lambda: clock.advance(20.0),
            "tick": m.tick,
            "progress": lambda: m.progress(1.0),
            "battery": lambda: m.battery(0.5),
        }[event]()
    standing = m.state is State.AT_WAYPOINT or (m.state is State.PAUSED and m.distance_remaining == 0.0)
    if stop and not m.over:
        m.stop()
        assert m.reached + len(m.missed) == (m.lap + 1) * 3
    else:
        assert m.reached + len(m.missed) == m.lap * 3 + (0 if m.over else m.index) + standing

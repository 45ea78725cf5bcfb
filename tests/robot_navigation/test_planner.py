# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from flat_world import building
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robot_navigation.codes import NavigationCode
from robot_navigation.costmap import Costmap, Inflation
from robot_navigation.errors import PlanningError
from robot_navigation.grid import GridMap
from robot_navigation.path_geometry import path_length, resample
from robot_navigation.planner import PlannerSettings, plan_path


@pytest.fixture(scope="module")
def costmap() -> Costmap:
    return Costmap(building().grid(), Inflation())


def code(costmap, start, goal, planner=None):
    with pytest.raises(PlanningError) as caught:
        plan_path(costmap, start, goal, planner)
    return caught.value.code


def test_the_path_leads_through_the_door_and_keeps_its_distance(costmap):
    plan = plan_path(costmap, (-7.0, 4.0), (7.0, -4.0))
    assert np.allclose(plan.points[0], (-7.0, 4.0)) and np.allclose(plan.points[-1], (7.0, -4.0))
    at_wall = plan.points[np.abs(plan.points[:, 0] + 1.0) < 0.1]
    assert ((at_wall[:, 1] > -1.5) & (at_wall[:, 1] < 0.3)).all()
    assert costmap.clearance(plan.points).min() >= costmap.inflation.robot_radius
    assert plan.length == pytest.approx(path_length(plan.points))


def test_a_goal_in_a_wall_is_occupied(costmap):
    assert code(costmap, (-7.0, 4.0), (-1.0, -3.0)) is NavigationCode.GOAL_OCCUPIED


def test_a_goal_too_near_to_a_wall_is_moved_a_little_or_refused(costmap):
    plan = plan_path(costmap, (-7.0, 4.0), (-1.3, -3.0))
    assert 0.0 < plan.goal_moved <= 0.25
    assert code(costmap, (-7.0, 4.0), (-1.3, -3.0), PlannerSettings(tolerance=0.0)) is NavigationCode.GOAL_OCCUPIED


def test_a_start_in_a_wall_and_points_outside_the_map_are_named(costmap):
    assert code(costmap, (-1.0, -3.0), (-7.0, 4.0)) is NavigationCode.START_OCCUPIED
    assert code(costmap, (90.0, 0.0), (-7.0, 4.0)) is NavigationCode.OUTSIDE_MAP
    assert code(costmap, (-7.0, 4.0), (0.0, 90.0)) is NavigationCode.OUTSIDE_MAP


def test_a_start_inside_the_inflation_can_leave_it(costmap):
    plan = plan_path(costmap, (-7.85, 0.0), (-7.0, 4.0))
    cells = costmap.grid.to_cells(resample(plan.points, 0.01))
    assert not costmap.blocked[cells[:, 0], cells[:, 1]].any()
    assert costmap.clearance(plan.points[-20:]).min() >= costmap.inflation.robot_radius


def test_a_closed_door_leaves_no_path(costmap):
    door = np.column_stack([np.full(60, -1.0), np.linspace(-1.6, 0.4, 60)])
    closed = Costmap(costmap.grid, costmap.inflation, door)
    assert code(closed, (-7.0, 4.0), (7.0, -4.0)) is NavigationCode.NO_VALID_PATH


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([1, 2, 4]))
def test_no_path_crosses_a_lethal_cell_and_coarse_search_finds_what_fine_search_finds(seed, factor):
    random = np.random.default_rng(seed)
    cells = np.zeros((120, 130), np.int8)
    for _ in range(random.integers(4, 14)):
        row, column = random.integers(0, 110, 2)
        cells[row : row + random.integers(2, 25), column : column + random.integers(2, 25)] = 100
    costmap = Costmap(GridMap(cells, 0.05), Inflation())
    free = np.argwhere(~costmap.lethal)
    start, goal = costmap.grid.to_points(free[random.integers(len(free), size=2)])
    try:
        reference = plan_path(costmap, tuple(start), tuple(goal), PlannerSettings(coarse_factor=1))
    except PlanningError as error:
        assert error.code is NavigationCode.NO_VALID_PATH
        assert code(costmap, tuple(start), tuple(goal), PlannerSettings(coarse_factor=factor)) is error.code
        return
    plan = plan_path(costmap, tuple(start), tuple(goal), PlannerSettings(coarse_factor=factor))
    dense = resample(plan.points, 0.005)
    # A diagonal step of the search may graze the corner where two lethal cells meet, by less than a cell.
    assert costmap.clearance(dense).min() >= costmap.inflation.robot_radius - costmap.grid.resolution
    assert plan.length <= 1.5 * reference.length + 0.5

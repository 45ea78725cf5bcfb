# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from patrol_robot.errors import RouteError
from patrol_robot.route import Route, Waypoint
from patrol_robot.route_check import Floor, check_route


def floor(yaw: float = 0.0) -> Floor:
    """A room of 4 m x 2 m (x, y) with 0.1 m cells and a wall at x 3.0..3.1; unknown above y 1.8."""
    cells = np.zeros((20, 40), np.int8)
    cells[:, 30] = 100
    cells[18:, :] = -1
    return Floor(cells, 0.1, 0.0, 0.0, yaw)


def route_to(x: float, y: float) -> Route:
    return Route("r", "map", (Waypoint("start", 1.0, 1.0, 0.0), Waypoint("there", x, y, 0.0)))


def test_free_floor_is_accepted() -> None:
    check_route(route_to(2.0, 1.0), floor(), clearance_m=0.3)


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (3.05, 1.0, "inside a wall"),
        (2.85, 1.0, "from a wall, the robot needs 0.30 m"),
        (9.0, 1.0, "outside the map"),
        (-0.01, 1.0, "outside the map"),
        (1.0, 1.9, "knows nothing"),
    ],
)
def test_names_the_waypoint_that_cannot_be_reached(x: float, y: float, says: str) -> None:
    with pytest.raises(RouteError, match=f"waypoint 1 'there'.*{says}"):
        check_route(route_to(x, y), floor(), clearance_m=0.3)


def test_a_turned_map_is_read_in_its_own_axes() -> None:
    turned = floor(yaw=math.pi / 2)
    assert turned.cell_of(-1.05, 3.05) == (10, 30)
    with pytest.raises(RouteError, match="inside a wall"):
        check_route(Route("r", "map", (Waypoint("there", -1.05, 3.05, 0.0),)), turned, clearance_m=0.0)

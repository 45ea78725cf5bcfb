# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from flat_world import FlatWorld

from robot_navigation.errors import WorldMapError
from robot_navigation.world_map import bounded, box, cylinder, draw_map, slice_outline, sphere

ROOM = [(-3.1, -2.1, 3.1, -2.0), (-3.1, 2.0, 3.1, 2.1), (-3.1, -2.0, -3.0, 2.0), (3.0, -2.0, 3.1, 2.0)]


def at(x: float, y: float, z: float) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    return pose


def drawn(*solids, band=(0.1, 0.5), **options):
    return draw_map([*FlatWorld(ROOM).solids(), *solids], resolution=0.05, band=band, **options)


def value(grid, x: float, y: float) -> int:
    return int(grid.cells[grid.to_cell(x, y)])


def test_walls_are_occupied_the_inside_is_free_and_the_outside_unknown():
    grid = drawn()
    assert value(grid, 3.05, 0.5) == 100
    assert value(grid, 0.0, 0.0) == 0
    assert value(grid, 3.8, 0.0) == -1


def test_only_what_stands_in_the_band_counts():
    sign, sill, column = box((0.5, 0.5, 0.2), at(1, 1, 2.5)), box((0.5, 0.5, 0.2), at(-1, 1, 0.1)), cylinder(
        0.3, 3.0, at(0, -1, 1.5)
    )  # fmt: skip
    grid = drawn(sign, sill, column)
    assert value(grid, 1.0, 1.0) == 0
    assert value(grid, -1.0, 1.0) == 100
    assert value(grid, 0.0, -1.0) == 100 and value(grid, 0.28, -1.0) == 100 and value(grid, 0.36, -1.0) == 0


def test_a_sphere_is_as_wide_as_its_slice():
    outline = slice_outline(sphere(0.5, at(0, 0, 0.9)), (0.0, 0.5))
    radius = np.hypot(*outline.T).max()
    assert radius == pytest.approx(0.3, abs=0.03)


def test_a_gap_in_the_wall_asks_for_a_point_inside():
    open_room = FlatWorld(ROOM[:3]).solids()
    with pytest.raises(WorldMapError) as caught:
        draw_map(open_room, resolution=0.05, band=(0.1, 0.5))
    assert "--inside" in caught.value.hint
    grid = draw_map(open_room, resolution=0.05, band=(0.1, 0.5), seed_point=(0.0, 0.0))
    assert value(grid, 0.0, 0.0) == 0
    with pytest.raises(WorldMapError, match="not on free floor"):
        draw_map(open_room, resolution=0.05, band=(0.1, 0.5), seed_point=(-3.05, 0.0))


def test_an_empty_band_is_an_error():
    with pytest.raises(WorldMapError, match="nothing in the world"):
        drawn(band=(5.0, 6.0))


def test_what_lies_behind_open_doors_is_unknown():
    grid = drawn(seed_point=(0.0, 0.0))
    cut = bounded(grid, -1.0, -2.0, 3.1, 2.0)
    assert (value(cut, 0.0, 0.0), value(cut, -1.5, 0.0), value(cut, -3.05, 0.5)) == (0, -1, 100)
    with pytest.raises(WorldMapError, match="hold nothing"):
        bounded(grid, 1.0, -2.0, 1.0, 2.0)

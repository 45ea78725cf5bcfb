# SPDX-License-Identifier: Apache-2.0
import numpy as np
from typer.testing import CliRunner

from robot_navigation.cli import app
from robot_navigation.map_file import load_map


def test_the_map_of_the_airport_is_the_one_that_its_world_gives(repository, tmp_path):
    result = CliRunner().invoke(
        app, ["from-world", str(repository / "worlds/airport.sdf"), "--out", str(tmp_path / "a")]
    )
    assert result.exit_code == 0, result.output
    made, kept = load_map(tmp_path / "a.yaml"), load_map(repository / "maps/airport.yaml")
    assert np.array_equal(made.cells, kept.cells)
    assert (made.origin_x, made.origin_y) == (kept.origin_x, kept.origin_y)


def test_people_are_no_part_of_the_building(repository, tmp_path):
    world = str(repository / "worlds/airport.sdf")
    out = tmp_path / "all"
    assert CliRunner().invoke(app, ["from-world", world, "--out", str(out), "--exclude", "none"]).exit_code == 0
    with_people, without = load_map(f"{out}.yaml"), load_map(repository / "maps/airport.yaml")
    assert with_people.occupied.sum() > without.occupied.sum()


def test_check_says_what_a_map_holds(repository):
    result = CliRunner().invoke(app, ["check", str(repository / "maps/airport.yaml")])
    assert result.exit_code == 0 and "930 x 608 cells of 0.05 m" in result.output

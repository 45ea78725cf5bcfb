# SPDX-License-Identifier: Apache-2.0
"""The check of world files: the airport passes, each kind of damage is named with its line."""

from pathlib import Path

import pytest

from robot_simulation.errors import WorldError
from robot_simulation.world_check import check_world

AIRPORT = Path(__file__).resolve().parents[2] / "worlds" / "airport.sdf"
WORLD = """<sdf version="1.9">
<world name="w">
<model name="m">
<link name="l">
<visual name="v">
<geometry><box><size>1 1 1</size></box></geometry>
</visual>
</link>
</model>
</world>
</sdf>"""


def test_airport_is_sound() -> None:
    assert check_world(AIRPORT) == []


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        (
            "<box><size>1 1 1</size></box>",
            "<mesh><uri>a.dae</uri></mesh>",
            ":6: <mesh> inside <geometry> is not supported",
        ),
        ("1 1 1", "1 one 1", ":6: <size> holds '1 one 1' instead of numbers"),
        ("1 1 1", "1 -1 1", ":6: <size> must be above zero"),
        ("1 1 1", "1 1 1 1", ":6: <size> holds 4 numbers"),
        ('version="1.9"', 'version="1.11"', ":1: write sdf version 1.9"),
        ("<link", "<include/><link", ":4: <include> inside <model> is not supported"),
        (
            "</visual>",
            "<material><pbr><metal><albedo_map>no.png</albedo_map></metal></pbr></material></visual>",
            "no.png",
        ),
        ('name="m"', "", ":3: <model> needs a name of its own"),
    ],
)
def test_damage_is_named_with_its_line(tmp_path: Path, good: str, bad: str, said: str) -> None:
    file = tmp_path / "w.sdf"
    file.write_text(WORLD)
    assert check_world(file) == []
    file.write_text(WORLD.replace(good, bad))
    (problem,) = check_world(file)
    assert said in problem


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot read"):
        check_world(tmp_path / "none.sdf")
    broken = tmp_path / "broken.sdf"
    broken.write_text("<sdf><world>")
    with pytest.raises(WorldError, match="not XML"):
        check_world(broken)

# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.robot_simulation.small_world import write_robot

from robot_simulation.errors import DescriptionError
from robot_simulation.reference import read_reference, robot_of
from robot_simulation.urdf_reader import read_robot


@pytest.mark.parametrize("text", [None, "{", "[]", '{"columns": ["t"]}'])
def test_names_the_file_that_is_no_recording(tmp_path, text):
    if text is not None:
        (tmp_path / "expected.json").write_text(text)
    with pytest.raises(DescriptionError, match=r"expected\.json: is no recording") as caught:
        read_reference(tmp_path)
    assert "expected.json with columns" in caught.value.hint


def test_a_variant_is_told_by_its_ending(tmp_path):
    cylinder = '<cylinder radius="0.1" length="0.04"/>'
    path = write_robot(tmp_path, '<collision><geometry><sphere radius="0.1"/>', f"<collision><geometry>{cylinder}")
    robot = read_robot(path)

    def wheels(changed):
        return {c.shape.size for link in changed.links if link.name.endswith("wheel") for c in link.collisions}

    assert wheels(robot) == {(0.1, 0.04)}
    assert wheels(robot_of(robot, "turn_narrow")) == {(0.1, 0.01)}
    assert wheels(robot_of(robot, "turn_sphere")) == {(0.1,)}
    assert robot_of(robot, "turn_nolimit").blocks.drive.linear.max_acceleration == float("inf")
    with pytest.raises(DescriptionError, match="'turn_wobbly': unknown change 'wobbly'"):
        robot_of(robot, "turn_wobbly")

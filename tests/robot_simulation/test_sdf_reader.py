# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.robot_simulation.small_world import write_world

from robot_simulation.errors import DescriptionError
from robot_simulation.sdf_reader import read_world

LINK = "<link name='l'/></model>"


def shape(geometry):
    """A model of one visual."""
    visual = f"<visual name='v'><geometry>{geometry}</geometry></visual>"
    return f"<model name='m'><link name='l'>{visual}</link></model>"


def test_resolves_poses_relative_to_named_frames(tmp_path):
    wall = next(model for model in read_world(write_world(tmp_path)).models if model.name == "wall")
    assert wall.pose[:3, 3].tolist() == [2.1, 0.0, 0.5]


def test_refuses_an_unknown_element_with_file_line_and_suggestion(tmp_path):
    path = write_world(tmp_path, "<modle name='x'/>")
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if "modle" in text)
    with pytest.raises(DescriptionError) as caught:
        read_world(path)
    assert f"small.sdf:{line}: unknown element <modle> in <world>, did you mean 'model'?" in str(caught.value)


def test_includes_a_model_under_another_name_and_pose(tmp_path):
    (tmp_path / "crate").mkdir()
    (tmp_path / "crate" / "model.sdf").write_text(
        "<sdf version='1.9'><model name='crate'><static>true</static><link name='l'><collision name='c'><geometry>"
        "<sphere><radius>0.1</radius></sphere></geometry></collision></link></model></sdf>"
    )
    more = "<include><uri>model://crate</uri><name>second</name><pose>1 2 3 0 0 0</pose></include>"
    model = next(m for m in read_world(write_world(tmp_path, more)).models if m.name == "second")
    assert model.pose[:3, 3].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("<model name='m'><pose relative_to='nowhere'/>" + LINK, "unknown frame 'nowhere'"),
        (shape("<box><size>1 1</size></box>"), "expected 3 numbers"),
        (shape("<mesh/>"), "<mesh>"),
        ("<include><uri>model://nowhere</uri></include>", "is not found"),
        ("<model", "not well-formed"),
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_load(tmp_path, more, message):
    with pytest.raises(DescriptionError, match=message):
        read_world(write_world(tmp_path, more))

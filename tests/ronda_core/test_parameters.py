# SPDX-License-Identifier: Apache-2.0
import math

import pytest
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from ronda_core import parameters
from ronda_core.errors import ParameterError

SPEC = parameters.parse_spec(
    """
max_speed: {type: double, default: 0.8, unit: m/s, min: 0.0, max: 2.0, description: Upper speed}
source: {type: string, default: raw, choices: [raw, compressed], description: Which topic}
beams: {type: int, default: 60, min: 1, description: Beams used}
zones: {type: double_array, default: [], description: Distances}
enabled: {type: bool, default: true, description: On or off}
""",
    "test.yaml",
)


def test_defaults_stand_where_nothing_overrides():
    assert parameters.resolve(SPEC, {"beams": 30}) == {
        "max_speed": 0.8,
        "source": "raw",
        "beams": 30,
        "zones": [],
        "enabled": True,
    }


def test_a_whole_number_is_a_good_double():
    value = parameters.resolve(SPEC, {"max_speed": 1})["max_speed"]
    assert value == 1.0 and isinstance(value, float)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"max_sped": 1.0}, "unknown parameter 'max_sped', did you mean 'max_speed'?"),
        ({"max_speed": 3.0}, "must be at least 0.0 m/s and at most 2.0 m/s"),
        ({"max_speed": math.nan}, "not a number"),
        ({"max_speed": "fast"}, "must be of type double, found 'fast'"),
        ({"beams": True}, "must be of type int"),
        ({"beams": 1.0}, "must be of type int"),
        ({"beams": 0}, "must be at least 1"),
        ({"source": "compresed"}, "did you mean 'compressed'?"),
        ({"zones": 1.0}, "must be a list"),
        ({"zones": [1.0, "x"]}, "must be of type double_array"),
        ({"enabled": 1}, "must be of type bool"),
    ],
)
def test_a_bad_override_says_what_is_wrong(overrides, words):
    with pytest.raises(ParameterError) as caught:
        parameters.resolve(SPEC, overrides, where="node /gate")
    assert words in str(caught.value) and "node /gate" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {type: double, default: 1.0}", "lacks description"),
        ("a: {type: number, default: 1, description: x}", "unknown type 'number'"),
        ("a: {type: int, default: 1, descripton: x}", "did you mean 'description'?"),
        ("a: {type: int, default: 5, max: 3, description: x}", "at most 3"),
        ("a: [", "is not YAML"),
        ("- a", "expected parameter names"),
    ],
)
def test_a_bad_description_is_refused(text, words):
    with pytest.raises(ParameterError) as caught:
        parameters.parse_spec(text, "node.yaml")
    assert words in str(caught.value) and "node.yaml" in str(caught.value)


def test_every_description_file_in_the_tree_loads(repository):
    files = sorted(repository.glob("src/*/parameters/*.yaml"))
    for file in files:
        assert parameters.load_spec(file.parents[1].name, file.stem)


@pytest.fixture
def ros_context():
    context = Context()
    rclpy.init(context=context)
    yield context
    rclpy.try_shutdown(context=context)


def test_a_node_gets_its_values_and_descriptors(ros_context):
    node = Node(
        "gate",
        context=ros_context,
        parameter_overrides=[RosParameter("max_speed", value=1), RosParameter("zones", value=[0.5, 1.0])],
    )
    try:
        assert parameters.declare(node, SPEC)["max_speed"] == 1.0
        assert node.get_parameter("zones").value == [0.5, 1.0]
        assert node.describe_parameter("max_speed").description == "Upper speed [m/s]"
    finally:
        node.destroy_node()


def test_a_node_refuses_an_unknown_override(ros_context):
    node = Node("gate", context=ros_context, parameter_overrides=[RosParameter("max_sped", value=1.0)])
    try:
        with pytest.raises(ParameterError, match="node /gate: unknown parameter 'max_sped'"):
            parameters.declare(node, SPEC)
    finally:
        node.destroy_node()

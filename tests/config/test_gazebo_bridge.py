# SPDX-License-Identifier: Apache-2.0
"""Gazebo's bridge speaks of topics that the description publishes and that nodes of the graph really use.

What the nodes use is read from their sources: the first arguments of create_publisher and create_subscription.
"""

import ast
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xacro
import yaml

ROOT = Path(__file__).resolve().parents[2]
BRIDGE, GARAGE, PLATES = (
    yaml.safe_load((ROOT / f"config/gazebo_bridge{name}.yaml").read_text()) for name in ("", "_garage", "_plates")
)
# Published for people and tools (RViz, measuring), or read by rclpy itself (/clock).
ONLY_FOR_TOOLS = {"/clock", "imu", "ground_truth"}


def used_topics() -> dict[str, set[str]]:
    """Topic name -> {'pub', 'sub'} over every node and helper in src/ except the embedded simulator."""
    used: dict[str, set[str]] = {}
    for file in (ROOT / "src").rglob("*.py"):
        if file.name.startswith("simulator"):
            continue
        for call in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            kind = {"create_publisher": "pub", "create_subscription": "sub"}.get(call.func.attr)
            if kind and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                used.setdefault(str(call.args[1].value), set()).add(kind)
    return used


def test_rules_are_complete() -> None:
    for rule in BRIDGE + GARAGE + PLATES:
        assert set(rule) == {"ros_topic_name", "gz_topic_name", "ros_type_name", "gz_type_name", "direction"}
        assert rule["direction"] in ("GZ_TO_ROS", "ROS_TO_GZ")
        assert rule["gz_type_name"].startswith("gz.msgs.")


def topics_of(robot: str) -> set[str | None]:
    """Topics in the `<gazebo>` blocks of a robot of the name `r`."""
    described = xacro.process_file(str(ROOT / f"urdf/{robot}.urdf.xacro"), mappings={"namespace": "r"}).toxml()
    blocks = ET.fromstring(described).findall("gazebo")
    return {e.text for block in blocks for e in block.iter() if e.tag.endswith("topic")}


@pytest.mark.parametrize(
    ("robot", "rules"), [("patrol_robot", BRIDGE), ("parking_robot", BRIDGE), ("parking_robot", PLATES)]
)
def test_gazebo_topics_are_those_of_the_description(robot: str, rules: list[dict[str, str]]) -> None:
    topics = topics_of(robot)
    for rule in rules:
        if rule["gz_topic_name"] != "/clock":
            assert f"r/{rule['gz_topic_name']}" in topics, rule


def test_the_garages_topics_are_those_of_its_world() -> None:
    world = ET.parse(ROOT / "worlds/garage.sdf")
    topics = {e.text for e in world.iter() if e.tag.endswith("topic")}
    for rule in GARAGE:
        assert rule["gz_topic_name"].lstrip("/") in topics, rule


def test_nodes_use_the_bridged_topics() -> None:
    used = used_topics()
    for rule in BRIDGE:
        name = rule["ros_topic_name"]
        if name not in ONLY_FOR_TOOLS:
            wanted = "sub" if rule["direction"] == "GZ_TO_ROS" else "pub"
            assert wanted in used.get(name, set()), f"no node of ours has a {wanted} on {name}"


def test_ros_types_exist() -> None:
    for rule in BRIDGE + GARAGE + PLATES:
        if not rule["ros_type_name"].startswith("ros_gz_interfaces/"):
            package, _, name = rule["ros_type_name"].split("/")
            assert hasattr(import_module(f"{package}.msg"), name)

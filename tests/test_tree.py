# SPDX-License-Identifier: Apache-2.0
"""The rules of the tree that a reviewer would otherwise have to watch: layers, sizes, names, licences."""

import ast
import re
from pathlib import Path

import pytest

TREE = Path(__file__).parent.parent
SOURCES = sorted((TREE / "src").rglob("*.py"))

# What a package may import of the others; ronda_core is everybody's, ronda_cli stands on top.
MAY_IMPORT = {
    "ronda_core": set(),
    "face_perception": set(),
    "robot_base": set(),
    "robot_navigation": set(),
    "robot_simulation": set(),
    "patrol_robot": {"face_perception", "robot_base", "robot_navigation"},
    "parking_robot": {"face_perception", "robot_base", "robot_navigation"},
    "operator_console": {"patrol_robot", "parking_robot", "face_perception", "robot_base", "robot_navigation"},
}
# The doors for people: a command may reach for another package's half of the work.
DOORS = re.compile(r"(^|_)(cli|demo|bench)")
# Modules of ronda_core that speak ROS by their purpose; elsewhere only *_node.py and these adapters may.
ROS_MODULES = {
    "ronda_core": {
        "qos",
        "node_main",
        "images",
        "ros_transforms",
        "stamps",
        "diagnostics",
        "parameters",
        "executor",
        "deferred_action",
        "deferred_service",
        "spun",
    },
}
MAX_LINES = 400


def imports(file: Path) -> set[str]:
    """The top-level names that a file imports when it is loaded, and inside its functions."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def name(file: Path) -> str:
    return str(file.relative_to(TREE))


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_packages_depend_downwards_only(file):
    package = file.relative_to(TREE / "src").parts[0]
    if package == "ronda_cli" or DOORS.search(file.stem):
        return
    others = imports(file) & (set(MAY_IMPORT) | {"ronda_cli"}) - {package, "ronda_core"}
    assert others <= MAY_IMPORT[package], f"{package} must not import {', '.join(sorted(others - MAY_IMPORT[package]))}"


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_only_nodes_speak_ros(file):
    package = file.relative_to(TREE / "src").parts[0]
    spoken = imports(file) & {"rclpy", "ronda", "geometry_msgs", "sensor_msgs", "nav_msgs", "std_msgs", "tf2_msgs"}
    adapter = re.search(r"_node$|(^|_)(ros|cli|demo|bench|doctor|adapter|listener|messages|topics)", file.stem)
    allowed = adapter or package == "ronda_cli" or file.stem in ROS_MODULES.get(package, ())
    assert not spoken or allowed, f"{', '.join(sorted(spoken))} belongs into a *_node.py"


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_files_are_short_and_licensed(file):
    lines = file.read_text().splitlines()
    assert len(lines) <= MAX_LINES
    assert not lines or lines[0].startswith(("# SPDX-License-Identifier: Apache-2.0", "#!"))


@pytest.mark.parametrize("file", [f for f in SOURCES if not f.stem.endswith(("cli", "clock"))], ids=name)
def test_wall_time_is_handed_in(file):
    package = file.relative_to(TREE / "src").parts[0]
    if package == "ronda_cli" or DOORS.search(file.stem) or file.stem.endswith("_node"):
        return
    calls = re.findall(r"\btime\.time\(\)|\bdatetime\.now\(|\btime\.sleep\(", file.read_text())
    assert not calls, "hand in a ronda_core.clock.Clock"

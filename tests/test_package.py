# SPDX-License-Identifier: Apache-2.0
"""The two ways of building name the same things: pyproject.toml for pip, CMakeLists.txt and package.xml for colcon."""

import os
import re
import signal
import stat
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

TREE = Path(__file__).parent.parent
PROJECT = tomllib.loads((TREE / "pyproject.toml").read_text())
PACKAGES = {folder.name for folder in (TREE / "src").iterdir() if (folder / "__init__.py").exists()}


def test_both_builds_install_every_python_package():
    of_pip = {Path(entry).name for entry in PROJECT["tool"]["scikit-build"]["wheel"]["packages"]}
    listed = re.search(r"set\(python_packages\s+([^)]*)\)", (TREE / "CMakeLists.txt").read_text())
    assert of_pip == PACKAGES == set(listed.group(1).split())


def test_no_python_package_has_the_name_of_the_ros_package():
    # rosidl generates a module of that name.
    assert "ronda" not in PACKAGES


def test_both_builds_state_the_same_version():
    manifest = ET.parse(TREE / "package.xml").getroot()
    assert manifest.findtext("version") == PROJECT["project"]["version"]
    assert manifest.findtext("license") == PROJECT["project"]["license"] == "Apache-2.0"


def test_a_build_without_isolation_has_the_same_requirements():
    lines = (TREE / "requirements-build.txt").read_text().splitlines()
    stated = {line for line in lines if line and not line.startswith("#")}
    assert stated == {*PROJECT["build-system"]["requires"], "ninja"}


def test_the_wheel_of_tf2_msgs_is_built_in_the_same_way():
    nested = tomllib.loads((TREE / "interfaces/tf2_msgs/pyproject.toml").read_text())
    assert set(nested["build-system"]["requires"]) == set(PROJECT["build-system"]["requires"])
    assert (TREE / "interfaces/COLCON_IGNORE").exists(), "a native installation has its own tf2_msgs"


@pytest.mark.parametrize("file", sorted(TREE.glob("src/*/*_node.py")), ids=lambda file: file.stem)
def test_every_node_has_its_starter(file):
    starter = Path(sys.prefix) / "lib/ronda" / file.stem
    assert starter.stat().st_mode & stat.S_IXUSR
    assert f"from {file.parent.name}.{file.stem} import main" in starter.read_text()


def test_a_starter_that_is_interrupted_while_it_imports_says_nothing(tmp_path):
    text = (Path(sys.prefix) / "lib/ronda/patrol_node").read_text()
    (tmp_path / "starter").write_text(text.replace("patrol_robot.patrol_node", "long_in_coming"))
    (tmp_path / "long_in_coming.py").write_text("import signal\nprint('importing', flush=True)\nsignal.pause()\n")
    with subprocess.Popen(
        [sys.executable, tmp_path / "starter"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as node:
        assert node.stdout.readline() == "importing\n"
        node.send_signal(signal.SIGINT)
        assert node.communicate() == ("", "")
    assert node.returncode == -signal.SIGINT


def test_every_dependency_is_explained():
    explained = (TREE / "docs/dependencies.md").read_text()
    extras = PROJECT["project"]["optional-dependencies"]
    required = PROJECT["project"]["dependencies"] + [name for extra in extras.values() for name in extra]
    names = {re.match(r"[\w.-]+", requirement).group() for requirement in required}
    assert not {name for name in names if f"`{name}`" not in explained}


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", (TREE / "README.md").read_text()))))
def test_the_readme_points_at_files_that_exist(link):
    assert (TREE / link).exists()


def test_the_readme_s_commands_exist():
    words = set(re.findall(r"`ronda ([a-z]+)", (TREE / "README.md").read_text()))
    assert {"demo", "doctor", "launch", "teleop", "faces"} <= words
    text = subprocess.run(["ronda", "--help"], capture_output=True, text=True, check=True, env=_on_path()).stdout
    assert not {word for word in words if not re.search(rf"^\s+{word}\b", text, re.MULTILINE)}


def _on_path() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def test_missing_tools_are_named_with_their_remedy(tmp_path):
    # A PATH with nothing but the shell's own tools on it: neither the Python asked for nor a compiler.
    for tool in ("bash", "uname"):
        (tmp_path / tool).symlink_to(Path("/usr/bin") / tool)
    done = subprocess.run(
        ["/usr/bin/bash", TREE / "scripts/check_tools", "python3.99"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "missing: python3.99" in done.stderr and "missing: a C++ compiler" in done.stderr
    assert done.stderr.count("try:") == done.stderr.count("missing:")

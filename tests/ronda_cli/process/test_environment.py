# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ronda_cli.errors import CliError
from ronda_cli.process.environment import (
    WHEELS_GUARD,
    domain_of,
    foreign_environment,
    launch_environment,
    network_wanted,
)

SHARE = Path(__file__).parents[3]


def test_this_machine_alone_with_room_for_pictures_by_default():
    environment = launch_environment({}, SHARE, network=False)
    assert environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "LOCALHOST"
    assert environment["FASTRTPS_DEFAULT_PROFILES_FILE"] == str(SHARE / "config/fastdds.xml")
    assert environment["AMENT_PREFIX_PATH"] == sys.prefix
    assert int(environment["MALLOC_MMAP_THRESHOLD_"]) > 4096 * 2160 * 3


def test_the_thread_pools_of_a_node_have_one_thread():
    environment = launch_environment({"OMP_NUM_THREADS": "4"}, SHARE, network=False)
    asked = [sys.executable, "-c", "import cv2; print(cv2.getNumThreads())"]
    told = subprocess.run(asked, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    assert int(told.stdout) == 1
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert environment["OMP_NUM_THREADS"] == "4"


def test_network_leaves_discovery_to_ros():
    environment = launch_environment({}, SHARE, network=True)
    assert "ROS_AUTOMATIC_DISCOVERY_RANGE" not in environment
    assert environment["FASTRTPS_DEFAULT_PROFILES_FILE"] == str(SHARE / "config/fastdds_network.xml")


def test_what_the_caller_has_set_stays():
    own = {
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET",
        "FASTRTPS_DEFAULT_PROFILES_FILE": "/mine.xml",
        "AMENT_PREFIX_PATH": "/opt/ros/jazzy",
    }
    environment = launch_environment(own, SHARE, network=False)
    assert environment["AMENT_PREFIX_PATH"] == f"/opt/ros/jazzy{os.pathsep}{sys.prefix}"
    assert {**environment, "AMENT_PREFIX_PATH": "/opt/ros/jazzy"}.items() >= own.items()


@pytest.mark.parametrize("text", ["233", "-1", "x", "1.5", "٣"])
def test_a_domain_that_is_none_is_refused(text):
    with pytest.raises(CliError, match="no domain"):
        domain_of({"ROS_DOMAIN_ID": text})


@pytest.mark.parametrize(("text", "wanted"), [("", False), ("0", False), ("1", True), ("true", True), ("no", False)])
def test_network_variable(text, wanted):
    assert network_wanted({"RONDA_NETWORK": text}) is wanted


def test_other_programs_do_not_inherit_what_the_wheels_set():
    mine = f"{sys.prefix}/lib"
    given = {WHEELS_GUARD: "1", "LD_LIBRARY_PATH": f"/own{os.pathsep}{mine}", "A": "b"}
    assert foreign_environment(given) == {"LD_LIBRARY_PATH": "/own", "A": "b"}
    assert foreign_environment({WHEELS_GUARD: "1", "LD_LIBRARY_PATH": mine}) == {}
    assert foreign_environment({"LD_LIBRARY_PATH": "/own"}) == {"LD_LIBRARY_PATH": "/own"}


@pytest.mark.parametrize("name", ["fastdds.xml", "fastdds_network.xml"])
def test_profiles_differ_in_the_white_list_alone(name):
    text = (SHARE / "config" / name).read_text()
    assert "33554432" in text
    assert ("127.0.0.1" in text) is (name == "fastdds.xml")

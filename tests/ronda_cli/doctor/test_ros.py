# SPDX-License-Identifier: Apache-2.0
from ronda_cli.doctor.finding import Level
from ronda_cli.doctor.ros import check


def test_ros_and_the_interfaces_are_found_where_the_tests_run():
    assert [(f.name, f.level) for f in check()] == [("ROS 2", Level.OK), ("interfaces", Level.OK)]

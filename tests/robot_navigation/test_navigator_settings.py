# SPDX-License-Identifier: Apache-2.0
import pytest
import yaml

from robot_navigation.navigator_settings import follower_settings, inflation, motion_limits, navigator_settings
from ronda_core.errors import ParameterError
from ronda_core.parameters import load_spec, resolve


def test_the_parameters_reach_the_settings():
    values = resolve(load_spec("robot_navigation", "navigator"), {"desired_linear_vel": 0.4, "max_recoveries": 2})
    assert motion_limits(values).speed == 0.4
    assert navigator_settings(values).max_recoveries == 2
    assert inflation(values).robot_radius >= follower_settings(values).footprint.side


@pytest.mark.parametrize("node", ["localisation", "navigator"])
def test_the_robots_own_file_holds_known_parameters_only(repository, node):
    file = yaml.safe_load((repository / "config" / "navigation.yaml").read_text())
    resolve(load_spec("robot_navigation", node), file[f"/**/{node}"]["ros__parameters"])


def test_a_misspelt_parameter_is_refused():
    with pytest.raises(ParameterError, match="desired_linear_vel"):
        resolve(load_spec("robot_navigation", "navigator"), {"desired_linear_val": 0.4})

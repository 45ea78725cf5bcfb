# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from ronda_cli.errors import LaunchError
from ronda_cli.process.lease import lease


def test_a_node_name_is_held_once_in_a_domain(tmp_path):
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with lease(["/patrol1/gate"], 3, environment):
        with pytest.raises(LaunchError) as refusal, lease(["/other", "/patrol1/gate"], 3, environment):
            pass
        assert f"/patrol1/gate already runs in ROS domain 3, started by process {os.getpid()}" in str(refusal.value)
        with lease(["/patrol1/gate"], 4, environment), lease(["/other"], 3, environment):
            pass
    with lease(["/patrol1/gate"], 3, environment):
        pass


def test_names_that_differ_in_a_slash_do_not_meet(tmp_path):
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with lease(["/a/b"], 0, environment), lease(["/a_b"], 0, environment):
        assert len(list(tmp_path.rglob("a*b"))) == 2

# SPDX-License-Identifier: Apache-2.0
"""An independent implementation of DDS hears the robot and drives it: the topics are standard, no private form."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import rclpy
from ronda.msg import FaceMatch

from ronda_cli.demonstration import RobotProcesses, demo_environment, free_domain, robot
from ronda_cli.process.environment import foreign_environment
from ronda_core import qos

pytestmark = [pytest.mark.live, pytest.mark.slow]

CYCLONE = "cyclonedds==11.0.1"
ONE_MACHINE = (
    "<CycloneDDS><Domain><General><Interfaces><NetworkInterface address='127.0.0.1' multicast='default'/></Interfaces>"
    "</General><Discovery><Peers><Peer address='127.0.0.1'/></Peers><ParticipantIndex>auto</ParticipantIndex>"
    "</Discovery></Domain></CycloneDDS>"
)
LIMIT_S = 120


@pytest.fixture(scope="module")
def cyclone_python(repository: Path) -> Path:
    """The interpreter of an environment that holds Cyclone DDS and nothing of ROS; made once, kept in .cache/."""
    folder = repository / ".cache" / "cyclonedds"
    python = folder / "bin" / "python"
    environment = foreign_environment(os.environ)
    if not python.exists() or subprocess.run([python, "-c", "import cyclonedds"], env=environment).returncode:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, env=environment)
        fetched = subprocess.run([python, "-m", "pip", "install", "--quiet", CYCLONE], env=environment)
        if fetched.returncode:
            pytest.skip(f"{CYCLONE} cannot be fetched here")
    return python


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RobotProcesses, dict[str, str], int]]:
    """The whole robot with its simulator, as `ronda launch patrol` starts it."""
    folder = tmp_path_factory.mktemp("robot")
    with free_domain(os.environ) as domain:
        environment = demo_environment(domain)
        arguments = {"data_dir": str(folder), "faces_dir": str(folder / "faces")}
        with robot("patrol", arguments, environment, folder / "log.txt") as nodes:
            yield nodes, environment, domain


@pytest.mark.timeout(240)
def test_a_foreign_participant_hears_odometry_and_incidents_and_drives_the_robot(
    cyclone_python: Path, running: tuple[RobotProcesses, dict[str, str], int]
) -> None:
    nodes, environment, domain = running
    peer_environment = {**foreign_environment(environment), "CYCLONEDDS_URI": ONE_MACHINE}
    command = [cyclone_python, Path(__file__).with_name("dds_peer.py"), str(domain), "patrol1", str(LIMIT_S)]
    with subprocess.Popen(command, env=peer_environment, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdout is not None
        assert peer.stdout.readline() == "ready\n"
        nodes.check()
        _see_somebody(domain)
        heard = json.loads(peer.stdout.readline())
    assert heard["odometry"] > 10
    assert heard["moved_m"] >= 0.1
    # The same incident comes once more when its clip is there; that may or may not have happened by then.
    assert heard["incidents"][0] == {"subject": "Ada", "files": ["comparison.jpg"]}


def _see_somebody(domain: int) -> None:
    """Publish a match as the recogniser would, so that the robot's incident node reports it."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node("recogniser_of_the_test", context=context, namespace="patrol1")
    try:
        publisher = node.create_publisher(FaceMatch, "face_matches", qos.EVENT)
        while not publisher.get_subscription_count():  # pytest's own time limit ends a wait in vain
            time.sleep(0.02)
        publisher.publish(FaceMatch(match_id="m-1", person_id="p-1", person_name="Ada", watchlist_name="missing"))
        publisher.wait_for_all_acked()
    finally:
        node.destroy_node()
        rclpy.try_shutdown(context=context)

# SPDX-License-Identifier: Apache-2.0
"""The whole of it, as a person runs it: `ronda demo` walks a round, finds whom it should, and reports it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.highlevel import AnyReader

pytestmark = [pytest.mark.live, pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(700)]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "report"
    # The round is walked at real time (about four minutes), with the environment of a user, not that of a test.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ROS_", "FASTRTPS_"))}
    done = subprocess.run(
        [Path(sys.executable).with_name("ronda"), "demo", "--report", folder, "--seed", "3"],
        env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
    return folder


@pytest.fixture(scope="module")
def told(report) -> dict:
    return json.loads((report / "report.json").read_text())


def test_the_round_was_walked_whole_without_touching_anything(told):
    assert told["ok"] and told["seed"] == 3
    route = told["route"]
    assert route["reached"] == route["waypoints"] >= 12 and route["missed"] == []
    assert route["collisions"] == 0
    assert route["distance_m"] > 80


def test_everybody_on_the_list_was_found_and_no_stranger_named(told):
    assert {incident["person"] for incident in told["incidents"]} == {"Barack Obama", "Demo Guest"}
    assert told["missed_people"] == [] and told["false_alerts"] == []
    for incident in told["incidents"]:
        assert 0 < incident["score"] <= 1 and len(incident["position_m"]) == 2
    figures = told["performance"]
    assert figures["frame_to_alert_ms"]["p50"] > 0 and figures["perception_ms"]["p95"] > 0


def test_each_incident_has_evidence_with_true_hashes(report, told):
    for incident in told["incidents"]:
        folder = report / incident["evidence"]
        record = json.loads((folder / "incident.json").read_text())
        hashes = {entry["name"]: entry["sha256"] for entry in record["evidence"]}
        assert {Path(name).suffix for name in hashes} >= {".jpg", ".mcap"}
        for name, sha256 in hashes.items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256


def test_the_recording_is_read_by_both_readers(report):
    with AnyReader([report / "bag"]) as reader:
        topics = {connection.topic: connection.msgcount for connection in reader.connections}
    assert topics["/patrol1/odom"] > 1000 and topics["/patrol1/incidents"] >= 2
    (recording,) = (report / "bag").glob("*.mcap")
    with recording.open("rb") as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()])
        subjects = {message.subject for *_, message in reader.iter_decoded_messages(topics=["/patrol1/incidents"])}
    assert subjects == {"Barack Obama", "Demo Guest"}


def test_the_page_needs_nothing_but_itself(report):
    page = (report / "index.html").read_text()
    assert "Barack Obama" in page and "data:image/" in page
    assert 'src="http' not in page

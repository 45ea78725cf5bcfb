# SPDX-License-Identifier: Apache-2.0
"""The recordings are read back by two readers that share no code with the writing side's messages."""

from pathlib import Path

import pytest
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from nav_msgs.msg import Odometry
from rclpy.serialization import serialize_message
from ronda.msg import Incident
from rosbags.highlevel import AnyReader

from patrol_robot.bag import BagWriter, ronda_types, write_bag
from patrol_robot.errors import ClipError
from patrol_robot.ring_buffer import Record

TYPES = {"/odom": "nav_msgs/msg/Odometry", "/incidents": "ronda/msg/Incident"}


def odometry(x: float) -> bytes:
    message = Odometry()
    message.pose.pose.position.x = x
    return bytes(serialize_message(message))


def records() -> list[Record]:
    incident = bytes(serialize_message(Incident(incident_id="i1", subject="Ada", score=0.5)))
    odom = [Record(number * 10**8, "/odom", odometry(float(number))) for number in range(5)]
    return [*odom, Record(10**9, "/incidents", incident)]


def test_reads_back_with_rosbags(tmp_path: Path) -> None:
    assert write_bag(tmp_path / "clip", TYPES, records()) == 6
    with AnyReader([tmp_path / "clip"], default_typestore=ronda_types()) as reader:
        read = [(c.topic, t, reader.deserialize(raw, c.msgtype)) for c, t, raw in reader.messages()]
    assert [round(m.pose.pose.position.x) for topic, _, m in read if topic == "/odom"] == [0, 1, 2, 3, 4]
    assert [(t, m.subject) for topic, t, m in read if topic == "/incidents"] == [(10**9, "Ada")]


def test_reads_back_with_mcap_ros2(tmp_path: Path) -> None:
    write_bag(tmp_path / "clip", TYPES, records())
    (file,) = (tmp_path / "clip").glob("*.mcap")
    with file.open("rb") as stream:
        decoded = make_reader(stream, decoder_factories=[DecoderFactory()]).iter_decoded_messages()
        read = [(channel.topic, message) for _, channel, _, message in decoded]
    assert [message.pose.pose.position.x for topic, message in read if topic == "/odom"] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [message.incident_id for topic, message in read if topic == "/incidents"] == ["i1"]


def test_the_folder_is_a_rosbag2_folder(tmp_path: Path) -> None:
    write_bag(tmp_path / "clip", TYPES, records(), latched=["/incidents"])
    text = (tmp_path / "clip" / "metadata.yaml").read_text()
    assert "storage_identifier: mcap" in text
    assert "message_count: 6" in text
    assert "durability: transient_local" in text


def test_what_cannot_be_recorded_is_refused(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "a", TYPES) as writer, pytest.raises(ClipError, match="/scan"):
        writer.write(Record(0, "/scan", b""))
    with pytest.raises(ClipError, match="cannot begin"), BagWriter(tmp_path / "a", TYPES):
        pass

# SPDX-License-Identifier: Apache-2.0
"""Recordings as rosbag2 folders (metadata.yaml and one MCAP file)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rosbags.interfaces import Connection, Qos, QosDurability, QosHistory, QosLiveliness, QosReliability, QosTime
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.rosbag2.errors import WriterError
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from patrol_robot.errors import ClipError
from patrol_robot.ring_buffer import Record
from ronda_core.paths import share_dir

FORMAT_VERSION: Final = 9
"""rosbag2's metadata version of ROS 2 Jazzy."""


def ronda_types() -> Typestore:
    """ROS 2 Jazzy's message types and Ronda's own, with the definitions that are installed beside the package."""
    store = get_typestore(Stores.ROS2_JAZZY)
    found = {}
    for path in sorted((share_dir() / "msg").glob("*.msg")):
        found.update(get_types_from_msg(path.read_text(encoding="utf-8"), f"ronda/msg/{path.stem}"))
    store.register(found)
    return store


class BagWriter:
    """Writes serialised messages into a new rosbag2 folder. Use it as a context; the folder must not exist."""

    def __init__(self, folder: Path, types: Mapping[str, str], latched: Iterable[str] = ()) -> None:
        """`types` maps each topic to its type (`sensor_msgs/msg/LaserScan`); others are refused."""
        self._types = dict(types)
        self._latched = frozenset(latched)
        try:
            self._writer = Writer(folder, version=FORMAT_VERSION, storage_plugin=StoragePlugin.MCAP)
        except WriterError as error:
            raise ClipError(f"cannot begin the recording: {error}", hint="choose a folder that is not there") from error
        self._store = ronda_types()
        self._connections: dict[str, Connection] = {}
        self.count = 0

    def __enter__(self) -> Self:
        try:
            self._writer.open()
        except (WriterError, OSError) as error:
            raise ClipError(
                f"cannot begin the recording {self._writer.path}: {error}", hint="check the folder"
            ) from error
        return self

    def write(self, record: Record) -> None:
        """Append a message. Raises ClipError for a topic without a type, or when the disk refuses."""
        try:
            self._writer.write(self._connection(record.topic), record.stamp_ns, record.data)
        except (WriterError, OSError) as error:
            raise ClipError(
                f"cannot write the recording {self._writer.path}: {error}", hint="check the disk"
            ) from error
        self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def _connection(self, topic: str) -> Connection:
        connection = self._connections.get(topic)
        if connection is None:
            if topic not in self._types:
                raise ClipError(f"no type is known for topic {topic}", hint="name it when the recording is opened")
            connection = self._writer.add_connection(
                topic, self._types[topic], typestore=self._store, offered_qos_profiles=[_qos(topic in self._latched)]
            )
            self._connections[topic] = connection
        return connection


def write_bag(folder: Path, types: Mapping[str, str], records: Iterable[Record], latched: Iterable[str] = ()) -> int:
    """Write a whole recording; returns the number of messages. Raises ClipError."""
    with BagWriter(folder, types, latched) as writer:
        for record in records:
            writer.write(record)
    return writer.count


def _qos(latched: bool) -> Qos:
    unlimited = QosTime(9223372036, 854775807)
    return Qos(
        QosHistory.KEEP_LAST,
        10,
        QosReliability.RELIABLE,
        QosDurability.TRANSIENT_LOCAL if latched else QosDurability.VOLATILE,
        unlimited,
        unlimited,
        QosLiveliness.AUTOMATIC,
        unlimited,
        False,
    )

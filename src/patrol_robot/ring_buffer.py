# SPDX-License-Identifier: Apache-2.0
"""The last seconds of serialised messages, for the recording around an incident."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A serialised message (CDR) of a topic; `stamp_ns` on the robot's clock."""

    stamp_ns: int
    topic: str
    data: bytes


class RingBuffer:
    """Keeps records of the last `seconds`, and at most `max_bytes` of them; the oldest go first.

    Topics in `latched` (transforms that never change) are kept whatever their age and come first in every window.
    """

    def __init__(self, seconds: float, max_bytes: int, latched: frozenset[str] = frozenset()) -> None:
        self._span_ns = int(seconds * 1e9)
        self._max_bytes = max_bytes
        self._latched_topics = latched
        self._latched: list[Record] = []
        self._records: deque[Record] = deque()
        self._bytes = 0

    def add(self, record: Record) -> None:
        """Take a record. If the clock went back (a simulation began anew), what was before is dropped."""
        if record.topic in self._latched_topics:
            self._latched.append(record)
            return
        if self._records and record.stamp_ns < self._records[-1].stamp_ns:
            self._records.clear()
            self._bytes = 0
        self._records.append(record)
        self._bytes += len(record.data)
        oldest = record.stamp_ns - self._span_ns
        while self._records and (self._records[0].stamp_ns < oldest or self._bytes > self._max_bytes):
            self._bytes -= len(self._records.popleft().data)

    def window(self, start_ns: int, end_ns: int) -> list[Record]:
        """The records from `start_ns` to `end_ns`, both included, by time; latched ones stamped `start_ns`."""
        latched = [Record(start_ns, record.topic, record.data) for record in self._latched]
        return latched + [record for record in self._records if start_ns <= record.stamp_ns <= end_ns]

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    @property
    def size_bytes(self) -> int:
        """Bytes held, latched ones not counted."""
        return self._bytes

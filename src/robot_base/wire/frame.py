# SPDX-License-Identifier: Apache-2.0
"""Frames on the wire: COBS between zero bytes, a four-byte header, a payload and a CRC-32.

    encoded := COBS(version u8 | type u8 | sequence u16 | payload 0..200 bytes | crc u32) 0x00

All numbers are little-endian. The CRC is CRC-32/ISO-HDLC (that of zlib) over everything before it.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cobs import cobs

from robot_base.errors import FrameError

VERSION = 1
MAX_PAYLOAD = 200
_HEADER = struct.Struct("<BBH")
_CRC = struct.Struct("<I")
_SMALLEST = _HEADER.size + _CRC.size
MAX_ENCODED = _SMALLEST + MAX_PAYLOAD + 1  # COBS adds one byte for each started 254; the delimiter is not counted


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: type (see messages.Type), sequence number 0..65535 and payload."""

    type: int
    sequence: int
    payload: bytes = b""
    version: int = VERSION


def encode(frame: Frame) -> bytes:
    """The bytes of a frame, with the delimiter at the end. Raises FrameError when it does not fit."""
    if len(frame.payload) > MAX_PAYLOAD:
        raise FrameError(f"a payload of {len(frame.payload)} bytes does not fit into a frame of {MAX_PAYLOAD}")
    body = _HEADER.pack(frame.version, frame.type, frame.sequence) + frame.payload
    return bytes(cobs.encode(body + _CRC.pack(zlib.crc32(body)))) + b"\0"


def decode(encoded: bytes) -> Frame:
    """The frame in `encoded` (without the delimiter). Raises FrameError saying what is wrong with it."""
    if len(encoded) > MAX_ENCODED:
        raise FrameError(f"{len(encoded)} bytes are more than a frame can have")
    try:
        body = cobs.decode(encoded)
    except cobs.DecodeError as error:
        raise FrameError(f"not COBS: {error}") from error
    if len(body) < _SMALLEST:
        raise FrameError(f"{len(body)} bytes are less than a header and a checksum")
    (expected,) = _CRC.unpack(body[-_CRC.size :])
    if zlib.crc32(body[: -_CRC.size]) != expected:
        raise FrameError("the checksum does not fit")
    version, kind, sequence = _HEADER.unpack(body[: _HEADER.size])
    return Frame(kind, sequence, bytes(body[_HEADER.size : -_CRC.size]), version)


@dataclass(slots=True)
class ReaderStatistics:
    """How the line behaves: good frames, damaged ones, and bytes thrown away because no frame is that long."""

    good: int = 0
    damaged: int = 0
    discarded_bytes: int = 0


class FrameReader:
    """Finds frames in a stream of bytes, whatever the chunks. Memory is bounded by one frame."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._skipping = False
        self.statistics = ReaderStatistics()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The whole and undamaged frames that `data` completes."""
        *complete, rest = data.split(b"\0")
        for piece in complete:
            frame = self._finish(piece)
            if frame is not None:
                yield frame
        self._add(rest)

    def _add(self, piece: bytes) -> None:
        if self._skipping or len(self._buffer) + len(piece) > MAX_ENCODED:
            # Longer than any frame: a delimiter was lost. Wait for the next one.
            self.statistics.discarded_bytes += len(self._buffer) + len(piece)
            self._buffer.clear()
            self._skipping = True
        else:
            self._buffer += piece

    def _finish(self, piece: bytes) -> Frame | None:
        self._add(piece)
        encoded = bytes(self._buffer)
        self._buffer.clear()
        if self._skipping:
            self._skipping = False
            self.statistics.damaged += 1
            return None
        if not encoded:
            return None  # two delimiters in a row are allowed: senders use that to flush
        try:
            frame = decode(encoded)
        except FrameError:
            self.statistics.damaged += 1
            return None
        self.statistics.good += 1
        return frame

# SPDX-License-Identifier: Apache-2.0
"""Strings for fuzzing: raw noise, and noise inside good frames so that the parsers behind the framing are reached."""

import contextlib
import random
from collections.abc import Callable, Iterator

from robot_base.errors import ProtocolError
from robot_base.wire.frame import MAX_PAYLOAD, Frame, FrameReader, encode
from robot_base.wire.messages import Type, parse_ack, parse_echo, parse_telemetry, parse_welcome

_PARSERS: dict[int, Callable[[bytes], object]] = {
    Type.WELCOME: parse_welcome,
    Type.TELEMETRY: parse_telemetry,
    Type.ACK: parse_ack,
    Type.ECHO: parse_echo,
}
_SIZES: dict[int, int] = {Type.WELCOME: 31, Type.TELEMETRY: 46, Type.ACK: 1, Type.ECHO: 8}


def random_strings(count: int, rng: random.Random) -> Iterator[bytes]:
    """`count` strings, half of them frames with a good checksum."""
    for _ in range(count):
        if rng.random() < 0.5:
            yield rng.randbytes(rng.randrange(300))
        else:
            kind = rng.choice(list(_PARSERS))
            size = _SIZES[kind] if rng.random() < 0.5 else rng.randrange(MAX_PAYLOAD + 1)
            yield encode(Frame(kind, rng.randrange(65536), rng.randbytes(size)))


def feed_everything(reader: FrameReader, text: bytes) -> None:
    """Read, and parse what comes out; only ProtocolError may come of it."""
    for frame in reader.feed(text):
        parser = _PARSERS.get(frame.type)
        if parser is not None:
            with contextlib.suppress(ProtocolError):
                parser(frame.payload)

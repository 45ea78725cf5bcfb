# SPDX-License-Identifier: Apache-2.0
"""The framing survives what lines do to bytes, and lets nothing wrong through."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_base.errors import FrameError
from robot_base.wire.frame import MAX_ENCODED, MAX_PAYLOAD, Frame, FrameReader, decode, encode

frames = st.builds(
    Frame, st.integers(0, 255), st.integers(0, 65535), st.binary(max_size=MAX_PAYLOAD), st.integers(0, 255)
)


@given(frame=frames)
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    encoded = encode(frame)
    assert encoded.count(0) == 1
    assert len(encoded) - 1 <= MAX_ENCODED
    assert decode(encoded[:-1]) == frame


@given(sent=st.lists(frames, max_size=8), cuts=st.lists(st.integers(1, 50)))
def test_chunks_do_not_matter(sent: list[Frame], cuts: list[int]) -> None:
    stream, reader, received = b"".join(map(encode, sent)), FrameReader(), []
    for cut in cuts:
        received += reader.feed(stream[:cut])
        stream = stream[cut:]
    assert [*received, *reader.feed(stream)] == sent


@given(frame=frames, data=st.data())
def test_any_one_to_three_flipped_bits_are_noticed(frame: Frame, data: st.DataObject) -> None:
    encoded = bytearray(encode(frame)[:-1])
    bits = data.draw(st.lists(st.integers(0, len(encoded) * 8 - 1), min_size=1, max_size=3, unique=True))
    for bit in bits:
        encoded[bit // 8] ^= 1 << bit % 8
    assert list(FrameReader().feed(bytes(encoded) + b"\0")) == []


def test_after_garbage_at_most_one_good_frame_is_lost() -> None:
    rng, reader = random.Random(3), FrameReader()
    for length in (1, 7, 300, 5000):
        good = [Frame(2, n, b"\0x") for n in range(3)]
        stream = bytes(rng.randrange(1, 256) for _ in range(length)) + b"".join(map(encode, good))
        assert list(reader.feed(stream))[-2:] == good[-2:]


def test_a_line_that_never_ends_costs_no_memory() -> None:
    reader = FrameReader()
    for _ in range(1000):
        assert list(reader.feed(b"\x55" * 4096)) == []
    assert len(reader._buffer) <= MAX_ENCODED
    assert reader.statistics.discarded_bytes > 4_000_000


@pytest.mark.parametrize(
    ("encoded", "what"),
    [(b"", "less"), (b"\x05\x01", "COBS"), (b"\x01" * 300, "more than"), (b"\x09" + b"a" * 8, "sum")],
)
def test_what_is_no_frame_is_told_apart(encoded: bytes, what: str) -> None:
    with pytest.raises(FrameError, match=what):
        decode(encoded)


def test_too_long_a_payload_is_refused() -> None:
    with pytest.raises(FrameError, match="does not fit"):
        encode(Frame(1, 1, bytes(MAX_PAYLOAD + 1)))

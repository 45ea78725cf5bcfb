# SPDX-License-Identifier: Apache-2.0
"""Messages against the specification that firmware engineers read."""

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_base.errors import ProtocolError
from robot_base.wire.frame import Frame, decode
from robot_base.wire.messages import (
    Code,
    Command,
    Result,
    Setpoint,
    Type,
    heartbeat,
    parse_ack,
    parse_echo,
    parse_telemetry,
    parse_welcome,
)


@pytest.fixture
def specification(repository: Path) -> str:
    return (repository / "docs" / "serial-protocol.md").read_text()


def test_the_example_on_the_page_is_that_heartbeat(specification: str) -> None:
    (example,) = re.findall(r"^    ((?:[0-9A-F]{2} )+00)$", specification, re.MULTILINE)
    encoded = bytes.fromhex(example)
    assert decode(encoded[:-1]) == heartbeat(1, 1000, 7)


def test_types_codes_and_results_are_those_on_the_page(specification: str) -> None:
    rows = re.findall(r"^\| (0x[0-9A-F]+|\d+) \| ([A-Z]+(?:_[A-Z]+)*) \|", specification, re.MULTILINE)
    written = [(int(number, 0), name) for number, name in rows]
    assert sorted(written) == sorted((item.value, item.name) for item in [*Type, *Code])
    results = re.search(r"^Results: (.*)\.$", specification, re.MULTILINE)
    assert results is not None
    assert [int(item.split()[0]) for item in results[1].split(", ")] == [result.value for result in Result]


@given(data=st.binary(max_size=200))
def test_no_payload_does_more_than_raise_a_protocol_error(data: bytes) -> None:
    for parse in (parse_welcome, parse_telemetry, parse_ack, parse_echo):
        try:
            parse(data)
        except ProtocolError as error:
            assert str(error)


def test_a_setpoint_is_in_millimetres_per_second() -> None:
    frame = Setpoint(5, 0.5, -0.25).frame(9)
    assert frame == Frame(Type.SETPOINT, 9, struct.pack("<Ihh", 5, 500, -250))


@pytest.mark.parametrize("speed", [float("nan"), float("inf"), 1e9])
def test_what_is_no_speed_cannot_be_sent(speed: float) -> None:
    with pytest.raises(ProtocolError, match="cannot be sent"):
        Setpoint(1, speed, 0.0).frame(1)


def test_an_argument_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ProtocolError, match="index 300"):
        Command(1, Code.RELAY, 300).frame(1)

# SPDX-License-Identifier: Apache-2.0
"""The Modbus driver against a small RTU board on a pseudo-terminal that turns a barrier's arm with its coils."""

from collections.abc import Iterator

import pytest
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.bit_message import (
    ReadCoilsResponse,
    ReadDiscreteInputsResponse,
    WriteSingleCoilResponse,
)
from tests.robot_base.drivers.pty_device import PtyDevice

from robot_base.drivers.modbus import ModbusMap, ModbusPort
from robot_base.drivers.ports import BarrierCondition as State
from robot_base.errors import BaseConfigError, CommandRefusedError, LinkError
from ronda_core.clock import ManualClock


class Board:
    """Eight coils and eight inputs; the arm follows coils 0 and 1 at the next reading. Framing is pymodbus's own."""

    def __init__(self) -> None:
        self.coils = [False] * 8
        self.inputs = [False, True, False, False, False, False, False, False]
        self.both = False
        self._framer = FramerRTU(DecodePDU(is_server=True))
        self._buffer = b""

    def heard(self, data: bytes) -> bytes:
        self._buffer += data
        used, pdu = self._framer.handleFrame(self._buffer, 0, 0)
        self._buffer = self._buffer[used:]
        if pdu is None:
            return b""
        if pdu.function_code == 1:
            answer = ReadCoilsResponse(bits=self.coils[pdu.address : pdu.address + pdu.count])
        elif pdu.function_code == 2:
            if self.coils[0] or self.coils[1]:
                self.inputs[0], self.inputs[1] = self.coils[0], self.coils[1]
            answer = ReadDiscreteInputsResponse(bits=self.inputs[pdu.address : pdu.address + pdu.count])
        else:
            self.coils[pdu.address] = pdu.bits[0]
            self.both |= self.coils[0] and self.coils[1]
            answer = WriteSingleCoilResponse(address=pdu.address, bits=[pdu.bits[0]])
        answer.dev_id = pdu.dev_id
        return bytes(self._framer.buildFrame(answer))


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(100.0)


@pytest.fixture
def port(board: Board, clock: ManualClock) -> Iterator[ModbusPort]:
    with PtyDevice(board.heard) as device:
        port = ModbusPort(device.path, 9600, clock=clock)
        assert port.open() == "Modbus board 1"
        clock.advance(2.0)
        port.read_barrier()
        yield port
        port.close()


def test_it_opens_and_closes_with_one_coil_at_a_time(port: ModbusPort, board: Board, clock: ManualClock) -> None:
    assert port.read_barrier().condition is State.CLOSED
    port.open_barrier()
    assert port.read_barrier().condition is State.OPENING
    assert board.coils[:2] == [True, False]
    assert port.read_barrier().condition is State.OPEN
    assert board.coils[:2] == [False, False]
    clock.advance(2.0)
    port.close_barrier()
    port.read_barrier()
    assert board.coils[:2] == [False, True]
    assert port.read_barrier().condition is State.CLOSED
    assert not board.both


def test_it_does_not_close_over_a_car(port: ModbusPort, board: Board) -> None:
    port.open_barrier()
    port.read_barrier()
    port.read_barrier()
    board.inputs[2] = True
    assert port.read_barrier().loop
    with pytest.raises(CommandRefusedError, match="occupied"):
        port.close_barrier()


def test_relays_are_coils_of_their_own(port: ModbusPort, board: Board) -> None:
    port.switch(2, True)
    assert board.coils[4]
    assert port.relay_states() == [False, False, True, False, False, False]
    with pytest.raises(CommandRefusedError, match="6 relays"):
        port.switch(6, True)


def test_leaving_clears_the_motor(port: ModbusPort, board: Board) -> None:
    port.open_barrier()
    port.read_barrier()
    port.close()
    assert board.coils[:2] == [False, False]


def test_a_silent_board_is_named() -> None:
    with PtyDevice(lambda _: b"") as device, pytest.raises(LinkError, match="board 1"):
        ModbusPort(device.path, 9600).open()


def test_an_impossible_map_is_refused() -> None:
    with pytest.raises(BaseConfigError, match="overlap"):
        ModbusMap(close_coil=0)
    with pytest.raises(BaseConfigError, match="loop or a beam"):
        ModbusMap(loop=-1, beam=-1)

# SPDX-License-Identifier: Apache-2.0
"""Driver for Modbus RTU boards: relays as coils, a barrier as two coils (open, close) and discrete inputs.

Such a board has no logic: the barrier's state machine runs here (robot_base.barrier). When the computer dies, a coil
stays as it is, so the motor's contactor must be wired through the end switches and a timer. Both coils are cleared on
leaving.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ModbusException

from robot_base.barrier import Barrier, BarrierInputs, reason_text
from robot_base.drivers.ports import BarrierReading
from robot_base.errors import BaseConfigError, CommandRefusedError, LinkError, LinkLostError
from robot_base.serial_line import SerialLine, find_device
from robot_base.wire.messages import Result
from ronda_core.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class ModbusMap:
    """Addresses on the board. Inputs are discrete; a missing one is given as -1 and reads as inactive."""

    device_id: int = 1
    open_coil: int = 0
    close_coil: int = 1
    relay_coil: int = 2
    relays: int = 6
    open_end: int = 0
    closed_end: int = 1
    loop: int = 2
    beam: int = 3
    fire: int = 4
    estop: int = 5

    def __post_init__(self) -> None:
        coils = [self.open_coil, self.close_coil, *range(self.relay_coil, self.relay_coil + self.relays)]
        if len(set(coils)) != len(coils) or min(coils) < 0:
            raise BaseConfigError(
                f"the coils {coils} overlap", hint="give the barrier and the relays coils of their own"
            )
        if self.open_end < 0 or self.closed_end < 0 or (self.loop < 0 and self.beam < 0):
            raise BaseConfigError("a barrier needs both end switches, and a loop or a beam")

    def inputs(self, bits: list[bool]) -> BarrierInputs:
        """The barrier's inputs out of the board's."""
        named = {f.name: getattr(self, f.name) for f in fields(BarrierInputs) if f.name != "link"}
        return BarrierInputs(**{name: at >= 0 and bits[at] for name, at in named.items()})

    @property
    def input_count(self) -> int:
        """How many discrete inputs have to be read."""
        return max(self.open_end, self.closed_end, self.loop, self.beam, self.fire, self.estop) + 1


class ModbusPort:
    """BarrierPort and RelayPort."""

    def __init__(self, device: str, baud: int, board: ModbusMap | None = None, clock: Clock | None = None) -> None:
        self.name = device
        self._baud = baud
        self._map = board or ModbusMap()
        self._clock = clock or SystemClock()
        self._client: ModbusSerialClient | None = None
        self._barrier = Barrier()
        self._motor = 0
        self._inputs = BarrierInputs()
        self._fire = False

    def open(self) -> str:
        """Open the line, stop the motor, read the inputs once. Raises LinkError."""
        SerialLine(self.name, self._baud).close()  # says why it cannot be opened, which the library does not
        path = find_device(self.name)
        self._client = ModbusSerialClient(path, baudrate=self._baud, timeout=0.3, retries=1)
        try:
            if not self._client.connect():
                raise LinkError(f"cannot open {self.name}", hint=f"is it in use? fuser -v {self.name}")
            self._drive_motor(0, force=True)
            self._read_inputs()
        except LinkError:
            self.close()
            raise
        self._barrier.restart()
        return f"Modbus board {self._map.device_id}"

    def close(self) -> None:
        """Clear the motor's coils as far as possible and leave the line."""
        if self._client is None:
            return
        try:
            self._drive_motor(0, force=True)
        except LinkError:
            pass  # gone already: nothing more can be done from here
        finally:
            self._client.close()
            self._client = None

    def read_barrier(self) -> BarrierReading:
        """See BarrierPort. Runs one step of the barrier."""
        seen = self._read_inputs()
        self._inputs = replace(seen, fire=seen.fire or self._fire)
        self._drive_motor(self._barrier.update(self._inputs, self._now()))
        return BarrierReading(
            condition=self._barrier.state,
            loop=self._inputs.loop,
            beam=self._inputs.beam,
            fire_open=self._barrier.fire_open,
            movements=self._barrier.movements,
            reason=reason_text(self._barrier.reason),
            fire=self._inputs.fire,
        )

    def open_barrier(self) -> None:
        """See BarrierPort."""
        self._judge("open", self._barrier.open(self._now()))

    def close_barrier(self, *, forced: bool = False) -> None:
        """See BarrierPort."""
        self._judge("close", self._barrier.close(self._now(), forced=forced))

    def stop_barrier(self) -> None:
        """See BarrierPort."""
        self._judge("stop", self._barrier.stop())
        self._drive_motor(0)

    def reset_barrier(self) -> None:
        """See BarrierPort."""
        self._barrier.reset()

    def auto_close(self, on: bool) -> None:
        """See BarrierPort."""
        self._barrier.auto_close(on)

    def fire_alarm(self, on: bool) -> None:
        """See BarrierPort."""
        self._fire = on

    def hold_open(self) -> None:
        """See BarrierPort."""
        self._barrier.hold_open()

    def switch(self, index: int, closed: bool, pulse: float = 0.0) -> None:
        """See RelayPort. Pulses need a board that times them, which plain Modbus does not offer."""
        if not 0 <= index < self._map.relays or pulse > 0:
            raise CommandRefusedError(f"{self.name} has {self._map.relays} relays without pulses")
        self._write_coil(self._map.relay_coil + index, closed)

    def relay_states(self) -> list[bool]:
        """See RelayPort."""
        count = self._map.relays
        answer = self._do(lambda c: c.read_coils(self._map.relay_coil, count=count, device_id=self._map.device_id))
        return [bool(bit) for bit in answer.bits[:count]]

    def _judge(self, what: str, result: Result) -> None:
        if result is not Result.DONE:
            raise CommandRefusedError(f"{self.name} refuses to {what}: {result.name.lower()}")

    def _drive_motor(self, direction: int, *, force: bool = False) -> None:
        if direction == self._motor and not force:
            return
        # Both off first, so that the two directions are never on together.
        self._write_coil(self._map.open_coil, False)
        self._write_coil(self._map.close_coil, False)
        if direction != 0:
            self._write_coil(self._map.open_coil if direction > 0 else self._map.close_coil, True)
        self._motor = direction

    def _write_coil(self, address: int, on: bool) -> None:
        self._do(lambda client: client.write_coil(address, on, device_id=self._map.device_id))

    def _read_inputs(self) -> BarrierInputs:
        count = self._map.input_count
        answer = self._do(lambda c: c.read_discrete_inputs(0, count=count, device_id=self._map.device_id))
        return self._map.inputs([bool(bit) for bit in answer.bits])

    def _do(self, call: Callable[[ModbusSerialClient], Any]) -> Any:
        if self._client is None:
            raise LinkLostError(f"{self.name} is not open")
        try:
            answer = call(self._client)
        except (ModbusException, OSError) as error:
            raise LinkLostError(f"{self.name}, board {self._map.device_id}, does not answer: {error}") from error
        if answer.isError():
            raise LinkLostError(f"{self.name}, board {self._map.device_id}, reports: {answer}")
        return answer

    def _now(self) -> int:
        return round(self._clock.monotonic() * 1000)

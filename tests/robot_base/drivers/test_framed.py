# SPDX-License-Identifier: Apache-2.0
"""The framed driver against the compiled firmware, and against devices that are none."""

import threading
import time
from collections.abc import Callable

import pytest
from tests.robot_base.drivers.pty_device import PtyDevice

from robot_base.drivers.framed import FramedPort
from robot_base.drivers.ports import BarrierCondition
from robot_base.errors import CommandRefusedError, LinkError, LinkLostError, ProtocolError
from robot_base.gate_types import Drive
from robot_base.simulated_device import SimulatedDevice
from robot_base.wire.frame import Frame, FrameReader, encode
from robot_base.wire.messages import Code, Type

STANDSTILL = 0.02  # m/s; below it the firmware takes the wheels as standing


def serve(port: FramedPort, until: Callable[[], bool], speed: float = 0.0, limit: float = 10.0) -> None:
    """Exchange until something is so."""
    end = time.monotonic() + limit
    while not until():
        assert time.monotonic() < end, port.exchange(speed, speed)
        port.exchange(speed, speed)
        threading.Event().wait(0.01)


def armed(device: SimulatedDevice) -> FramedPort:
    port = FramedPort(str(device.path))
    port.open()
    port.arm()
    serve(port, lambda: port.exchange(0, 0).condition is Drive.READY)
    return port


def cleared(port: FramedPort) -> bool:
    """Ask for a fault to be cleared: refused while the wheels turn, and until a released circuit has been seen."""
    try:
        port.clear_fault()
    except CommandRefusedError as error:
        assert str(error).endswith(("refused_moving", "refused_estop"))
        return False
    return True


def test_it_drives_only_when_armed() -> None:
    with SimulatedDevice() as device:
        port = FramedPort(str(device.path))
        assert port.open().startswith("host, firmware")
        for _ in range(20):
            assert port.exchange(0.5, 0.5).left_speed == 0.0
        with pytest.raises(CommandRefusedError, match="refused_state"):
            port.command(Code.ARM)  # the last setpoint was not zero
        port.arm()
        serve(port, lambda: port.exchange(0.5, 0.3).left_speed > 0.45, 0.5)
        port.disarm()
        serve(port, lambda: abs(port.exchange(0.5, 0.5).left_speed) < 0.01, 0.5)
        port.close()


def test_the_watchdog_latches_until_a_zero() -> None:
    with SimulatedDevice() as device:
        port = armed(device)
        serve(port, lambda: port.exchange(0.5, 0.5).left_speed > 0.4, 0.5)
        end = time.monotonic() + 10
        while port.read_barrier() and port._fresh().left_speed > 0.01:  # heartbeats alone do not keep it going
            assert time.monotonic() < end
            threading.Event().wait(0.02)
        for _ in range(20):
            reading = port.exchange(0.5, 0.5)
            threading.Event().wait(0.01)
        assert reading.condition is Drive.WATCHDOG
        assert abs(reading.left_speed) < STANDSTILL
        serve(port, lambda: port.exchange(0, 0).condition is Drive.READY)
        serve(port, lambda: port.exchange(0.5, 0.5).left_speed > 0.4, 0.5)


def test_a_repeated_command_is_done_once() -> None:
    with SimulatedDevice() as device:
        port = FramedPort(str(device.path))
        port.open()
        port.open_barrier()
        serve(port, lambda: port.read_barrier().condition is BarrierCondition.OPEN)
        port.switch(3, True, pulse=1.0)
        sequence = port._sequence
        serve(port, lambda: port.relay_states()[3])
        serve(port, lambda: not port.relay_states()[3])
        port._sequence = sequence - 1  # the same frame again, as if its ACK had been lost
        port.switch(3, True, pulse=1.0)
        for _ in range(10):
            port.exchange(0, 0)
            threading.Event().wait(0.01)
            assert not port.relay_states()[3]


def test_a_restarted_device_is_noticed_and_stays_disarmed() -> None:
    with SimulatedDevice() as first:
        port = armed(first)
        first.process.kill()
        first.process.wait()
        with pytest.raises(LinkLostError):
            serve(port, lambda: False, 0.5)
        port.close()


@pytest.mark.parametrize(
    ("world", "fault"),
    [("voltage 15", "undervoltage"), ("temperature 99", "overheated"), ("stall_left 1", "left_encoder")],
)
def test_a_fault_stops_the_drive_until_it_is_cleared(world: str, fault: str) -> None:
    name, value = world.split()
    with SimulatedDevice() as device:
        port = armed(device)
        device.set(name, float(value))
        serve(port, lambda: fault in port.exchange(0.5, 0.5).faults, 0.5)
        assert port.exchange(0.5, 0.5).condition is Drive.FAULT
        with pytest.raises(CommandRefusedError, match="fault"):
            port.arm()
        device.set(name, {"voltage": 24, "temperature": 25, "stall_left": 0}[name])
        serve(port, lambda: cleared(port))
        serve(port, lambda: port.exchange(0, 0).condition is Drive.DISARMED)


def test_the_emergency_stop_circuit_beats_everything() -> None:
    with SimulatedDevice() as device:
        port = armed(device)
        serve(port, lambda: port.exchange(0.5, 0.5).left_speed > 0.4, 0.5)
        device.set("estop", 1)
        serve(port, lambda: port.exchange(0.5, 0.5).condition is Drive.ESTOP, 0.5)
        for call in (port.arm, port.clear_fault):
            with pytest.raises(CommandRefusedError, match="estop"):
                call()
        device.set("estop", 0)
        serve(port, lambda: cleared(port), 0.5)
        assert port.exchange(0, 0).condition is not Drive.READY


def test_a_silent_port_is_told_from_one_that_talks_otherwise() -> None:
    with PtyDevice(lambda _: b"") as silent, pytest.raises(LinkError, match="nothing answers"):
        FramedPort(silent.path).open()
    with PtyDevice(lambda _: b"READY\r\n" * 20) as other, pytest.raises(ProtocolError, match="none of the"):
        FramedPort(other.path).open()


def test_another_version_is_named() -> None:
    def newer(data: bytes) -> bytes:
        return b"".join(
            encode(Frame(Type.WELCOME, f.sequence, b"\1" * 30, version=2)) for f in FrameReader().feed(data)
        )

    with PtyDevice(newer) as device, pytest.raises(ProtocolError, match="version 2"):
        FramedPort(device.path).open()

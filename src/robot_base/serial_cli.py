# SPDX-License-Identifier: Apache-2.0
"""`ronda serial`: list ports, watch a device, run the firmware on this computer."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Serial links: list, watch, simulate.")


@app.command("list")
def list_ports() -> None:
    """List the serial ports of this computer with the names that stay the same."""
    from serial.tools import list_ports as ports

    stable = {str(path.resolve()): str(path) for path in sorted(Path("/dev/serial/by-id").glob("*"))}
    found = sorted(ports.comports())
    for port in found:
        usb = f"usb:{port.vid:04x}:{port.pid:04x}:{port.serial_number or ''}".rstrip(":") if port.vid else ""
        sys.stdout.write(f"{stable.get(port.device, port.device)}  {usb}  {port.description}\n")
    if not found:
        sys.stdout.write("no serial ports\n")


@app.command()
def simulate(
    link: Annotated[Path, typer.Option(help="Name under which the device appears (a symbolic link).")],
    world: Annotated[bool, typer.Option("--world", help="Take lines such as 'estop 1' from standard input.")] = False,
) -> None:
    """Run the reference firmware behind a pseudo-terminal until Ctrl-C.

    ronda serial simulate --link /tmp/board

    ronda serial watch /tmp/board
    """
    from robot_base.errors import LinkError
    from robot_base.simulated_device import SimulatedDevice

    if link.exists() and not link.is_symlink():
        raise LinkError(f"{link} exists and is no link", hint="choose another name")
    with SimulatedDevice(link) as device:
        sys.stdout.write(f"{link} -> {device.path}\n")
        sys.stdout.flush()
        try:
            for line in sys.stdin if world else iter(()):
                name, _, value = line.strip().partition(" ")
                device.set(name, float(value or 0))
            device.process.wait()
        except ValueError as error:
            raise LinkError(f"not a number: {error}", hint="for example: estop 1") from error
        except KeyboardInterrupt:
            sys.stdout.write("\n")


@app.command()
def watch(
    device: Annotated[str, typer.Argument(help="A path, or usb:VVVV:PPPP[:SERIAL].")],
    baud: Annotated[int, typer.Option(help="Speed of the line.")] = 460800,
    once: Annotated[bool, typer.Option("--once", help="Print one reading and end.")] = False,
) -> None:
    """Greet a device that speaks Ronda's protocol and show what it measures. Moves nothing."""
    from robot_base.drivers.framed import FramedPort

    port = FramedPort(device, baud)
    try:
        sys.stdout.write(f"{port.open()}\n")
        while True:
            sys.stdout.write(f"{port.exchange(0.0, 0.0)}\n{port.read_barrier()}\n")
            sys.stdout.flush()
            if once:
                return
            for _ in range(10):
                time.sleep(0.05)
                port.exchange(0.0, 0.0)
    finally:
        port.close()

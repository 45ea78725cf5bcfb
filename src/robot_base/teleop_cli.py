# SPDX-License-Identifier: Apache-2.0
"""`ronda teleop`: drive a robot with the keyboard of any terminal."""

import signal
import sys
import time
from typing import Annotated

import typer

from robot_base.errors import TeleoperationError
from robot_base.teleop import HELP, KeyReader, TeleopLimits, TeleopSession
from robot_base.terminal import KeyTerminal

_PERIOD = 0.05  # s between commands: a quarter of the gate's time-out
_DISCOVERY = 5.0  # s to wait for the robot's safety gate


def teleop(
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="The robot's namespace.")] = "patrol1",
    speed: Annotated[float, typer.Option(help="Forward speed to start with, m/s.")] = 0.3,
    turn: Annotated[float, typer.Option(help="Turning speed to start with, rad/s.")] = 0.8,
) -> int:
    """Drive a robot with the keyboard. It stops when the key is released, and when this program ends or hangs.

    Driving by hand takes the robot from its round; resume the round afterwards.
    """
    session = TeleopSession(TeleopLimits(speed=speed, turn=turn))
    terminal = KeyTerminal()
    # `kill` must end in the same clean way as Ctrl-C: with a stop sent and the terminal put back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from robot_base.teleop_ros import TeleopLink

    link = TeleopLink(namespace)
    try:
        if not link.wait_for_gate(_DISCOVERY):
            raise TeleoperationError(
                f"no safety gate answers on {link.state_topic}",
                hint=f"is the robot running? namespaces with one: {', '.join(link.namespaces()) or 'none'}",
            )
        with terminal:
            sys.stdout.write(f"{HELP}\n\n")
            _drive(terminal, session, link)
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        link.close()
    return 0


def _drive(terminal: KeyTerminal, session: TeleopSession, link: "TeleopLink") -> None:  # type: ignore[name-defined] # noqa: F821
    keys, shown = KeyReader(), ""
    sent = 0.0
    while True:
        data = terminal.read(_PERIOD / 2)
        if data is None:
            return
        now = time.monotonic()
        for key in keys.feed(data):
            session.press(key, now)
        if data or now - sent >= _PERIOD:
            sent = now
            command = session.command(now)
            if command is not None:
                link.send(command)
        link.poll()
        line = f"{session.speed:.2f} m/s  {session.turn:.2f} rad/s  {link.summary()}"
        if line != shown:
            sys.stdout.write(f"\r\x1b[K{line}")
            sys.stdout.flush()
            shown = line

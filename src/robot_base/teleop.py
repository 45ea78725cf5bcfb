# SPDX-License-Identifier: Apache-2.0
"""Turns key presses into velocities, with a dead-man's switch.

A terminal tells when a key goes down, not when it comes up. While a key is held it repeats: the first time after the
keyboard's delay (usually 0.25 to 0.5 s), then some 30 times a second. So a key counts as released when it has not been
repeated for `hold` seconds; only its first press is bridged for `first_hold` seconds. A short tap therefore moves the
robot for up to `first_hold`; the stop key ends that at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from robot_base.errors import TeleoperationError
from robot_base.velocity import STOP, Velocity

_ARROWS = {b"\x1b[A": "w", b"\x1b[B": "s", b"\x1b[D": "a", b"\x1b[C": "d"}
_ARROWS |= {key.replace(b"[", b"O"): value for key, value in _ARROWS.items()}

# Shares of the two speeds. The block around "k" is the one of teleop_twist_keyboard.
MOVES: dict[str, tuple[float, float]] = {
    "w": (1, 0), "s": (-1, 0), "a": (0, 1), "d": (0, -1),
    "i": (1, 0), ",": (-1, 0), "j": (0, 1), "l": (0, -1),
    "u": (1, 1), "o": (1, -1), "m": (-1, -1), ".": (-1, 1),
}  # fmt: skip
STOPS = (" ", "k")
FASTER, SLOWER = "+q", "-z"

HELP = """\
  u i o    or   w        forward; u, o: in an arc     + or q: faster    - or z: slower
  j k l       a s d      turn; k or space: stop       Ctrl-C: end
  m , .                  backward                     arrow keys work as well
Hold a key to drive; the robot stops when it is released."""


@dataclass(frozen=True, slots=True)
class TeleopLimits:
    """Speeds in m/s and rad/s, times in s. `idle`: how long zero is sent before falling silent."""

    speed: float = 0.3
    turn: float = 0.8
    max_speed: float = 0.8
    max_turn: float = 2.0
    first_hold: float = 0.5
    hold: float = 0.15
    idle: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.speed <= self.max_speed and 0 < self.turn <= self.max_turn):
            raise TeleoperationError(
                f"cannot drive with {self.speed} m/s and {self.turn} rad/s",
                hint=f"speed up to {self.max_speed} m/s, turn up to {self.max_turn} rad/s, both above zero",
            )


class KeyReader:
    """Splits what a terminal sends into keys; an arrow key's bytes may arrive in two pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """The keys in `data`, arrow keys as their letters. Unknown sequences are swallowed."""
        self._rest += data
        while self._rest:
            if self._rest[:1] != b"\x1b":
                key, self._rest = self._rest[:1], self._rest[1:]
                yield key.decode("latin-1").lower()
            elif len(self._rest) < 3:
                return
            else:
                sequence, self._rest = self._rest[:3], self._rest[3:]
                if sequence in _ARROWS:
                    yield _ARROWS[sequence]


class TeleopSession:
    """What to send, given the keys so far. All times are seconds of one monotonic clock."""

    def __init__(self, limits: TeleopLimits) -> None:
        self._limits = limits
        self.speed, self.turn = limits.speed, limits.turn
        self._move: tuple[float, float] | None = None
        self._until = 0.0
        self._silent_from = 0.0
        self._announce = False

    def press(self, key: str, now: float) -> None:
        """Take one key."""
        if key in MOVES:
            held = self._move == MOVES[key] and now <= self._until
            if self.silent(now):
                self._announce = True
            self._move = MOVES[key]
            self._until = max(self._until, now + self._limits.hold) if held else now + self._limits.first_hold
            self._silent_from = self._until + self._limits.idle
        elif key in STOPS:
            self._move = None
            self._silent_from = now + self._limits.idle
        elif key in FASTER or key in SLOWER:
            factor = 1.1 if key in FASTER else 1 / 1.1
            self.speed = min(self.speed * factor, self._limits.max_speed)
            self.turn = min(self.turn * factor, self._limits.max_turn)

    def silent(self, now: float) -> bool:
        """True when nothing is to be sent: before the first key and a while after the last one."""
        return now >= self._silent_from

    def command(self, now: float) -> Velocity | None:
        """The velocity to send now, None to send nothing.

        The first command after a silence is zero: after a protective stop the safety gate wants to see one before it
        lets teleoperation move the robot again.
        """
        if self.silent(now):
            self._move = None
            return None
        if self._announce:
            self._announce = False
            return STOP
        if self._move is None or now > self._until:
            self._move = None
            return STOP
        forward, left = self._move
        return Velocity(forward * self.speed, left * self.turn)

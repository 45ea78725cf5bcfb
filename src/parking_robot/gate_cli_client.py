# SPDX-License-Identifier: Apache-2.0
"""The half on the graph of `ronda parking calls` and `answer`: a node that lives for one command."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence, Set
from functools import partial
from typing import Any, Final

from ronda.msg import GateState
from ronda.srv import DecideGate

from parking_robot.errors import ParkingError
from ronda_cli.command_node import CommandNode
from ronda_core import qos

ANSWER_S: Final = 5.0
LOOK_S: Final = 2.0
"""So long after one gate others are looked for."""
STATE, SERVICE = "gate_state", "decide_gate"
# As ROS wants namespaces.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*")


def gate_name(text: str) -> str:
    """Return a gate's namespace without the slashes at its ends. Raises ParkingError when it cannot be one."""
    name = text.strip("/")
    if _NAME.fullmatch(name) is None:
        raise ParkingError(f"'{text}' cannot be the name of a gate", hint="its namespace, e.g. gate_out")
    return name


class GateClient(CommandNode):
    """Talks to the gates of a garage. Every method raises ParkingError when a gate does not answer."""

    def __init__(self) -> None:
        super().__init__("gate_cli")

    def states(self, wanted: Set[str]) -> dict[str, GateState]:
        """What each gate says of itself, by namespace; of no gates in particular: of all that are found."""
        heard: dict[str, GateState] = {}
        asked: set[str] = set()
        found_at = time.monotonic()

        def complete() -> bool:
            nonlocal found_at
            for gate in (set(wanted) or set(self._gates())) - asked:
                asked.add(gate)
                found_at = time.monotonic()
                self._node.create_subscription(
                    GateState, f"/{gate}/{STATE}", partial(heard.__setitem__, gate), qos.STATE
                )
            return bool(asked) and asked <= set(heard) and bool(wanted or time.monotonic() - found_at > LOOK_S)

        if not self._wait(complete):
            raise self._nobody(sorted((set(wanted) or asked) - set(heard)))
        return dict(sorted(heard.items()))

    def answer(self, gate: str, request: DecideGate.Request) -> DecideGate.Response:
        """Hand a person's answer to a gate, and return what it says to it."""
        client = self._node.create_client(DecideGate, f"/{gate}/{SERVICE}")
        if not self._wait(client.service_is_ready):
            raise self._nobody([gate])
        future = client.call_async(request)
        if not self._wait(future.done):
            raise self._nobody([gate])
        return future.result()

    def _gates(self) -> list[str]:
        """Namespaces in which a gate publishes its state."""
        topics = [name for name, _ in self._node.get_topic_names_and_types() if name.endswith(f"/{STATE}")]
        return sorted(name.removesuffix(f"/{STATE}").strip("/") for name in topics if self._node.count_publishers(name))

    def _nobody(self, gates: Sequence[str]) -> ParkingError:
        there = [gate for gate in self._gates() if gate not in gates]
        if there:
            hint = f"there are: {', '.join(there)}"
        else:
            hint = "is it running, in this ROS_DOMAIN_ID? start it with: ronda launch gate"
        what = f"gate '{', '.join(gates)}' does not answer" if gates else "no gate is there"
        return ParkingError(f"{what}: nothing was heard within {ANSWER_S:.0f} s", hint=hint)

    def _wait(self, condition: Callable[[], Any]) -> bool:
        """Wait until the condition holds; return whether it did within ANSWER_S."""
        end = time.monotonic() + ANSWER_S
        while not condition():
            if time.monotonic() > end:
                return False
            self._executor.spin_once(timeout_sec=0.1)
        return True

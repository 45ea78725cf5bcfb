# SPDX-License-Identifier: Apache-2.0
"""``ronda parking calls`` and ``ronda parking answer``: a person at a terminal answers the calls of the gates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from ronda.msg import GateState

VERDICTS: Final = {"open": "OPEN", "refuse": "REFUSE", "correct": "CORRECT", "release": "RELEASE_FIRE"}
"""The words for the verdicts of DecideGate."""


def calls(
    gate: Annotated[list[str] | None, typer.Option(help="Namespace of a gate; may be repeated (default: all).")] = None,
) -> None:
    """List the gates that wait for a person: gate, plate, reason, what is due, since when.

    Example: ronda parking calls --gate gate_out
    """
    from parking_robot.gate_cli_client import GateClient, gate_name

    wanted = {gate_name(name) for name in gate or ()}
    with GateClient() as client:
        states = client.states(wanted)
        waiting = [line for name, state in states.items() for line in call_lines(name, state)]
        for line in waiting or [f"nobody waits for a person at: {', '.join(states)}"]:
            typer.echo(line)


def answer(
    gate: Annotated[str, typer.Argument(help="Namespace of the gate, e.g. gate_out.")],
    verdict: Annotated[
        str,
        typer.Argument(
            help="open: let this one car pass; refuse: it stays shut; correct: decide again with PLATE; "
            "release: the fire alarm is over and the lane was looked at."
        ),
    ],
    by: Annotated[str, typer.Option(help="Who answers; goes on record.")],
    reason: Annotated[str, typer.Option(help="Why; goes on record.")],
    plate: Annotated[str, typer.Argument(help="The right plate of correct; with open at an entry: as recorded.")] = "",
    stay: Annotated[str, typer.Option(help="With correct at an exit: the stay that leaves.")] = "",
    call: Annotated[str, typer.Option(help="Only if this call (ronda parking calls) is not over yet.")] = "",
) -> None:
    """Answer a gate that waits for a person, in one's own name.

    Example: ronda parking answer gate_out correct BA268AK --by Mara --reason "read on the camera's picture"
    """
    from parking_robot.gate_cli_client import GateClient, gate_name

    gate, request = gate_name(gate), request_of(verdict, by, reason, plate, stay, call)
    with GateClient() as client:
        answered = client.answer(gate, request)
        if not answered.accepted:
            raise refusal(gate, answered.message)
        typer.echo(f"{gate}: {answered.message}" + (f" (stay {answered.stay_id})" if answered.stay_id else ""))


def call_lines(name: str, state: GateState) -> Iterator[str]:
    """Yield what a terminal shows of a gate that waits for a person; of another one nothing."""
    from parking_robot.gates.call_desk import called_since
    from parking_robot.money.money import Money

    if state.phase == state.PHASE_FIRE:
        yield f"{name}: open since a fire alarm, until a person looks at the lane"
        yield f"    ronda parking answer {name} release --by NAME --reason TEXT"
        return
    if not state.help_called:
        return
    due = f", due {Money(state.amount_minor, state.currency)}" if state.currency else ""
    since = called_since(state.call_id)
    came = f", since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
    why = state.reason_text or "the help button was pressed"
    yield f"{name}: {state.plate or '(no plate)'}: {why}{due}{came}"
    yield f"    ronda parking answer {name} open|refuse|correct --by NAME --reason TEXT --call {state.call_id}"


def request_of(verdict: str, by: str, reason: str, plate: str, stay: str, call: str) -> Any:
    """Return the request to a gate. Raises ParkingError for a verdict that there is not, or a plate that it ignores."""
    from ronda.srv import DecideGate

    from parking_robot.errors import ParkingError
    from ronda_core.parameters import suggest

    if verdict not in VERDICTS:
        raise ParkingError(f"unknown answer '{verdict}'{suggest(verdict, VERDICTS)}", hint=", ".join(VERDICTS))
    if plate and verdict not in ("open", "correct"):
        raise ParkingError(
            f"'{verdict}' takes no plate, but '{plate}' is one", hint=f"correct {plate}, or leave it out"
        )
    if stay and verdict != "correct":
        raise ParkingError(f"'{verdict}' takes no stay", hint="correct --stay STAY, or leave it out")
    kinds = DecideGate.Request
    return kinds(
        call_id=call,
        verdict=getattr(kinds, VERDICTS[verdict]),
        plate=plate,
        stay_id=stay,
        requested_by=by,
        reason=reason,
    )


def refusal(gate: str, message: str) -> Exception:
    """Return a gate's no as an error of this program's: its message is one, with or without a hint."""
    from parking_robot.errors import ParkingError

    what, _, hint = message.removeprefix("error: ").partition("\n  try: ")
    return ParkingError(f"gate '{gate}' declines: {what}", hint=hint or "ronda parking calls")

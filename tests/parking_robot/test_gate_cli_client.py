# SPDX-License-Identifier: Apache-2.0
"""`ronda parking calls` and `answer` as a person types them, against a gate as it runs."""

import os
import subprocess
import sys

import pytest
from ronda.msg import BarrierState, GateState
from tests.parking_robot.test_gate_node import running

from parking_robot.stays.reviews import list_reviews

pytestmark = pytest.mark.live
__all__ = ["running"]


def typed(lane, *words):
    """Run a command while the lane goes on; return its exit code and what it printed."""
    command = subprocess.Popen(
        [sys.executable, "-m", "ronda_cli", "parking", *words],
        env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    lane.until(lambda: command.poll() is not None)
    out, err = command.communicate()
    assert "Traceback" not in err
    return command.returncode, out, err


def test_a_call_is_listed_and_answered_from_a_terminal(running):
    lane, _, ledger, _ = running
    lane.plate = "BA268AK"
    lane.until(lambda: lane.is_at(GateState.PHASE_HELD, "no_stay") and lane.states[-1].help_called)
    code, out, _ = typed(lane, "calls")
    assert code == 0
    assert out.startswith("gate_out: BA268AK: no car like") and " UTC\n" in out
    # On a machine that pauses, the car may have come anew meanwhile, with a call of its own.
    assert out.split("--call ")[1].strip() in {state.call_id for state in lane.states}

    who = ("--by", "Mara", "--reason", "known here")
    code, _, err = typed(lane, "answer", "gate_out", "open", *who, "--call", "an older one")
    assert code == 2 and "gate 'gate_out' declines: this call is over" in err
    code, _, err = typed(lane, "answer", "gate_in", "open", *who)
    assert code == 2 and "gate 'gate_in' does not answer" in err and "there are: gate_out" in err
    assert lane.arm(BarrierState.CLOSED)

    code, out, _ = typed(lane, "answer", "/gate_out", "open", *who)
    assert code == 0 and out.startswith("gate_out: open for this one car")
    lane.until(lambda: lane.arm(BarrierState.OPEN))
    lane.until(lambda: "opened_by_person" in [case.kind for case in list_reviews(ledger)])

# SPDX-License-Identifier: Apache-2.0
"""The compiled firmware's barrier through random commands and inputs over the wire: closings on something, dead states.

A life is twelve random commands among random inputs (loop, beam, fire, emergency stop, jammed arm, both or no end
switches) and silences of the host; at its end all is made well and an operator opens and closes the barrier. Time is
simulated, all else is real: driver, frames, pseudo-terminal, the firmware's process.
"""

import random
import sys

from robot_base.barrier_trial import BarrierTrial
from robot_base.simulated_device import SimulatedDevice
from ronda_cli.measurement import main


def run(options):
    with SimulatedDevice(stepped=True) as device:
        trial = BarrierTrial(device, random.Random(options.seed))
        for _ in range(options.lives):
            trial.live()
        result = trial.close()
    return {
        "lives": result.lives,
        "commands": result.commands,
        "closings": result.closings,
        "simulated_hours": round(result.seconds / 3600, 1),
        "faults": result.faults,
        "closings_on_something": len(result.violations),
        "dead_states": len(result.dead),
        "examples": (result.violations + result.dead)[:10],
    }


def add_options(parser):
    parser.add_argument("--lives", type=int, default=10_000, help="how many lives")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))

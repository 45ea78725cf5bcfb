# SPDX-License-Identifier: Apache-2.0
"""The compiled firmware's barrier through random lives over the wire; `ronda bench barrier` runs ten thousand."""

import random

from robot_base.barrier_trial import BarrierTrial
from robot_base.simulated_device import SimulatedDevice


def test_nothing_closes_on_a_car_and_nothing_is_stuck_over_the_wire() -> None:
    with SimulatedDevice(stepped=True) as device:
        trial = BarrierTrial(device, random.Random(1))
        for _ in range(100):
            trial.live()
        result = trial.close()
    assert not result.violations
    assert not result.dead
    # The lives were lively enough to prove something.
    assert result.closings > 100
    assert len(result.faults) >= 3

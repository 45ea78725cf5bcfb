# SPDX-License-Identifier: Apache-2.0
"""kill -9 of navigator, gate and bridge while the whole robot drives."""

import pytest
from bench.kills import VICTIMS, one_kill, robot_in_the_hall

pytestmark = [pytest.mark.live, pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(400)]


def test_whoever_is_killed_the_robot_stops_and_goes_on_only_when_told():
    with robot_in_the_hall(stepped=True) as (processes, witness):
        for victim in VICTIMS:
            kill = one_kill(processes, witness, victim)
            assert not kill["moved"]
            assert (kill["stop_ms"] is not None) == (victim == "navigator")
        # After the last word it drives again, all the processes being new; told again where a busy machine stops it.
        witness.until(witness.at_top_speed, "the robot to drive on")
        assert witness.contacts == 0

# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest
from tests.parking_robot.gates.garages import NOW, Gate, site

from parking_robot.gates.call_desk import called_since


def test_a_call_says_since_when_the_driver_waits(tmp_path):
    gate = Gate(tmp_path, f"sqlite:///{tmp_path / 'ledger.sqlite'}", site(tmp_path), "exit")
    gate.station.call_help("the driver pressed the button")
    assert called_since(gate.station.call_id) == datetime.fromtimestamp(NOW, UTC)
    gate.close()


@pytest.mark.parametrize("text", ["", "call1", "gate_in", "x:call1"])
def test_what_is_no_call_has_no_time(text):
    assert called_since(text) is None

# SPDX-License-Identifier: Apache-2.0
"""A person's answers to a gate's call, checked: who answers, why, and whether it is still the same car."""

from __future__ import annotations

import re
from datetime import datetime

from parking_robot.errors import ParkingError, PlateError
from parking_robot.gates.passage import LaneState
from parking_robot.gates.station import Station
from parking_robot.plates.alphabet import normalise
from parking_robot.stays.store import from_us

# As the station names its calls: after the passage of the car, or after the gate where the lane is empty.
_CALL = re.compile(r"(?:([0-9a-f]{16})[0-9a-f]{16}|.*-([0-9a-f]{1,16})):call\d+")


class CallDesk:
    """Each answer returns what follows, and the stay it is recorded with. Raises ParkingError for one that is wrong."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def open(self, by: str, reason: str, call_id: str, plate: str, _stay_id: str) -> tuple[str, str]:
        """Let this one car pass."""
        self._check(by, reason, call_id)
        if self._station.lane_state is LaneState.FIRE:
            raise ParkingError("the fire alarm holds the gate open", hint="release the fire alarm")
        stay_id = self._station.answer_open(by, reason, _plate(plate))
        return "open for this one car", stay_id

    def refuse(self, by: str, reason: str, call_id: str, _plate_text: str, _stay_id: str) -> tuple[str, str]:
        """Keep the barrier shut."""
        self._check(by, reason, call_id)
        self._need_car()
        self._station.answer_refuse(by, reason)
        return "stays shut; the screen asks the driver to turn back", ""

    def correct(self, by: str, reason: str, call_id: str, plate: str, stay_id: str) -> tuple[str, str]:
        """Decide again with another plate, or with the stay that the person picked."""
        self._check(by, reason, call_id)
        self._need_car()
        if not plate and not stay_id:
            raise PlateError("a correction needs a plate or a stay", hint="type the plate as it stands on the car")
        self._station.answer_correct(by, reason, _plate(plate), stay_id)
        return "decided again; see gate_state", stay_id

    def release_fire(self, by: str, reason: str) -> bool:
        """End the hold of a fire alarm; return whether there was one."""
        self._check(by, reason, "")
        return self._station.release_fire(by, reason)

    def _check(self, by: str, reason: str, call_id: str) -> None:
        if not by.strip() or not reason.strip():
            raise ParkingError("an answer needs a name and a reason", hint="fill requested_by and reason")
        if call_id and call_id != self._station.call_id:
            raise ParkingError("this call is over: another car may stand there", hint="look at gate_state again")

    def _need_car(self) -> None:
        if self._station.lane_state not in (LaneState.READING, LaneState.DECIDING, LaneState.HELD):
            raise ParkingError("no car waits at this gate", hint="look at gate_state again")


def _plate(text: str) -> str:
    return normalise(text) if text else ""


def called_since(call_id: str) -> datetime | None:
    """Return when the car of this call came, or the button was pressed in an empty lane; None: no call of a gate."""
    found = _CALL.fullmatch(call_id)
    return from_us(int(found[1] or found[2], 16)) if found else None

# SPDX-License-Identifier: Apache-2.0
"""A small garage of the tests: a row of four bays that open to the south, and plates as the chain reads them."""

import math
from datetime import UTC, datetime

import numpy as np

from parking_robot.bays.bay_file import parse_plan
from parking_robot.bays.parked import ParkedStay
from parking_robot.plates.decoding import Character, Decoded

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAN = {
    "garage": "test",
    "length": 5.0,
    "width": 2.5,
    "bays": [
        {"id": "A01", "x": 1.25, "y": 2.5, "yaw_deg": -90},
        {"id": "A02", "x": 3.75, "y": 2.5, "yaw_deg": -90, "longest_stay_minutes": 60},
        {"id": "A03", "x": 6.25, "y": 2.5, "yaw_deg": -90, "kind": "ev"},
        {"id": "A04", "x": 8.75, "y": 2.5, "yaw_deg": -90, "kind": "reserved", "allowed": ["B-OS 1"]},
    ],
    "keep_clear": [{"id": "LANE", "x": 5.0, "y": -2.5, "length": 10.0, "width": 5.0}],
}


def plan():
    return parse_plan(PLAN, "plan")


def decoded(text, confidence=0.9):
    characters = tuple(Character(c, confidence, ()) for c in text)
    return Decoded(text, "DE", "", confidence, characters, ())


def stay(plate, stay_id="", minutes=10, vehicle_class=""):
    entered = datetime.fromtimestamp(NOW.timestamp() - 60 * minutes, UTC)
    return ParkedStay(stay_id or f"stay-{plate}", plate, entered, vehicle_class)


def sweep(sensor, boxes, beams=360, reach=12.0):
    """Hits and ends of a lidar at ``sensor`` among boxes (x low, y low, x high, y high): rays against their sides."""
    angles = np.linspace(-math.pi, math.pi, beams, endpoint=False)
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    ranges = np.full(beams, np.inf)
    for x0, y0, x1, y1 in boxes:
        with np.errstate(divide="ignore", invalid="ignore"):
            at_x = (np.array([[x0], [x1]]) - sensor[0]) / directions[:, 0]
            at_y = (np.array([[y0], [y1]]) - sensor[1]) / directions[:, 1]
        near = np.maximum(at_x.min(axis=0), at_y.min(axis=0))
        far = np.minimum(at_x.max(axis=0), at_y.max(axis=0))
        ranges = np.where((near <= far) & (near > 0), np.minimum(ranges, near), ranges)
    ends = np.asarray(sensor) + directions * np.minimum(ranges, reach)[:, None]
    return ends[ranges < reach], ends

# SPDX-License-Identifier: Apache-2.0
"""Places where a robot must not go, as polygons on the map: read from YAML, strictly.

    keep_out:
      frame: map
      zones:
        - {name: fountain, points: [[1.0, 2.0], [3.0, 2.0], [3.0, 4.0]]}

The safety gate keeps the robot out of them, whoever drives; the navigator plans around them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from ronda_core.errors import ParameterError, RondaError
from ronda_core.parameters import check_keys

HINT = "keep_out: {frame: map, zones: [{name: fountain, points: [[1, 2], [3, 2], [3, 4]]}]}"
_LEAST_AREA = 0.01  # m2


@dataclass(frozen=True, slots=True, eq=False)
class KeepOutZone:
    """One polygon; `corners` (n, 2) in metres in the map frame, in order, the last one joined to the first."""

    name: str
    corners: NDArray[np.float64] = field(repr=False)

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies inside (even-odd rule)."""
        after = np.roll(self.corners, -1, axis=0)
        crossed = (self.corners[:, 1] > y) != (after[:, 1] > y)
        rise = np.where(crossed, after[:, 1] - self.corners[:, 1], 1.0)
        at = self.corners[:, 0] + (y - self.corners[:, 1]) / rise * (after[:, 0] - self.corners[:, 0])
        return bool(np.count_nonzero(crossed & (x < at)) % 2)

    def edge_points(self, spacing: float) -> NDArray[np.float64]:
        """(N, 2) points along the edges, at most `spacing` metres apart."""
        pieces = []
        for start, end in zip(self.corners, np.roll(self.corners, -1, axis=0), strict=True):
            count = max(1, math.ceil(float(np.hypot(*(end - start))) / spacing))
            pieces.append(start + np.linspace(0.0, 1.0, count, endpoint=False)[:, None] * (end - start))
        return np.vstack(pieces)


def load_keep_out(path: Path | str) -> tuple[KeepOutZone, ...]:
    """Read a file of zones. Raises RondaError naming the file, the zone and what is wrong with it."""
    try:
        content = yaml.safe_load(Path(path).expanduser().read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RondaError(f"keep-out zones {path} cannot be read: {error}", hint=HINT) from error
    return parse_keep_out(content, str(path))


def parse_keep_out(content: Any, where: str) -> tuple[KeepOutZone, ...]:
    """Return the zones of a YAML document. Raises RondaError naming `where` and the zone."""
    try:
        top = check_keys(check_keys(content, ("keep_out",), where).get("keep_out"), ("frame", "zones"), where)
        entries = top.get("zones")
        if not isinstance(entries, list):
            raise ParameterError(f"{where}: zones is missing or not a list")
        if top.get("frame", "map") != "map":
            raise ParameterError(f"{where}: zones are in the frame 'map', not in '{top['frame']}'")
        zones = tuple(_zone(entry, f"{where}, zone {number}") for number, entry in enumerate(entries, 1))
    except ParameterError as error:
        raise RondaError(str(error), hint=error.hint or HINT) from error
    names = [zone.name for zone in zones]
    if twins := {name for name in names if names.count(name) > 1}:
        raise RondaError(f"{where}: two zones are called '{min(twins)}'", hint=HINT)
    return zones


def _zone(entry: Any, where: str) -> KeepOutZone:
    given = check_keys(entry, ("name", "points"), where)
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ParameterError(f"{where}: name is missing or not a text")
    try:
        corners = np.array(given.get("points"), dtype=np.float64)
    except (TypeError, ValueError):
        corners = np.empty(0)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise ParameterError(f"{where} '{name}': points must be three or more pairs of metres")
    x, y = corners.T
    if abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2 < _LEAST_AREA:
        raise ParameterError(f"{where} '{name}': the points enclose no area")
    return KeepOutZone(name, corners)

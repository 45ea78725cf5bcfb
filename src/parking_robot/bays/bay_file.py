# SPDX-License-Identifier: Apache-2.0
"""Read the plan of the bays from YAML, strictly: unknown keys, twins and overlaps are refused with their place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from parking_robot.bays.bay import Bay, BayKind, BayPlan
from parking_robot.errors import ConfigurationError, PlateError
from parking_robot.plates.alphabet import normalise
from ronda_core.errors import ParameterError
from ronda_core.parameters import check_keys

HINT = "see config/garage_bays.yaml for the form"
_TOP = ("garage", "frame", "length", "width", "longest_stay_minutes", "bays", "keep_clear")
_BAY = ("id", "kind", "x", "y", "yaw_deg", "length", "width", "allowed", "longest_stay_minutes")
OVERLAP_M = 0.05
"""How far two bays may reach into one another: the width of a painted line."""


def load_plan(path: Path | str) -> BayPlan:
    """Read a plan. Raises ConfigurationError naming the file and what is wrong in it."""
    try:
        content = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"bays {path} cannot be read: {error}", hint=HINT) from error
    return parse_plan(content, str(path))


def parse_plan(content: Any, where: str) -> BayPlan:
    """Return the plan of a YAML document. Raises ConfigurationError naming ``where`` and the bay."""
    try:
        top = check_keys(content, _TOP, where)
        bays = [_bay(entry, top, f"{where}, bay {number}", False) for number, entry in _listed(top, "bays", where)]
        bays += [
            _bay(entry, top, f"{where}, keep_clear {number}", True)
            for number, entry in _listed(top, "keep_clear", where)
        ]
        frame = str(top.get("frame", "map"))
        plan = BayPlan(str(top.get("garage", "garage")), frame, tuple(sorted(bays, key=lambda bay: bay.id)))
    except (ParameterError, PlateError) as error:
        raise ConfigurationError(str(error), hint=error.hint or HINT) from error
    if not plan.bays:
        raise ConfigurationError(f"{where}: there are no bays", hint=HINT)
    _refuse_twins(plan, where)
    return plan


def _bay(entry: Any, top: Mapping[str, Any], where: str, clear: bool) -> Bay:
    given = check_keys(entry, _BAY, where)
    bay_id = given.get("id")
    if not isinstance(bay_id, str) or not bay_id.strip():
        raise ConfigurationError(f"{where}: id is missing or not a text", hint=HINT)
    where = f"{where} '{bay_id}'"
    kind = str(given.get("kind", BayKind.KEEP_CLEAR if clear else BayKind.GENERAL))
    kinds = [BayKind.KEEP_CLEAR] if clear else [known for known in BayKind if known is not BayKind.KEEP_CLEAR]
    if kind not in kinds:
        raise ConfigurationError(f"{where}: unknown kind '{kind}'", hint=f"one of {', '.join(kinds)}")
    allowed = given.get("allowed", [])
    if not isinstance(allowed, list):
        raise ConfigurationError(f"{where}: allowed must be a list of plates", hint=HINT)
    minutes = given.get("longest_stay_minutes", top.get("longest_stay_minutes"))
    return Bay(
        id=bay_id,
        kind=BayKind(kind),
        x=_number(given.get("x"), "x", where),
        y=_number(given.get("y"), "y", where),
        yaw=math.radians(_number(given.get("yaw_deg", 0.0), "yaw_deg", where)),
        length=_number(given.get("length", top.get("length")), "length", where, least=0.5),
        width=_number(given.get("width", top.get("width")), "width", where, least=0.5),
        allowed=tuple(normalise(str(plate)) for plate in allowed),
        longest_stay_s=None if minutes is None else 60.0 * _number(minutes, "longest_stay_minutes", where, least=0.0),
    )


def _listed(top: Mapping[str, Any], key: str, where: str) -> list[tuple[int, Any]]:
    entries = top.get(key) or []
    if not isinstance(entries, list):
        raise ConfigurationError(f"{where}: {key} must be a list", hint=HINT)
    return list(enumerate(entries, 1))


def _number(value: Any, key: str, where: str, least: float | None = None) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ConfigurationError(f"{where}: {key} must be a number, not {value!r}", hint=HINT)
    if least is not None and value < least:
        raise ConfigurationError(f"{where}: {key} is {value:g}, it must be at least {least:g}", hint=HINT)
    return float(value)


def _refuse_twins(plan: BayPlan, where: str) -> None:
    for one, other in combinations(plan.bays, 2):
        if one.id == other.id:
            raise ConfigurationError(f"{where}: two bays are named '{one.id}'", hint="rename one")
        if BayKind.KEEP_CLEAR not in (one.kind, other.kind) and _overlap(one, other):
            raise ConfigurationError(f"{where}: bays '{one.id}' and '{other.id}' overlap", hint="correct one of them")


def _overlap(one: Bay, other: Bay) -> bool:
    """Separating axes: two rectangles overlap unless their shadows part on an axis of one of them."""
    for frame in (one, other):
        mine, theirs = frame.local(one.corners()), frame.local(other.corners())
        low, high = mine.min(axis=0), mine.max(axis=0)
        if ((theirs.min(axis=0) > high - OVERLAP_M) | (theirs.max(axis=0) < low + OVERLAP_M)).any():
            return False
    return True

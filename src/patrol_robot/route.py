# SPDX-License-Identifier: Apache-2.0
"""Routes: the waypoints of a round, read strictly from YAML."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from patrol_robot.errors import RouteError
from ronda_core.errors import RondaError
from ronda_core.parameters import check_keys

ROUTE_KEYS = ("name", "frame", "loop", "laps", "waypoints")
WAYPOINT_KEYS = ("name", "x", "y", "yaw_deg", "wait_s")
MAX_WAYPOINTS = 1000
MAX_WAIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A place of a round: metres and radians in the route's frame; `wait_s` is the stay there."""

    name: str
    x: float
    y: float
    yaw: float
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """A named round. `laps` 0 means: for ever."""

    name: str
    frame: str
    waypoints: tuple[Waypoint, ...]
    laps: int = 1


def load_route(path: Path | str) -> Route:
    """Read a route file. Raises RouteError naming the file and what is wrong in it."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise RouteError(f"cannot read route {path}: {error.strerror}", hint="name an existing route file") from error
    except UnicodeDecodeError as error:
        raise RouteError(f"route {path} is not a text file", hint="a route is YAML in UTF-8") from error
    return parse_route(text, where=str(path))


def parse_route(text: str, where: str = "route") -> Route:
    """Read a route from YAML text. Raises RouteError; `where` names the source in messages."""
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise RouteError(f"{where}{line}: {problem}", hint="see config/airport_route.yaml for the form") from error
    top = _mapping(document, where)
    _keys(top, ("route",), where)
    route = _mapping(top.get("route"), f"{where}: route")
    _keys(route, ROUTE_KEYS, f"{where}: route")
    listed = route.get("waypoints")
    if not isinstance(listed, list) or not listed:
        raise RouteError(f"{where}: route has no waypoints", hint="list at least one under route: waypoints:")
    if len(listed) > MAX_WAYPOINTS:
        raise RouteError(f"{where}: {len(listed)} waypoints, {MAX_WAYPOINTS} at most", hint="split the route")
    waypoints = tuple(_waypoint(item, index, where) for index, item in enumerate(listed))
    _refuse_twins(waypoints, where)
    return Route(
        name=_text(route, "name", f"{where}: route"),
        frame=_text(route, "frame", f"{where}: route", default="map"),
        waypoints=waypoints,
        laps=_laps(route, where),
    )


def _waypoint(item: object, index: int, where: str) -> Waypoint:
    place = f"{where}: waypoint {index}"
    mapping = _mapping(item, place)
    _keys(mapping, WAYPOINT_KEYS, place)
    name = _text(mapping, "name", place, default=f"waypoint {index}")
    place = f"{where}: waypoint {index} '{name}'"
    wait = _number(mapping, "wait_s", place, default=0.0)
    if not 0.0 <= wait <= MAX_WAIT_S:
        raise RouteError(f"{place}: wait_s {wait:g} is outside 0..{MAX_WAIT_S:g}", hint="give seconds")
    return Waypoint(
        name=name,
        x=_number(mapping, "x", place),
        y=_number(mapping, "y", place),
        yaw=math.radians(_number(mapping, "yaw_deg", place, default=0.0)),
        wait_s=wait,
    )


def _laps(route: Mapping[str, object], where: str) -> int:
    loop = route.get("loop", False)
    if not isinstance(loop, bool):
        raise RouteError(f"{where}: loop must be true or false, not {loop!r}", hint="write loop: false for one lap")
    laps = route.get("laps", 0 if loop else 1)
    if isinstance(laps, bool) or not isinstance(laps, int) or laps < 0:
        raise RouteError(f"{where}: laps must be a whole number from 0, not {laps!r}", hint="0 means for ever")
    return laps


def _refuse_twins(waypoints: tuple[Waypoint, ...], where: str) -> None:
    seen: set[str] = set()
    for waypoint in waypoints:
        if waypoint.name in seen:
            raise RouteError(f"{where}: two waypoints are named '{waypoint.name}'", hint="rename one")
        seen.add(waypoint.name)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise RouteError(f"{where}: expected keys and values", hint="see config/airport_route.yaml for the form")
    return value


def _keys(mapping: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    try:
        check_keys(dict(mapping), allowed, where)
    except RondaError as error:
        raise RouteError(str(error), hint=error.hint) from error


def _text(mapping: Mapping[str, object], key: str, where: str, default: str | None = None) -> str:
    value = mapping.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise RouteError(f"{where}: {key} is missing or not a text", hint=f"add {key}: some text")
    return value


def _number(mapping: Mapping[str, object], key: str, where: str, default: float | None = None) -> float:
    value = mapping.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RouteError(f"{where}: {key} must be a number, not {value!r}", hint=f"give {key} as a finite number")
    return float(value)

# SPDX-License-Identifier: Apache-2.0
"""Parameters described as data: type, default, unit, limits and meaning, in one YAML file per node.

A file `src/<package>/parameters/<node>.yaml` maps each name to its description:

    max_speed: {type: double, default: 0.8, unit: m/s, min: 0.0, max: 2.0, description: Upper speed}

`resolve` is the half that knows no ROS; `declare` declares the same on a node.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from ronda_core.errors import ParameterError

if TYPE_CHECKING:
    from rclpy.node import Node

_TYPES: dict[str, type] = {"bool": bool, "int": int, "double": float, "string": str}
_ALLOWED_KEYS = ("type", "default", "unit", "min", "max", "choices", "description", "read_only")


@dataclass(frozen=True, slots=True)
class Parameter:
    """The description of one parameter. `type` is bool, int, double, string or one of those with `_array`."""

    name: str
    type: str
    default: Any
    description: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    choices: tuple[Any, ...] = ()
    read_only: bool = True


Spec = Mapping[str, Parameter]


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ", did you mean '...'?" for the known word nearest to `word`, or an empty text."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f", did you mean '{near[0]}'?" if near else ""


def check_keys(mapping: object, allowed: Iterable[str], where: str) -> Mapping[str, Any]:
    """Return `mapping` if it is one and has no key beside `allowed`. Raises ParameterError naming `where`."""
    if not isinstance(mapping, Mapping):
        raise ParameterError(f"{where}: expected keys with values, found {type(mapping).__name__}")
    allowed = tuple(allowed)
    for key in mapping:
        if key not in allowed:
            raise ParameterError(
                f"{where}: unknown key '{key}'{suggest(str(key), allowed)}", hint=f"known keys: {', '.join(allowed)}"
            )
    return mapping


def _describe(name: str, entry: object, where: str) -> Parameter:
    fields = dict(check_keys(entry, _ALLOWED_KEYS, f"{where}: {name}"))
    missing = [key for key in ("type", "default", "description") if key not in fields]
    if missing:
        raise ParameterError(f"{where}: {name} lacks {', '.join(missing)}")
    if fields["type"].removesuffix("_array") not in _TYPES:
        raise ParameterError(f"{where}: {name} has the unknown type '{fields['type']}'")
    fields["choices"] = tuple(fields.get("choices", ()))
    parameter = Parameter(name=name, **fields)
    check_value(parameter, parameter.default, where)
    return parameter


def parse_spec(text: str, where: str) -> dict[str, Parameter]:
    """Return the descriptions in a YAML text. Raises ParameterError naming `where`."""
    try:
        entries = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ParameterError(f"{where} is not YAML: {error}") from error
    if not isinstance(entries, Mapping):
        raise ParameterError(f"{where}: expected parameter names with their descriptions")
    return {name: _describe(name, entry, where) for name, entry in entries.items()}


def load_spec(package: str, name: str) -> dict[str, Parameter]:
    """Return the parameters of a node: `src/<package>/parameters/<name>.yaml`."""
    file = resources.files(package) / "parameters" / f"{name}.yaml"
    return parse_spec(file.read_text(encoding="utf-8"), f"{package}/parameters/{name}.yaml")


def check_value(parameter: Parameter, value: object, where: str) -> Any:
    """Return `value` in the parameter's type. Raises ParameterError if its type, a limit or the choices refuse it."""
    if parameter.type.endswith("_array"):
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            raise ParameterError(f"{where}: parameter '{parameter.name}' must be a list, found {value!r}")
        return [_check_scalar(parameter, item, where) for item in value]
    return _check_scalar(parameter, value, where)


def _check_scalar(parameter: Parameter, value: object, where: str) -> Any:
    kind = _TYPES[parameter.type.removesuffix("_array")]
    # YAML's 1 is a good double, but True is no number and 1.0 is no int.
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ParameterError(
            f"{where}: parameter '{parameter.name}' must be of type {parameter.type}, found {value!r}",
            hint=_example(parameter),
        )
    unit = f" {parameter.unit}" if parameter.unit else ""
    if isinstance(value, float) and math.isnan(value) and not (parameter.min is None and parameter.max is None):
        raise ParameterError(f"{where}: parameter '{parameter.name}' is not a number")
    below = parameter.min is not None and value < parameter.min  # type: ignore[operator]
    above = parameter.max is not None and value > parameter.max  # type: ignore[operator]
    if below or above:
        low = "" if parameter.min is None else f"at least {parameter.min}{unit}"
        high = "" if parameter.max is None else f"at most {parameter.max}{unit}"
        limits = " and ".join(filter(None, (low, high)))
        raise ParameterError(
            f"{where}: parameter '{parameter.name}' is {value}{unit}, it must be {limits}",
            hint=_example(parameter),
        )
    if parameter.choices and value not in parameter.choices:
        options = ", ".join(map(str, parameter.choices))
        raise ParameterError(
            f"{where}: parameter '{parameter.name}' is {value!r}{suggest(str(value), map(str, parameter.choices))}",
            hint=f"one of: {options}",
        )
    return value


def _example(parameter: Parameter) -> str:
    unit = f" {parameter.unit}" if parameter.unit else ""
    return f"the default is {parameter.default!r}{unit}: {parameter.description}"


def resolve(spec: Spec, overrides: Mapping[str, object], where: str = "parameters") -> dict[str, Any]:
    """Return every parameter's value: the override where there is one, the default elsewhere. Raises ParameterError."""
    for name in overrides:
        if name not in spec:
            raise ParameterError(
                f"{where}: unknown parameter '{name}'{suggest(name, spec)}",
                hint="known parameters: " + ", ".join(sorted(spec)),
            )
    return {
        name: check_value(parameter, overrides.get(name, parameter.default), where) for name, parameter in spec.items()
    }


def declare(node: Node, spec: Spec) -> dict[str, Any]:
    """Declare all parameters of `spec` on a node and return their values.

    Overrides come from the command line, launch files and parameter files. An unknown one, a wrong type and a value
    outside its limits raise ParameterError, where rclpy would ignore the first of these in silence.
    """
    from rcl_interfaces.msg import ParameterDescriptor
    from rclpy.parameter import Parameter as RosParameter

    of_ros = ("use_sim_time", "start_type_description_service")
    overrides = {
        name: parameter.value
        for name, parameter in node._parameter_overrides.items()
        if name not in of_ros and not name.startswith("qos_overrides.")
    }
    values = resolve(spec, overrides, where=f"node {node.get_fully_qualified_name()}")
    for name, parameter in spec.items():
        unit = f" [{parameter.unit}]" if parameter.unit else ""
        descriptor = ParameterDescriptor(
            description=parameter.description + unit,
            read_only=parameter.read_only,
            additional_constraints="one of " + ", ".join(map(str, parameter.choices)) if parameter.choices else "",
        )
        value = values[name]
        # An empty list carries no type of its own; and rclpy checks the override's type itself, so hand it ours.
        kind = RosParameter.Type.from_parameter_value(value) if value != [] else _array_type(parameter.type)
        node._parameter_overrides[name] = RosParameter(name, kind, value)
        node.declare_parameter(name, value, descriptor)
    return values


def _array_type(type_name: str) -> Any:
    from rclpy.parameter import Parameter as RosParameter

    kinds = {"bool": "BOOL_ARRAY", "int": "INTEGER_ARRAY", "double": "DOUBLE_ARRAY", "string": "STRING_ARRAY"}
    return RosParameter.Type[kinds[type_name.removesuffix("_array")]]

# SPDX-License-Identifier: Apache-2.0
"""Every number of the safety gate in one place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from robot_base.safety_zones import Footprint, ZoneLimits


@dataclass(frozen=True, slots=True)
class GateLimits:
    """Every number of the gate; seconds, m/s, rad/s, m/s2, rad/s2, metres. Meaning: parameters/safety_gate.yaml."""

    max_speed: float = 0.8
    max_reverse_speed: float = 0.4
    max_turn_rate: float = 2.0
    acceleration: float = 1.0
    turn_acceleration: float = 2.0
    teleop_timeout: float = 0.2
    navigation_timeout: float = 0.18
    max_command_age: float = 0.5
    scan_timeout: float = 0.3
    scan_grace: float = 1.0
    bumper_timeout: float = 0.5
    drive_timeout: float = 1.0
    crawl_speed: float = 0.15
    absurd_factor: float = 10.0
    sudden_drop: float = 0.3
    sudden_hold: float = 0.3
    start_watch: float = 1.5
    footprint: Footprint = field(default_factory=Footprint)
    zones: ZoneLimits = field(default_factory=ZoneLimits)


def gate_limits(values: Mapping[str, Any]) -> GateLimits:
    """The limits out of resolved parameters (parameters/safety_gate.yaml). May raise BaseConfigError."""
    own = {f.name: values[f.name] for f in fields(GateLimits) if f.name in values}
    if values["bumper_source"] == "none":
        own["bumper_timeout"] = math.inf
    zones = {f.name for f in fields(ZoneLimits)}
    return GateLimits(
        **own,
        footprint=Footprint(values["footprint_front"], values["footprint_rear"], values["footprint_half_width"]),
        zones=ZoneLimits(**{name: values[name] for name in zones}),
    )

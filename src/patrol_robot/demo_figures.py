# SPDX-License-Identifier: Apache-2.0
"""What a round measured: percentiles, distances, and the report's own form (report.json)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from patrol_robot.demo_judge import Judgement
from ronda_core.spread import spread


@dataclass(slots=True)
class RoundFigures:
    """Raw measurements of one round. Times of alerts in milliseconds of wall time and seconds of simulated time."""

    frame_to_alert_ms: list[float] = field(default_factory=list)
    first_sight_to_alert_s: list[float] = field(default_factory=list)
    perception_ms: list[float] = field(default_factory=list)
    path: list[tuple[float, float]] = field(default_factory=list)
    collisions: int = 0
    interruptions: list[str] = field(default_factory=list)
    sim_start_s: float = 0.0
    sim_end_s: float = 0.0
    wall_start_s: float = 0.0
    wall_end_s: float = 0.0
    perception_cpu_s: float = math.nan

    @property
    def sim_duration_s(self) -> float:
        """Simulated seconds of the round."""
        return self.sim_end_s - self.sim_start_s

    @property
    def wall_duration_s(self) -> float:
        """Wall seconds of the round."""
        return self.wall_end_s - self.wall_start_s

    @property
    def distance_m(self) -> float:
        """Length of the path that was driven, by ground truth."""
        return sum(math.dist(a, b) for a, b in zip(self.path, self.path[1:], strict=False))

    @property
    def real_time_factor(self) -> float | None:
        """Simulated over wall time; None for a round that did not begin."""
        return round(self.sim_duration_s / self.wall_duration_s, 3) if self.wall_duration_s > 0 else None


@dataclass(frozen=True, slots=True)
class Alert:
    """An incident as the report shows it. `position_m` is (x, y) on the map, `evidence` a folder in the report."""

    incident_id: str
    person: str
    score: float
    sim_time_s: float
    position_m: tuple[float, float] | None
    evidence: str
    summary: str


@dataclass(frozen=True, slots=True)
class RouteOutcome:
    """How far the round came. `missed` holds (name, reason)."""

    name: str
    waypoints: int
    reached: int
    missed: tuple[tuple[str, str], ...]
    completed: bool
    message: str = ""


def report(
    seed: int, outcome: RouteOutcome, alerts: Sequence[Alert], judgement: Judgement, figures: RoundFigures
) -> dict[str, Any]:
    """The content of report.json."""
    cpu = figures.perception_cpu_s / figures.wall_duration_s if figures.wall_duration_s > 0 else math.nan
    ok = (
        outcome.completed
        and not outcome.missed
        and not judgement.missed
        and not judgement.false_alerts
        and figures.collisions == 0
    )
    return {
        "ok": ok,
        "seed": seed,
        "route": {
            "waypoints": outcome.waypoints,
            "reached": outcome.reached,
            "missed": [{"name": name, "reason": reason} for name, reason in outcome.missed],
            "distance_m": round(figures.distance_m, 2),
            "sim_duration_s": round(figures.sim_duration_s, 2),
            "wall_duration_s": round(figures.wall_duration_s, 2),
            "collisions": figures.collisions,
            "name": outcome.name,
            "completed": outcome.completed,
            "message": outcome.message,
            "interruptions": list(figures.interruptions),
        },
        "incidents": [
            {
                "person": alert.person,
                "score": round(alert.score, 4),
                "sim_time_s": round(alert.sim_time_s, 3),
                "position_m": None if alert.position_m is None else [round(value, 2) for value in alert.position_m],
                "evidence": alert.evidence,
                "incident_id": alert.incident_id,
                "right": alert.incident_id not in {wrong.incident_id for wrong in judgement.false_alerts},
            }
            for alert in alerts
        ],
        "false_alerts": [
            {"person": wrong.person, "incident_id": wrong.incident_id, "reason": wrong.reason}
            for wrong in judgement.false_alerts
        ],
        "missed_people": list(judgement.missed),
        "performance": {
            "frame_to_alert_ms": spread(figures.frame_to_alert_ms, 1),
            "first_sight_to_alert_s": spread(figures.first_sight_to_alert_s, 3),
            "perception_ms": spread(figures.perception_ms, 1),
            "real_time_factor": figures.real_time_factor,
            "frames_analysed": len(figures.perception_ms),
            "perception_core_share": round(cpu, 3) if math.isfinite(cpu) else None,
        },
    }

# SPDX-License-Identifier: Apache-2.0
"""What the live page shows, taken from the demonstration's node."""

from collections.abc import Mapping
from typing import Any

from ronda.msg import PatrolState

from patrol_robot.demo_live import LiveSource
from patrol_robot.demo_setup import Stage
from patrol_robot.demo_watch import DemoWatch
from patrol_robot.incident_office import COMPARISON
from patrol_robot.patrol_messages import floor_of
from ronda_core.map_picture import MapPicture, map_picture

PATH_POINTS = 1500


def live_source(watch: DemoWatch, stage: Stage, waypoints: int) -> LiveSource:
    """Join the node's view and the run's evidence folder."""
    drawn: list[MapPicture] = []

    def chart() -> MapPicture | None:
        if not drawn and watch.floor is not None:
            floor = floor_of(watch.floor)
            drawn.append(map_picture(floor.cells, floor.resolution, floor.origin_x, floor.origin_y))
        return drawn[0] if drawn else None

    def state() -> Mapping[str, Any]:
        view, picture = watch.view, chart()
        path = list(watch.figures.path)
        step = max(1, len(path) // PATH_POINTS)
        patrol = view.patrol
        done = patrol is not None and patrol.state == PatrolState.DONE
        return {
            "detail": patrol.detail if patrol is not None and patrol.detail else "getting ready",
            "waypoint": waypoints if done else patrol.waypoint_index + 1 if patrol is not None else 0,
            "waypoints": waypoints,
            "sim_s": view.sim_s,
            "map": {"width": picture.width, "height": picture.height} if picture else None,
            "path": [picture.pixel(*point) for point in path[::step]] if picture else [],
            "robot": [*picture.pixel(*view.pose[:2]), view.pose[2]] if picture and view.pose else None,
            "incidents": [
                {
                    "id": incident.incident_id,
                    "person": incident.subject,
                    "summary": incident.summary,
                    "at": _at(picture, incident.position.x, incident.position.y),
                }
                for incident in list(view.incidents)
            ],
        }

    def picture_of(incident_id: str) -> bytes | None:
        known = {incident.incident_id for incident in list(watch.view.incidents)}
        file = stage.data_dir / "evidence" / incident_id / COMPARISON
        return file.read_bytes() if incident_id in known and file.is_file() else None

    def map_png() -> bytes:
        picture = chart()
        return picture.png if picture else b""

    return LiveSource(state, lambda: (watch.view.frame_number, watch.view.frame), map_png, picture_of)


def _at(picture: MapPicture | None, x: float, y: float) -> tuple[float, float] | None:
    return picture.pixel(x, y) if picture is not None and x == x else None

# SPDX-License-Identifier: Apache-2.0
"""One demonstration round: set up, walk, judge, report."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ronda.action import Patrol
from ronda.msg import Incident

from patrol_robot.bag import BagWriter
from patrol_robot.demo_client import RobotClient, watching
from patrol_robot.demo_figures import Alert, RouteOutcome, report
from patrol_robot.demo_judge import Sighting, judge
from patrol_robot.demo_live import LivePage
from patrol_robot.demo_live_source import live_source
from patrol_robot.demo_report import PageContent, page
from patrol_robot.demo_screen import Screen
from patrol_robot.demo_setup import Stage, default_people, prepare
from patrol_robot.demo_watch import DemoWatch
from patrol_robot.errors import DemoError
from patrol_robot.patrol_messages import floor_of
from ronda_cli.demonstration import cpu_seconds, demo_environment, free_domain, refuse_foreign_folder, robot
from ronda_cli.errors import DemonstrationError
from ronda_core import atomic
from ronda_core.map_picture import MapPicture, map_picture
from ronda_core.stamps import to_seconds

NAMESPACE: Final = "patrol1"
START: Final = (-18.5, -8.0, 0.0)
"""Where the robot begins in the airport: x, y in metres, yaw in radians. The launch file's defaults say the same."""
READY_LIMIT_S: Final = 120.0
ROUND_LIMIT_S: Final = 1800.0
POSE_REPEAT_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`people` None: the photographs that set-up brought. `rtf` is simulated over real time, 0 as fast as possible.

    `base` as in launch/patrol.launch.xml: sim or serial.
    """

    people: Path | None
    report: Path
    seed: int
    rtf: float
    live: bool
    live_port: int
    base: str = "sim"


@dataclass(slots=True)
class Round:
    """What is left of a round when the nodes have ended."""

    outcome: RouteOutcome
    chart: MapPicture | None = None


def run_demo(options: DemoOptions, screen: Screen) -> bool:
    """Run one round and write its report; true if everything went as it must. Raises RondaError for bad input."""
    refuse_foreign_folder(options.report)
    people = options.people or default_people()
    with tempfile.TemporaryDirectory(prefix="ronda-demo-") as scratch:
        folder = Path(scratch)
        with screen.step("world with its people"):
            stage = prepare(folder, people, options.seed)
        with free_domain(os.environ) as domain:
            environment = demo_environment(domain)
            os.environ.update(environment)
            watch, walked = _perform(options, stage, screen, domain, environment)
        with screen.step("report"):
            document = _write(options, stage, watch, walked)
        screen.table(document, options.report)
        return bool(document["ok"])


def _perform(
    options: DemoOptions, stage: Stage, screen: Screen, domain: int, environment: Mapping[str, str]
) -> tuple[DemoWatch, Round]:
    """Start the robot and let it walk. From here on what goes wrong is the round's outcome and gets its report."""
    arguments = {
        "namespace": NAMESPACE,
        "world": str(stage.world),
        "seed": str(options.seed),
        "rtf": str(options.rtf),
        "base": options.base,
        "map": str(stage.map_file),
        "route": str(stage.route_file),
        "data_dir": str(stage.data_dir),
        "faces_dir": str(stage.faces_dir),
        "site_file": str(stage.site_file),
    }
    total = len(stage.route.waypoints)
    walked = Round(RouteOutcome(stage.route.name, total, 0, (), completed=False))
    with ExitStack() as running:
        nodes = running.enter_context(robot("patrol", arguments, environment, stage.folder / "log.txt"))
        watch = running.enter_context(watching(NAMESPACE, domain, screen.incident))
        client = RobotClient(watch, nodes.check)
        if options.live:
            page_ = running.enter_context(LivePage(live_source(watch, stage, total), options.live_port))
            screen.say(f"live in a browser: {page_.url}")
        try:
            _get_ready(client, watch, stage, screen)
            walked.outcome = _walk(client, watch, stage, screen, domain)
        except (DemoError, DemonstrationError) as error:
            screen.problem(error)
            reached = watch.view.patrol.reached if watch.view.patrol else 0
            walked.outcome = RouteOutcome(stage.route.name, total, reached, (), completed=False, message=str(error))
        finally:
            watch.end()
        if watch.floor is not None:
            floor = floor_of(watch.floor)
            walked.chart = map_picture(floor.cells, floor.resolution, floor.origin_x, floor.origin_y)
    return watch, walked


def _get_ready(client: RobotClient, watch: DemoWatch, stage: Stage, screen: Screen) -> None:
    with screen.step("robot's nodes"):
        client.wait(
            lambda: client.servers_ready() and watch.view.pose and watch.floor, READY_LIMIT_S, "the robot's nodes"
        )
    with screen.step("position on the map"):
        told = 0.0

        def localised() -> bool:
            nonlocal told
            if time.monotonic() - told > POSE_REPEAT_S and not watch.view.localised:
                client.tell_pose(*START)
                told = time.monotonic()
            return watch.view.localised

        client.wait(localised, READY_LIMIT_S, "the robot to find its place on the map")
    for wanted in stage.wanted:
        with screen.step(f"enrolment of {wanted.name} from {len(wanted.pictures)} pictures"):
            client.enrol(wanted)


def _walk(client: RobotClient, watch: DemoWatch, stage: Stage, screen: Screen, domain: int) -> RouteOutcome:
    total = len(stage.route.waypoints)

    def interrupted(reason: str) -> None:
        watch.figures.interruptions.append(reason)
        screen.say(f"[yellow]interrupted: {reason}; resuming[/]")

    with BagWriter(stage.folder / "bag", watch.bag_types(), ["/tf_static"]) as bag, screen.round(watch.view, total):
        cpu_before = cpu_seconds("face_node", domain)
        watch.begin(bag)
        try:
            result = client.walk(ROUND_LIMIT_S, interrupted)
        finally:
            watch.end()
            watch.figures.perception_cpu_s = cpu_seconds("face_node", domain) - cpu_before
    return RouteOutcome(
        name=stage.route.name,
        waypoints=total,
        reached=result.waypoints_reached,
        missed=tuple((missed.name, missed.reason) for missed in result.missed_waypoints),
        completed=result.error_code == Patrol.Result.NONE and result.laps_done == 1,
        message=result.error_msg,
    )


def _write(options: DemoOptions, stage: Stage, watch: DemoWatch, walked: Round) -> dict[str, Any]:
    alerts = [_alert(incident) for incident in watch.view.incidents]
    judgement = judge(stage.figures, [Sighting(alert.incident_id, alert.person, alert.position_m) for alert in alerts])
    document = report(options.seed, walked.outcome, alerts, judgement, watch.figures)
    document["base"] = options.base
    store = stage.data_dir / "evidence"
    content = PageContent(
        report=document,
        route=stage.route,
        figures=stage.figures,
        path=watch.figures.path,
        chart=walked.chart,
        portraits=stage.portraits,
        evidence={alert.incident_id: store / alert.incident_id for alert in alerts},
    )
    with atomic.new_folder(options.report.absolute(), replace=True) as folder:
        for source, name in ((store, "evidence"), (stage.folder / "bag", "bag")):
            if source.is_dir():
                shutil.copytree(source, folder / name)
        if (stage.folder / "log.txt").is_file():
            shutil.copy(stage.folder / "log.txt", folder / "log.txt")
        (folder / "report.json").write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
        (folder / "index.html").write_text(page(content), encoding="utf-8")
    return document


def _alert(incident: Incident) -> Alert:
    at = incident.position
    return Alert(
        incident_id=incident.incident_id,
        person=incident.subject,
        score=incident.score,
        sim_time_s=to_seconds(incident.header.stamp),
        position_m=None if at.x != at.x else (at.x, at.y),
        evidence=f"evidence/{incident.evidence_folder}",
        summary=incident.summary,
    )

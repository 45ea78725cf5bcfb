# SPDX-License-Identifier: Apache-2.0
"""The garage's demonstration: set up, let everybody come and go, judge, report."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ronda.msg import GateEvent, GateState

from parking_robot.demo_client import GarageClient
from parking_robot.demo_director import ENTRY, Director, Played
from parking_robot.demo_judge import BilledStay, report
from parking_robot.demo_page import PageContent, page
from parking_robot.demo_screen import GarageScreen
from parking_robot.demo_stage import GarageStage, prepare
from parking_robot.demo_watch import GATE_NAMES, GarageView, GarageWatch, watching
from parking_robot.gates.site import load_site
from parking_robot.reports_garage import gather
from parking_robot.reports_page import report_page
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import find_picture
from parking_robot.stays.reviews import Review, list_reviews
from parking_robot.stays.visits import quote_visit
from ronda_cli.demonstration import demo_environment, free_domain, guarded, refuse_foreign_folder, robot
from ronda_cli.errors import DemonstrationError
from ronda_core import atomic
from ronda_core.errors import RondaError

ROBOT: Final = "parking1"
HOME: Final = (-18.8, -6.9, 1.5708)
"""Where the robot stands at the start: x, y in metres, yaw in radians; as in launch/parking.launch.xml."""
READY_LIMIT_S: Final = 180.0
POSE_REPEAT_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class GarageOptions:
    """``rtf`` is simulated over real time; money is reckoned by the computer's clock, so that 1 is the honest one."""

    report: Path
    seed: int
    cars: int
    rtf: float


def run_demo(options: GarageOptions, screen: GarageScreen) -> bool:
    """Play it once and write its report; true if everything went as it must. Raises RondaError for bad input."""
    refuse_foreign_folder(options.report)
    with tempfile.TemporaryDirectory(prefix="ronda-garage-") as scratch:
        with screen.step("garage with its cars"):
            stage = prepare(Path(scratch), options.cars, options.seed)
        began_at = datetime.now(UTC)
        with free_domain(os.environ) as domain:
            environment = demo_environment(domain)
            os.environ.update(environment)
            view, played, wall_s = _perform(options, stage, screen, domain, environment)
        with screen.step("report"):
            document = _write(options, stage, view, played, wall_s, began_at)
        screen.table(document, options.report)
        return bool(document["ok"])


def _perform(
    options: GarageOptions, stage: GarageStage, screen: GarageScreen, domain: int, environment: Mapping[str, str]
) -> tuple[GarageView, Played, float]:
    """Start everything and let it happen. What goes wrong from here on is the outcome and gets its report."""
    port, sandbox = _free_ports(2)
    url = f"http://127.0.0.1:{port}"
    arguments = {
        "namespace": ROBOT,
        "world": str(stage.world),
        "schedule": str(stage.schedule),
        "seed": str(options.seed),
        "rtf": str(options.rtf),
        "map": str(stage.map_file),
        "route": str(stage.route_file),
        "bays": str(stage.bays_file),
        "garage_file": str(stage.garage_file),
        "ledger": stage.ledger,
        "data_dir": str(stage.data_dir),
        "public_url": url,
        "boards": str(stage.folder / "board"),
    }
    began, played = time.monotonic(), Played()
    with ExitStack() as running:
        server = running.enter_context(_server(stage, port, sandbox, environment))
        nodes = running.enter_context(robot("garage", arguments, environment, stage.folder / "log.txt"))
        watch = running.enter_context(watching(ROBOT, domain, screen.event))

        def check() -> None:
            nodes.check()
            if server.poll() is not None:
                raise DemonstrationError(f"the garage's server ended with exit code {server.returncode}")

        client = GarageClient(watch, check)
        director = Director(stage, watch, client, url, screen.say)
        played = director.played
        try:
            _get_ready(client, watch, screen)
            screen.say(f"the garage's pages: {url}/ and {url}/screen/{ENTRY}")
            began = time.monotonic()
            director.run()
        except RondaError as error:
            screen.problem(error)
            played.ended_s = watch.view.sim_s
        return watch.view, played, time.monotonic() - began


def _get_ready(client: GarageClient, watch: GarageWatch, screen: GarageScreen) -> None:
    view = watch.view

    def gates_ready() -> bool:
        return len(view.gates) == len(GATE_NAMES) and all(
            state.phase != GateState.PHASE_OUT_OF_SERVICE for state in view.gates.values()
        )

    with screen.step("simulator, gates and robot"):
        client.wait(lambda: client.ready() and gates_ready() and view.drivers, READY_LIMIT_S, "gates and robot")
    with screen.step("robot's position on the map"):
        told = 0.0

        def localised() -> bool:
            nonlocal told
            if time.monotonic() - told > POSE_REPEAT_S and not view.localised:
                client.tell_pose(*HOME)
                told = time.monotonic()
            return view.localised

        client.wait(localised, READY_LIMIT_S, "the robot to find its place on the map")


def _server(
    stage: GarageStage, port: int, sandbox: int, environment: Mapping[str, str]
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """`ronda parking serve` as a process of its own, ended when the block is left."""
    words = ["parking", "serve", "--ledger", stage.ledger, "--garage", str(stage.garage_file)]
    words += ["--data-dir", str(stage.data_dir), "--port", str(port), "--sandbox-port", str(sandbox)]
    return guarded(words, environment, stage.folder / "server.txt")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


def _write(
    options: GarageOptions, stage: GarageStage, view: GarageView, played: Played, wall_s: float, began_at: datetime
) -> dict[str, Any]:
    site = load_site(stage.garage_file)
    zone, ended_at = site.tariff.zone, datetime.now(UTC)
    ledger = Ledger(stage.ledger)
    try:
        billed = {}
        for car, stay_id in _stays_of(stage, view).items():
            stay = ledger.stay(stay_id)
            bill = quote_visit(site.tariff, stay, stay.left or ended_at, ledger).bill
            billed[car] = BilledStay(stay, bill, stay.received(site.tariff.currency).minor)
        reviews = list_reviews(ledger, everything=True)
        money = report_page(gather(ledger, began_at, ended_at, zone, site.tariff, site.capacity), site.name)
    finally:
        ledger.close()
    document = report(stage, view, played, billed, wall_s)
    content = PageContent(
        document, stage, view, played, billed, reviews, zone, options.seed, _pictures(stage, view, reviews)
    )
    with atomic.new_folder(options.report.absolute(), replace=True) as folder:
        for name in ("log.txt", "server.txt"):
            if (stage.folder / name).is_file():
                shutil.copy(stage.folder / name, folder / name)
        (folder / "report.json").write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
        (folder / "money.html").write_text(money, encoding="utf-8")
        (folder / "index.html").write_text(page(content), encoding="utf-8")
    return document


def _pictures(stage: GarageStage, view: GarageView, reviews: Iterable[Review]) -> dict[str, bytes]:
    """Return the kept pictures of cases and incidents by their names."""
    names = {str(review.facts.get("picture", "")) for review in reviews}
    names |= {file.sha256 for incident in view.incidents for file in incident.evidence}
    paths = {name: find_picture(stage.data_dir, name) for name in names if name}
    return {name: path.read_bytes() for name, path in paths.items() if path is not None}


def _stays_of(stage: GarageStage, view: GarageView) -> dict[str, str]:
    """Return the ledger's stay of each visitor, as the entry named it when that car stood there."""
    found = {}
    for heard in view.events:
        event = heard.event
        if (
            heard.car
            and event.gate_id == ENTRY
            and event.kind in (GateEvent.DECIDED, GateEvent.PASSED)
            and event.stay_id
        ):
            found[heard.car] = event.stay_id
    return {car.name: found[car.name] for car in stage.visitors if car.name in found}

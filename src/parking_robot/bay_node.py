# SPDX-License-Identifier: Apache-2.0
"""The node that keeps the map of the bays: what the robot saw, beside what the ledger says."""

from __future__ import annotations

import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.msg import BayMap, EvidenceFile, Incident, LocalisationState, PatrolState, PlateReadArray
from ronda.srv import FindCar
from sensor_msgs.msg import CompressedImage, LaserScan
from std_msgs.msg import Header

from parking_robot.bay_messages import bay_message, incident_message, map_message
from parking_robot.bays.bay_file import load_plan
from parking_robot.bays.bay_office import BayOffice
from parking_robot.bays.bay_record import BayState, RecordRules
from parking_robot.bays.best_views import BestViews
from parking_robot.bays.find_car import find_car
from parking_robot.bays.findings import Finding, FindingRules, SeenBay
from parking_robot.bays.parked import ParkedStay
from parking_robot.bays.scan_look import LookRules, looks
from parking_robot.bays.survey import BaySurvey, PlateSighting
from parking_robot.errors import ParkingError
from parking_robot.payments.qr import read_link
from parking_robot.payments.secret import garage_secret
from parking_robot.plate_messages import decoded_of, place_of
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import FINDINGS, PictureStore
from robot_navigation.scan import read_scan
from ronda_core import diagnostics, parameters, qos
from ronda_core.clock import SystemClock
from ronda_core.diagnostics import NodeHealth
from ronda_core.errors import TransformError
from ronda_core.node_main import run_node
from ronda_core.paths import data_dir, share_dir
from ronda_core.ros_transforms import TransformListener
from ronda_core.se2 import SE2
from ronda_core.stamps import to_nanoseconds, to_seconds
from ronda_core.transforms import Matrix, TransformBuffer

NO_LEDGER = "none"
_LONG_ANSWER = 3.0  # times the patience that one call has: a question is several calls
_TIDY_EVERY_S = 3600.0


class BayNode(Node):
    """Subscribes ``scan`` and ``plates``; publishes ``bay_map`` (latched) and ``incidents``; serves ``find_car``.

    The pictures of ``plates/image/compressed`` stay in memory but for those that a finding needs.
    """

    def __init__(self) -> None:
        super().__init__("bays")
        values = parameters.declare(self, parameters.load_spec("parking_robot", "bays"))
        self._values = values
        plan = load_plan(values["bays_file"] or share_dir() / "config" / "garage_bays.yaml")
        findings = FindingRules(sure=values["sure"], blocked_s=values["blocked"], settle_s=values["settle"])
        self._survey = BaySurvey(plan, RecordRules(stale_s=values["stale"]), findings)
        self._views = BestViews()
        self._data = Path(values["data_dir"]).expanduser() if values["data_dir"] else data_dir() / "parking"
        self._pictures = PictureStore(self._data / FINDINGS)
        self._evidence: dict[str, EvidenceFile] = {}
        self._tidy_at = time.monotonic()
        self._looking = LookRules(reach=values["reach"])
        self._wall = SystemClock()
        self._office = self._open_office(values["database"], values["patience"])
        self._ledger_word = "no ledger" if self._office is None else "not asked yet"
        self._buffer = TransformBuffer(seconds=10.0)
        self._listener = TransformListener(self, self._buffer)
        self._localised, self._turning = False, False
        self._last_scan_s = -1e9
        self._rounds = 0
        self._round_finished: float | None = None
        self._on_round = False
        self._published: tuple[object, ...] = ()
        self._told: set[str] = set()
        self._map = self.create_publisher(BayMap, "bay_map", qos.STATE)
        self._incidents = self.create_publisher(Incident, "incidents", qos.EVENT)
        self.create_subscription(LaserScan, "scan", self._take_scan, qos.SENSOR)
        self.create_subscription(Odometry, "odom", self._take_odometry, qos.SENSOR)
        self.create_subscription(PlateReadArray, "plates", self._take_plates, qos.EVENT)
        self.create_subscription(CompressedImage, "plates/image/compressed", self._take_picture, qos.EVENT)
        self.create_subscription(LocalisationState, "localisation_state", self._take_localisation, qos.STATE)
        self.create_subscription(PatrolState, "patrol_state", self._take_patrol, qos.STATE)
        self.create_service(FindCar, "find_car", self._find_car)
        self._health = NodeHealth(self)
        # One worker asks the ledger, so that a database that hangs never holds up the robot.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._asking: Future[Any] | None = None
        self._asked_at = 0.0
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(values["ask_every"], self._ask_ledger, clock=steady)
        self.create_timer(0.5, self._show, clock=steady)
        self._show()

    def close(self) -> None:
        """Let the last question to the ledger end."""
        self._worker.shutdown(wait=True)

    def _open_office(self, database: str, patience: float) -> BayOffice | None:
        if database == NO_LEDGER:
            return None
        if not database:
            data_dir().mkdir(parents=True, exist_ok=True)
        url = database or f"sqlite:///{data_dir() / 'parking.sqlite'}"
        return BayOffice(Ledger(url, patience), self._wall, self.get_namespace().strip("/"))

    # What the robot sees

    def _take_localisation(self, message: LocalisationState) -> None:
        self._localised = message.state == LocalisationState.LOCALISED

    def _take_odometry(self, message: Odometry) -> None:
        self._turning = abs(message.twist.twist.angular.z) > self._values["max_yaw_rate"]

    def _take_scan(self, message: LaserScan) -> None:
        stamp = to_seconds(message.header.stamp)
        waited = 0.0 <= stamp - self._last_scan_s < 1.0 / self._values["scan_rate"]
        if waited or self._turning or not self._localised:
            return
        matrix = self._to_map(message.header.frame_id, stamp)
        if matrix is None:
            return
        self._last_scan_s = stamp
        scan = read_scan(
            np.asarray(message.ranges),
            stamp=stamp,
            angle_min=message.angle_min,
            angle_increment=message.angle_increment,
            range_min=message.range_min,
            range_max=message.range_max,
            mount=SE2(0.0, 0.0, 0.0),
        )
        if scan.valid:
            turn, shift = matrix[:2, :2], matrix[:2, 3]
            sensor = (float(shift[0]), float(shift[1]))
            points, ends = scan.points @ turn.T + shift, scan.free_ends @ turn.T + shift
            self._survey.take_looks(self._now_s(), looks(self._survey.plan, points, ends, sensor, self._looking))

    def _take_plates(self, message: PlateReadArray) -> None:
        if not message.plates or self._turning or not self._localised:
            return
        matrix = self._to_map(message.header.frame_id, to_seconds(message.header.stamp))
        if matrix is None:
            return
        sightings = []
        for plate in message.plates:
            place = place_of(plate)
            if place is None or place[2] > self._values["plate_reach"]:
                continue
            x, y, _, _ = matrix @ np.array([*place, 1.0])
            sightings.append(PlateSighting(float(x), float(y), decoded_of(plate), plate.box.width))
        placed = self._survey.take_plates(self._now_s(), sightings)
        if placed:
            self._views.take_plates(to_nanoseconds(message.header.stamp), placed)

    def _take_picture(self, message: CompressedImage) -> None:
        self._views.take_picture(to_nanoseconds(message.header.stamp), bytes(message.data))

    def _to_map(self, frame: str, stamp: float) -> Matrix | None:
        # The localisation may be a few hundred milliseconds behind a picture; its newest correction will do.
        for at_map, at_odometry in ((stamp, stamp), (None, stamp)):
            try:
                to_map = self._buffer.lookup(self._values["map_frame"], "odom", at_map)
                return np.asarray(to_map @ self._buffer.lookup("odom", frame, at_odometry), np.float64)
            except TransformError:
                continue
        return None

    def _take_patrol(self, message: PatrolState) -> None:
        running = message.state in (PatrolState.DRIVING, PatrolState.AT_WAYPOINT, PatrolState.PAUSED)
        if self._on_round and message.state == PatrolState.DONE:
            self._rounds += 1
            self._round_finished = self._now_s()
        self._on_round = running

    # The ledger

    def _ask_ledger(self) -> None:
        if self._office is None:
            return
        if self._asking is not None:
            if not self._asking.done():
                waited = time.monotonic() - self._asked_at
                if waited > _LONG_ANSWER * self._values["patience"]:
                    self._ledger_is_away(f"nothing for {waited:.0f} s")
                return
            self._take_answer(self._asking)
        seen = self._survey.bays(self._now_s())
        findings = self._survey.findings(self._now_s(), self._office.now())
        self._asked_at = time.monotonic()
        # What becomes a case has its picture kept before, and has been told as an incident.
        self._report(findings, seen)
        kept = ((finding.key, self._evidence.get(finding.key)) for finding in findings)
        pictures = {key: file.sha256 for key, file in kept if file is not None}
        self._asking = self._worker.submit(self._at_the_ledger, self._office, seen, findings, pictures)

    def _at_the_ledger(
        self, office: BayOffice, seen: tuple[SeenBay, ...], findings: list[Finding], pictures: dict[str, str]
    ) -> list[ParkedStay]:
        office.record_places(seen, self._values["settle"])
        office.file(findings, pictures)
        inside = office.inside()
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + _TIDY_EVERY_S
            try:
                office.tidy(self._pictures, self._values["picture_days"])
            except ParkingError as error:
                self.get_logger().error(str(error))
        return inside

    def _take_answer(self, answer: Future[Any]) -> None:
        error = answer.exception()
        if error is None:
            self._survey.take_stays(answer.result())
            self._ledger_word = "the ledger answers"
            return
        self._ledger_is_away(str(error))
        if not isinstance(error, ParkingError):
            raise error

    def _ledger_is_away(self, why: str) -> None:
        self._survey.take_stays(None)
        self._ledger_word = f"the ledger does not answer: {why}"
        self.get_logger().error(self._ledger_word, throttle_duration_sec=10.0)

    # What it says

    def _show(self) -> None:
        now = self._now_s()
        at = self._office.now() if self._office is not None else None
        seen = self._survey.bays(now)
        findings = self._survey.findings(now, at) if at is not None else []
        self._report(findings, seen)
        for one in seen:
            if one.state is BayState.FREE:
                self._views.forget(one.bay.id)
        content = (
            *((one.bay.id, one.state, one.plate, one.stay and one.stay.stay_id) for one in seen),
            *(finding.key for finding in findings),
            self._rounds,
        )
        if content != self._published:
            self._published = content
            self._map.publish(
                map_message(
                    self._header(), self._survey.plan.garage, seen, findings, self._rounds, self._round_finished
                )
            )
        count = self._survey.count(now)
        away = self._ledger_word.startswith("the ledger does not")
        word = self._ledger_word if away else "looking" if self._localised else "waits until the robot knows its place"
        self._health.set(
            diagnostics.WARN if away else diagnostics.OK,
            word,
            free=count.free,
            occupied=count.occupied,
            unknown=count.unknown,
            stays=-1 if count.by_stays is None else count.by_stays,
            unplaced=len(count.unplaced),
            findings=len(findings),
        )

    def _report(self, findings: list[Finding], seen: tuple[SeenBay, ...]) -> None:
        by_id = {one.bay.id: one for one in seen}
        robot = self.get_namespace().strip("/")
        for finding in findings:
            if finding.key not in self._told:
                self._told.add(finding.key)
                evidence = self._keep_picture(finding)
                self._incidents.publish(
                    incident_message(finding, by_id[finding.bay_id], self._header(), robot, evidence)
                )
                self.get_logger().info(finding.text)

    def _keep_picture(self, finding: Finding) -> list[EvidenceFile]:
        jpeg = self._views.best(finding.bay_id, finding.plate)
        if not jpeg:
            return []
        try:
            name = self._pictures.keep_jpeg(jpeg)
        except ParkingError as error:
            self.get_logger().error(str(error), throttle_duration_sec=10.0)
            return []
        path = self._pictures.path(name).relative_to(self._data / FINDINGS).as_posix()
        self._evidence[finding.key] = EvidenceFile(name=path, media_type="image/jpeg", sha256=name, size=len(jpeg))
        return [self._evidence[finding.key]]

    def _find_car(self, request: FindCar.Request, response: FindCar.Response) -> FindCar.Response:
        seen = self._survey.bays(self._now_s())
        try:
            stay_id = self._proven(request.proof) if request.proof else ""
            if not stay_id and not request.requested_by.strip():
                raise ParkingError("who asks is missing", hint="give requested_by, or the proof of a stay")
            found = find_car(request.plate, seen, stay_id)
        except ParkingError as error:
            response.message = f"{error}; {error.hint}" if error.hint else str(error)
            return response
        who = request.requested_by or "the driver with a proof"
        self.get_logger().info(f"find_car: {who} asked for '{request.plate}', {len(found)} bays")
        response.success = True
        response.bays = [bay_message(one.seen, ()) for one in found]
        if not found:
            response.message = f"{request.plate} was not seen in any bay"
        elif not found[0].exact:
            response.message = "only similar plates were seen: look closely"
        return response

    def _proven(self, proof: str) -> str:
        public = self._values["public_url"].rstrip("/")
        if not public:
            raise ParkingError("this robot takes no proofs", hint="set public_url")
        return read_link(proof, f"{public}/pay", garage_secret(self._data / "secret"), self._wall.now())

    def _header(self) -> Header:
        return Header(stamp=self.get_clock().now().to_msg(), frame_id=self._survey.plan.frame)

    def _now_s(self) -> float:
        return float(self.get_clock().now().nanoseconds) / 1e9


def main() -> None:
    """Run the node."""
    sys.exit(run_node(BayNode))

# SPDX-License-Identifier: Apache-2.0
"""The bay node on the graph: sweeps, plates and a real ledger in; the map of the bays, incidents and answers out."""

import math
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import yaml
from geometry_msgs.msg import Point, TransformStamped
from rclpy.node import Node
from ronda.msg import Bay, BayMap, BoundingBox, Incident, LocalisationState, PlateRead, PlateReadArray
from ronda.srv import FindCar
from sensor_msgs.msg import CompressedImage, LaserScan
from std_msgs.msg import Header
from tests.parking_robot.bays.garage import PLAN, sweep
from tests.patrol_robot.graph import graph

from parking_robot.bay_node import BayNode
from parking_robot.bays import occurrences
from parking_robot.payments.qr import payment_link
from parking_robot.payments.secret import garage_secret
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import list_reviews
from ronda_core import images, qos
from ronda_core.ros_transforms import TransformBroadcaster

pytestmark = pytest.mark.live
GARAGE = "http://127.0.0.1:8460"
LANE = (2.5, -2.0)
PICTURE = b"a JPEG of both cars"
BOXES = [(-1.0, 5.0, 11.0, 5.3), (2.9, 0.4, 4.6, 4.7), (5.4, 0.4, 7.1, 4.7)]


class Robot(Node):
    """Stands in the lane before A02 and A03, where two cars are parked, and sees both plates."""

    def __init__(self):
        super().__init__("robot")
        self.maps, self.incidents = [], []
        self.scan = self.create_publisher(LaserScan, "scan", qos.SENSOR)
        self.plates = self.create_publisher(PlateReadArray, "plates", qos.EVENT)
        self.pictures = self.create_publisher(CompressedImage, "plates/image/compressed", qos.EVENT)
        self.located = self.create_publisher(LocalisationState, "localisation_state", qos.STATE)
        self.tf = TransformBroadcaster(self)
        self.find = self.create_client(FindCar, "find_car")
        self.create_subscription(BayMap, "bay_map", self.maps.append, qos.STATE)
        self.create_subscription(Incident, "incidents", self.incidents.append, qos.EVENT)
        self.located.publish(LocalisationState(state=LocalisationState.LOCALISED))
        self.create_timer(0.1, self.sense)
        self.seen = {"BAB123": 3.75, "HHXY99": 6.25}
        self.boxes, self.jpeg, self.sweeps = BOXES, PICTURE, 0

    def sense(self):
        header = Header(frame_id="laser_link", stamp=self.get_clock().now().to_msg())
        moves = [self.transform("map", "odom", *LANE), self.transform("odom", "laser_link", 0.0, 0.0)]
        self.tf.send(moves)
        _, ends = sweep(LANE, self.boxes)
        ranges = np.hypot(*(ends - LANE).T)
        scan = LaserScan(header=header, angle_min=-math.pi, angle_increment=2 * math.pi / 360, range_min=0.1)
        scan.range_max, scan.ranges = 12.0, [math.inf if r > 11.9 else float(r) for r in ranges]
        self.scan.publish(scan)
        self.sweeps += 1
        # The plates hang 0.4 m inside the bays; the frame of the array is that of the lidar here: x east, y north.
        reads = [self.plate(text, x - LANE[0], 0.4 - LANE[1]) for text, x in self.seen.items()]
        self.plates.publish(PlateReadArray(header=header, plates=reads))
        self.pictures.publish(images.compressed(self.jpeg, header))

    def transform(self, parent, child, x, y):
        stamped = TransformStamped(child_frame_id=child)
        stamped.header.frame_id, stamped.header.stamp = parent, self.get_clock().now().to_msg()
        stamped.transform.translation.x, stamped.transform.translation.y = x, y
        return stamped

    def plate(self, text, x, y):
        place = Point(x=x, y=y, z=0.5)
        return PlateRead(text=text, region="DE", confidence=0.9, frames=1, position=place, box=BoundingBox(width=80.0))

    def bays(self):
        return {bay.bay_id: bay for bay in self.maps[-1].bays} if self.maps else {}


@pytest.fixture
def scene(request, tmp_path):
    (tmp_path / "bays.yaml").write_text(yaml.safe_dump(PLAN))
    if getattr(request, "param", "") == "no folder":
        (tmp_path / "finding_pictures").write_text("a file stands in its place")
    else:
        old = tmp_path / "finding_pictures" / "ab" / ("ab" * 32 + ".jpg")
        old.parent.mkdir(parents=True)
        old.write_bytes(b"of many years ago")
        os.utime(old, (1e9, 1e9))
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = Ledger(url)
    ledger.enter("BAB123", "in", datetime.now(UTC))
    parameters = (
        f"bays:bays_file:={tmp_path / 'bays.yaml'}", f"bays:database:={url}", "bays:ask_every:=0.2",
        "bays:settle:=0.5", "bays:scan_rate:=10.0", f"bays:public_url:={GARAGE}", f"bays:data_dir:={tmp_path}",
    )  # fmt: skip
    with graph(*parameters) as running:
        robot = running.add(Robot())
        running.add(BayNode())
        yield running, robot, ledger
    ledger.close()


def test_bays_are_mapped_recorded_and_what_is_wrong_with_them_reported_once(scene, tmp_path):
    running, robot, ledger = scene
    running.until(lambda: robot.incidents and ledger.find_car("BAB123")[0][2] == "A02", 20.0, "an incident")
    running.until(lambda: robot.bays()["A03"].findings, 5.0, "the finding in the map")
    bays = robot.bays()
    assert (bays["A02"].state, bays["A02"].plate) == (Bay.STATE_OCCUPIED, "BAB123")
    assert bays["A02"].stay_id == ledger.inside()[0][0]
    assert bays["A01"].state == Bay.STATE_FREE
    # A03 is for charging, and HHXY99 never came through a gate.
    assert set(bays["A03"].findings) == {"no_stay", "wrong_bay"}
    assert {incident.kind for incident in robot.incidents} <= {
        Incident.KIND_VEHICLE_WITHOUT_STAY, Incident.KIND_WRONG_BAY,
    }  # fmt: skip
    running.until(lambda: len(list_reviews(ledger)) == 2, what="both cases in the queue")
    assert {(case.kind, case.facts["bay"], case.facts["plate"]) for case in list_reviews(ledger)} == {
        ("no_stay", "A03", "HHXY99"), ("wrong_bay", "A03", "HHXY99"),
    }  # fmt: skip
    running.until(lambda: len(robot.incidents) >= 2, what="both incidents")
    assert len(robot.incidents) == 2
    # Both name one kept picture; of the other car, which was seen as often, nothing was written; the old one is gone.
    (kept,) = (tmp_path / "finding_pictures").rglob("*.jpg")
    assert kept.read_bytes() == PICTURE
    for incident in robot.incidents:
        (file,) = incident.evidence
        assert (incident.evidence_folder, file.name) == ("finding_pictures", f"{kept.parent.name}/{kept.name}")
        assert (file.sha256, file.size, file.media_type) == (kept.stem, len(PICTURE), "image/jpeg")
    assert {case.facts["picture"] for case in list_reviews(ledger)} == {kept.stem}


def test_what_comes_again_is_told_and_filed_again_with_a_picture_of_its_own(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(occurrences, "GONE_S", 0.3)
    running, robot, ledger = scene
    running.until(lambda: len(list_reviews(ledger)) == 2, 20.0, "both cases in the queue")
    seen, robot.seen, robot.boxes = robot.seen, {}, BOXES[:1]
    running.until(lambda: robot.bays()["A03"].state == Bay.STATE_FREE, 20.0, "the bay to be empty")
    empty = robot.sweeps
    running.until(lambda: robot.sweeps > empty + 15, what="the bay to have been empty for a while")
    assert (len(robot.incidents), len(list_reviews(ledger))) == (2, 2)
    robot.seen, robot.boxes, robot.jpeg = seen, BOXES, b"a JPEG of another day"
    running.until(lambda: len(list_reviews(ledger)) == 4, 20.0, "the next cases")
    running.until(lambda: len(robot.incidents) == 4, what="the next incidents")
    kept = {path.stem: path.read_bytes() for path in (tmp_path / "finding_pictures").rglob("*.jpg")}
    assert [kept[case.facts["picture"]] for case in list_reviews(ledger)] == [PICTURE] * 2 + [robot.jpeg] * 2


@pytest.mark.parametrize("scene", ["no folder"], indirect=True)
def test_pictures_that_cannot_be_kept_take_no_incident_away(scene):
    running, robot, ledger = scene
    running.until(lambda: robot.incidents and list_reviews(ledger), 20.0, "an incident and its case")
    assert (robot.incidents[0].evidence, robot.incidents[0].evidence_folder) == ([], "")
    assert list_reviews(ledger)[0].facts["picture"] == ""


def test_a_car_is_found_for_staff_and_refused_without_a_name_or_a_plate(scene):
    running, robot, _ = scene
    running.until(lambda: robot.bays() and robot.bays()["A02"].plate, 20.0, "the plate in A02")

    def ask(**request):
        return running.result(robot.find.call_async(FindCar.Request(**request)))

    found = ask(plate="b-ab 123", requested_by="Ada")
    assert (found.success, [bay.bay_id for bay in found.bays]) == (True, ["A02"])
    alike = ask(plate="BA8123", requested_by="Ada")
    assert [bay.bay_id for bay in alike.bays] == ["A02"] and "similar" in alike.message
    nobody = ask(plate="ZZZ777", requested_by="Ada")
    assert nobody.success and not nobody.bays
    for wrong in ({}, {"plate": "🚗🚗🚗", "requested_by": "Ada"}, {"proof": "http://x"}, {"proof": "http://[abc"}):
        refused = ask(**{"plate": "BAB123", **wrong})
        assert not refused.success and refused.message


def test_a_driver_with_his_code_finds_his_own_car_alone(scene, tmp_path):
    running, robot, ledger = scene
    running.until(lambda: robot.bays() and robot.bays()["A02"].stay_id, 20.0, "the stay in A02")
    stay_id, secret = ledger.inside()[0][0], garage_secret(tmp_path / "secret")

    def ask(plate, signed_with):
        proof = payment_link(f"{GARAGE}/pay", stay_id, 2**31, signed_with)
        return running.result(robot.find.call_async(FindCar.Request(plate=plate, proof=proof)))

    assert [bay.bay_id for bay in ask("123", secret).bays] == ["A02"]
    assert ask("Y99", secret).success and not ask("Y99", secret).bays
    assert not ask("123", "another secret").success


def test_a_ledger_that_goes_away_accuses_nobody(scene):
    running, robot, ledger = scene
    running.until(lambda: robot.incidents, 20.0, "an incident")
    Path(str(ledger.engine.url.database)).unlink()
    running.until(lambda: robot.bays()["A03"].findings == [], 10.0, "no finding without a ledger")
    assert robot.bays()["A03"].state == Bay.STATE_OCCUPIED


def test_a_ledger_that_does_not_even_fail_is_said_to_be_away(tmp_path):
    (tmp_path / "bays.yaml").write_text(yaml.safe_dump(PLAN))
    answered = threading.Event()
    parameters = (
        f"bays:bays_file:={tmp_path / 'bays.yaml'}", f"bays:database:=sqlite:///{tmp_path / 'ledger.sqlite'}",
        "bays:ask_every:=0.2", "bays:patience:=0.1", f"bays:data_dir:={tmp_path}",
    )  # fmt: skip
    with graph(*parameters) as running:
        node = BayNode()
        # The worker waits as it does in a call to a server that has stopped.
        node._worker.submit(answered.wait)
        running.add(node)
        try:
            running.until(lambda: "does not answer: nothing for" in node._ledger_word, 20.0, "the ledger to be away")
        finally:
            answered.set()
        running.until(lambda: node._ledger_word == "the ledger answers", 20.0, "the ledger to be back")

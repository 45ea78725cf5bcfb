# SPDX-License-Identifier: Apache-2.0
"""The face node as a process of its own, spoken to over DDS."""

import os
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import FaceArray, FaceMatch
from ronda.srv import ConfirmMatch, EnrolPerson, ListPeople, RemovePerson, SearchPerson
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from face_perception.audit import AuditLog
from face_perception.picture import decode_picture, encode_jpeg
from ronda_core import images, qos
from ronda_core.clock import SystemClock
from ronda_core.stamps import from_seconds

pytestmark = pytest.mark.live
LIMIT_S = 30.0


class Talk:
    """A node beside the face node: sends frames, keeps what comes back, calls services."""

    def __init__(self):
        self.node = rclpy.create_node("talk")
        self.executor = SingleThreadedExecutor()
        self.executor.add_node(self.node)
        self.faces, self.matches = [], []
        self.node.create_subscription(FaceArray, "faces", self.faces.append, qos.EVENT)
        self.node.create_subscription(FaceMatch, "face_matches", self.matches.append, qos.EVENT)
        self.frames = self.node.create_publisher(Image, "camera/image_raw", qos.SENSOR)
        self.infos = self.node.create_publisher(CameraInfo, "camera/camera_info", qos.SENSOR)
        self.stamp = 100.0

    def until(self, condition):
        end = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end, "nothing came"
            self.executor.spin_once(timeout_sec=0.05)

    def call(self, kind, service, /, **fields):
        client = self.node.create_client(kind, service)
        self.until(client.service_is_ready)
        future = client.call_async(kind.Request(**fields))
        self.until(future.done)
        return future.result()

    def show(self, frame):
        """Send one frame and wait until the node has dealt with it."""
        header = Header(stamp=from_seconds(self.stamp), frame_id="camera_optical_frame")
        info = CameraInfo(header=header, width=640, height=480)
        info.k = [553.0, 0.0, 320.0, 0.0, 553.0, 240.0, 0.0, 0.0, 1.0]
        self.infos.publish(info)
        self.frames.publish(images.to_message(frame, header))
        self.stamp += 0.2
        self.until(lambda: self.faces and self.faces[-1].header.stamp == header.stamp)
        return self.faces[-1]


@pytest.fixture
def face_node(tmp_path, site_file):
    command = [sys.executable, "-m", "face_perception.face_node", "--ros-args", "-p", f"faces_dir:={tmp_path}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def talk():
    rclpy.init()
    talk = Talk()
    yield talk
    talk.node.destroy_node()
    rclpy.try_shutdown()


def jpeg(picture):
    return CompressedImage(format="jpeg", data=encode_jpeg(picture))


def standing(picture, width=45.0, face_width=260.0):
    """A 640x480 frame with the person's face about `width` pixels wide in the middle."""
    scale = width / face_width
    cut = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), 110, np.uint8)
    frame[100 : 100 + cut.shape[0], 280 : 280 + cut.shape[1]] = cut
    return frame


def test_enrol_match_reject_and_remove(face_node, talk, obama, tmp_path):
    enrolled = talk.call(
        EnrolPerson, "enrol_person", name="Listed", watchlist_id="wanted", requested_by="ann", pictures=[jpeg(obama[0])]
    )
    assert enrolled.success, enrolled.message
    talk.until(lambda: talk.frames.get_subscription_count() and talk.infos.get_subscription_count())
    frame = standing(obama[1])
    talk.show(frame)
    seen = talk.show(frame)
    talk.until(lambda: talk.matches)
    [match] = talk.matches
    assert match.person_id == enrolled.person_id and match.person_name == "Listed" and match.score > match.threshold
    assert match.header.stamp == seen.header.stamp and seen.faces[0].track_id == match.track_id
    assert 1.5 < match.position.z < 2.6
    shapes = [decode_picture(bytes(part.data)).shape for part in (match.picture, match.crop, match.enrolment)]
    assert shapes[0] == (480, 640, 3) and min(min(shape[:2]) for shape in shapes) > 40

    found = talk.call(SearchPerson, "search_person", picture=jpeg(obama[1]), requested_by="ann")
    assert found.success and found.results[0].above_threshold
    verdict = talk.call(ConfirmMatch, "confirm_match", match_id=match.match_id, is_person=False, requested_by="ann")
    assert verdict.success
    again = talk.call(ConfirmMatch, "confirm_match", match_id=match.match_id, is_person=False)
    assert not again.success and "judged before" in again.message
    assert len(talk.call(ListPeople, "list_people").people) == 1
    assert talk.call(RemovePerson, "remove_person", person_id=enrolled.person_id).success
    assert talk.call(ListPeople, "list_people").people == []
    assert AuditLog(tmp_path / "audit.jsonl", SystemClock()).verify() == (5, None)


def test_refusals_are_answers(face_node, talk, strangers):
    poor = np.full((200, 200, 3), 128, np.uint8)
    answer = talk.call(EnrolPerson, "enrol_person", name="X", watchlist_id="wanted", pictures=[jpeg(poor)])
    assert not answer.success and "no face" in answer.message and "no face" in answer.picture_messages[0]
    answer = talk.call(EnrolPerson, "enrol_person", name="X", watchlist_id="lost", pictures=[jpeg(strangers[1])])
    assert not answer.success and "unknown watchlist 'lost'" in answer.message
    answer = talk.call(RemovePerson, "remove_person", person_id="p-nobody")
    assert not answer.success and "no person" in answer.message


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-p", "profil:=fast"], "unknown parameter 'profil'"),
        (["-p", "profile:=fastest"], "unknown profile 'fastest'"),
        (["-p", "max_faces:=0"], "must be at least 1"),
        (["-p", "site_file:=/nowhere/site.yaml"], "/nowhere/site.yaml"),
        (["-p", "models_dir:=/nowhere"], "is missing"),
    ],
)
def test_bad_parameters_end_the_node_with_one_clear_error(arguments, word, tmp_path):
    command = [sys.executable, "-m", "face_perception.face_node", "--ros-args", "-p", f"faces_dir:={tmp_path}"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, env=os.environ)
    assert done.returncode == 2
    assert word in done.stderr and "Traceback" not in done.stderr

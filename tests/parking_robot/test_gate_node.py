# SPDX-License-Identifier: Apache-2.0
"""A gate as it runs: gate and barrier nodes in processes of their own, the compiled firmware, the server over HTTP."""

import math
import os
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import BarrierState, GateEvent, GateState
from ronda.srv import DecideGate
from sensor_msgs.msg import Image
from std_msgs.msg import Bool, Header
from std_srvs.srv import Trigger
from tests.parking_robot.gates.garages import site
from tests.parking_robot.plates.scenes import plate_picture
from tests.parking_robot.server.test_serve import Phone
from tests.robot_base.live import process

from parking_robot.server.serve import GarageServer, ServeSettings
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import PictureStore
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import StayState
from robot_base.simulated_device import SimulatedDevice
from ronda_core import images, qos

pytestmark = pytest.mark.live
NAMESPACE, LIMIT = "/gate_out", 30.0


class Lane:
    """The world before the exit: what its camera sees, and who hears what the gate says."""

    def __init__(self):
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("lane", namespace=NAMESPACE, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.states, self.events, self.barrier = [], [], []
        self.node.create_subscription(GateState, "gate_state", self.states.append, qos.STATE)
        self.node.create_subscription(GateEvent, "gate_events", self.events.append, qos.EVENT)
        self.node.create_subscription(BarrierState, "barrier/state", self.barrier.append, qos.STATE)
        self.camera = self.node.create_publisher(Image, "camera/image_raw", qos.SENSOR)
        self.alarm = self.node.create_publisher(Bool, "/fire_alarm", qos.STATE)
        self.plate, self._seed = "", 0
        self.node.create_timer(0.2, self._show)

    def _show(self):
        self._seed += 1
        shown = plate_picture(self.plate or "X", at=(320, 300), seed=self._seed)
        if not self.plate:
            shown[:] = 90
        header = Header(frame_id="gate_out/camera", stamp=self.node.get_clock().now().to_msg())
        self.camera.publish(images.to_message(shown, header))

    def until(self, what, limit=LIMIT):
        end = time.monotonic() + limit
        while not what():
            assert time.monotonic() < end, f"did not happen: {self.states[-1:]} {self.barrier[-1:]}"
            self.executor.spin_once(timeout_sec=0.05)

    def call(self, kind, name, request):
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready)
        future = client.call_async(request)
        self.until(future.done)
        return future.result()

    def is_at(self, phase, code=""):
        return self.states and self.states[-1].phase == phase and code in ("", self.states[-1].reason_code)

    def arm(self, state):
        return self.barrier and self.barrier[-1].state == state

    def happened(self, kind):
        return next((event for event in self.events if event.kind == kind), None)

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


def old_picture(folder):
    """A picture of a passage nine days ago."""
    store = PictureStore(folder)
    path = store.path(store.keep(plate_picture("X", at=(320, 300), seed=0))[0])
    then = time.time() - 9 * 86400
    os.utime(path, (then, then))
    return path


@pytest.fixture
def running(tmp_path):
    site(tmp_path)
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    with ExitStack() as stack:
        server = GarageServer(ServeSettings(url, tmp_path / "garage.yaml", tmp_path, port=0, sandbox_port=0))
        thread = threading.Thread(target=server.run)
        thread.start()
        stack.callback(thread.join, 20)
        stack.callback(server.stop)
        device = stack.enter_context(SimulatedDevice(tmp_path / "board"))
        lane = Lane()
        stack.callback(lane.close)
        barrier = [f"device:={tmp_path / 'board'}", "barrier_id:=gate_out"]
        gate = ["gate_id:=gate_out", "direction:=exit", f"garage_file:={tmp_path / 'garage.yaml'}", f"ledger:={url}"]
        gate += [f"data_dir:={tmp_path}", f"public_url:={server.url}", "turn_back_s:=2.0", "picture_days:=7"]
        lane.old_picture = old_picture(tmp_path / "pictures")
        for module, settings in (("robot_base.barrier_node", barrier), ("parking_robot.gate_node", gate)):
            words = [word for setting in settings for word in ("-p", setting)]
            stack.enter_context(process(module, "-r", f"__ns:={NAMESPACE}", *words))
        ledger = Ledger(url)
        stack.callback(ledger.close)
        lane.until(lambda: lane.arm(BarrierState.CLOSED) and lane.is_at(GateState.PHASE_EMPTY))
        yield lane, device, ledger, server


def test_a_car_is_held_pays_by_phone_and_leaves_and_a_fire_opens(running):
    lane, device, ledger, server = running
    stay = ledger.enter("BA268AK", "gate_in", datetime.now(UTC) - timedelta(minutes=61))
    lane.plate = "BA268AK"
    lane.until(lambda: lane.is_at(GateState.PHASE_HELD, "unpaid"))
    held = lane.states[-1]
    assert (held.plate, held.amount_minor > 0, held.currency, held.stay_id) == ("BA268AK", True, "EUR", stay.id)
    assert lane.arm(BarrierState.CLOSED)

    phone = Phone()
    status, text = phone.ask(held.payment_url, {"pay": "yes"})
    assert status == 200, text
    phone.ask(phone.at, {"with": "good"})
    lane.until(lambda: lane.arm(BarrierState.OPEN))
    assert lane.is_at(GateState.PHASE_OPEN, "paid")

    device.set("loop", 1)
    device.set("beam", 1)
    lane.plate = ""
    lane.until(lambda: lane.barrier[-1].beam_blocked and lane.barrier[-1].loop_occupied)
    # A car takes that long; the gate, which hears each state of the barrier apart from this test, sees it too.
    passing = time.monotonic()
    lane.until(lambda: time.monotonic() - passing > 0.7)
    device.set("beam", 0)
    device.set("loop", 0)
    lane.until(lambda: lane.happened(GateEvent.PASSED) and lane.arm(BarrierState.CLOSED))
    lane.until(lambda: ledger.stay(stay.id).state is StayState.LEFT)
    decided = lane.happened(GateEvent.DECIDED)
    assert math.isfinite(decided.decide_seconds)
    assert bytes(decided.picture.data[:2]) == b"\xff\xd8"
    assert not list_reviews(ledger)

    lane.alarm.publish(Bool(data=True))
    lane.until(lambda: lane.arm(BarrierState.OPEN) and lane.is_at(GateState.PHASE_FIRE))
    release = DecideGate.Request(verdict=DecideGate.Request.RELEASE_FIRE, requested_by="Mara", reason="all clear")
    assert "still sounds" in lane.call(DecideGate, "decide_gate", release).message
    lane.alarm.publish(Bool(data=False))
    lane.until(lambda: lane.call(DecideGate, "decide_gate", release).accepted)
    lane.until(lambda: lane.arm(BarrierState.CLOSED))
    assert not lane.states[-1].help_called
    assert phone.ask(f"{server.url}/screen/gate_out/help", b"", headers={"X-Pressed": "help"})[0] == 204
    lane.until(lambda: lane.states[-1].help_called)


def test_a_car_without_a_stay_gets_a_person_who_opens_in_his_name(running):
    lane, _, ledger, _ = running
    lane.until(lambda: not lane.old_picture.exists())
    lane.plate = "BA268AK"
    lane.until(lambda: lane.is_at(GateState.PHASE_HELD, "no_stay") and lane.states[-1].help_called)
    request = DecideGate.Request(verdict=DecideGate.Request.OPEN, call_id=lane.states[-1].call_id, reason="known here")
    assert "needs a name" in lane.call(DecideGate, "decide_gate", request).message
    request.requested_by = "Mara"
    assert "over" in lane.call(DecideGate, "decide_gate", DecideGate.Request(
        verdict=DecideGate.Request.OPEN, call_id="an older one", requested_by="Mara", reason="r",
    )).message  # fmt: skip
    assert lane.call(DecideGate, "decide_gate", request).accepted
    lane.until(lambda: lane.arm(BarrierState.OPEN))
    lane.until(lambda: "opened_by_person" in [case.kind for case in list_reviews(ledger)])
    lane.plate = ""
    lane.until(lambda: lane.arm(BarrierState.CLOSED))
    assert lane.call(Trigger, "call_help", Trigger.Request()).success
    lane.until(lambda: lane.states[-1].help_called)

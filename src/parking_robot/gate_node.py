# SPDX-License-Identifier: Apache-2.0
"""The node of one gate: camera and barrier in, decisions and commands out."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.clock import Clock as RosClock
from rclpy.clock import ClockType
from rclpy.node import Node
from ronda.msg import BarrierState, GateEvent, GateState
from ronda.srv import CommandBarrier, DecideGate
from sensor_msgs.msg import Image
from std_msgs.msg import Bool, Header
from std_srvs.srv import Trigger

from face_perception.frame_slot import FrameSlot
from parking_robot.errors import ParkingError
from parking_robot.gate_messages import event_message, inputs_of, state_message
from parking_robot.gates.approach import ApproachLimits, PlateSight
from parking_robot.gates.call_desk import CallDesk
from parking_robot.gates.clerk import Answer, Clerk
from parking_robot.gates.dates import SteadyDate
from parking_robot.gates.decision import Direction, Passage
from parking_robot.gates.eyes import Eyes
from parking_robot.gates.journal import Journal, Record
from parking_robot.gates.passage import LaneLimits
from parking_robot.gates.screen_link import ScreenLink
from parking_robot.gates.site import load_site
from parking_robot.gates.station import Station
from parking_robot.gates.station_port import Inputs, StationSettings
from parking_robot.gates.station_state import StationEvent, StationState
from parking_robot.payments.qr import payment_link
from parking_robot.payments.secret import garage_secret
from parking_robot.plates.chain import PlateChain, load_settings
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import PASSAGES, PictureStore, drop_unneeded
from ronda_core import diagnostics, images, parameters, paths, qos
from ronda_core.clock import SystemClock
from ronda_core.diagnostics import NodeHealth
from ronda_core.node_main import run_node

_BARRIER_SILENT_S, _CAMERA_SILENT_S = 3.0, 3.0
_CLEAN_EVERY_S, _CLEAN_AGAIN_S = 3600.0, 60.0


class GateNode(Node):
    """Publishes ``gate_state`` and ``gate_events``; serves ``decide_gate`` and ``call_help``."""

    def __init__(self) -> None:
        super().__init__("gate")
        values = parameters.declare(self, parameters.load_spec("parking_robot", "gate"))
        data = _path(values["data_dir"], paths.data_dir() / "parking")
        site_file = values["garage_file"] or paths.share_dir() / "config" / "parking" / "garage.yaml"
        self._site = load_site(Path(site_file).expanduser())
        self._gate: str = values["gate_id"]
        self._public: str = values["public_url"].rstrip("/")
        self._secret = garage_secret(data / "secret")
        self._pictures = PictureStore(data / PASSAGES)
        self._jpeg = b""
        self._links: tuple[str, str] = ("", "")
        self._lane_clock = _StationClock(self)
        self._date = SteadyDate(SystemClock())
        self._sights: deque[tuple[list[PlateSight], float]] = deque()
        self._answers: deque[Answer] = deque()
        self._barrier_heard = self._frame_at = time.monotonic() - 60.0
        self._barrier, self._alarm, self._released = BarrierState(), False, False
        self._read_ms = 0.0
        self._jumped = False
        self._released_by = ("", "")
        self._told: StationState | None = None
        url = values["ledger"] or f"sqlite:///{paths.data_dir() / 'parking.sqlite'}"
        patience = values["ledger_patience"]
        self._open_ledger = partial(Ledger, url, patience)
        self._clerk = Clerk(
            self._gate,
            self._open_ledger,
            self._site,
            self._date.now,
            Journal(data / "journals" / f"{self._gate}.jsonl"),
            self._lane_clock,
            self._take_answer,
        )
        settings = _settings(values)
        self._station = Station(settings, self._site, self._lane_clock, self._date.now, self)
        self._desk = CallDesk(self._station)
        chain = PlateChain(load_settings(_path(values["chain_file"], None)))
        shares = {code: 1.0 / len(values["countries"]) for code in values["countries"]}
        self._eyes = Eyes(chain, shares, values["near_px"])
        server = values["server_url"] or self._public
        self._asked = threading.Event()
        self._screen = ScreenLink(server, self._gate, self._secret, self._asked.set) if server else None
        self._health = NodeHealth(self)
        self._states = self.create_publisher(GateState, "gate_state", qos.STATE)
        self._events = self.create_publisher(GateEvent, "gate_events", qos.EVENT)
        self._client = self.create_client(CommandBarrier, "command_barrier")
        self.create_service(DecideGate, "decide_gate", self._answer_call)
        self.create_service(Trigger, "call_help", self._call_help)
        self._slot: FrameSlot[tuple[Image, float]] = FrameSlot(self._read_plates, self._reading_failed)
        self.create_subscription(Image, "camera/image_raw", self._take_frame, qos.SENSOR)
        self.create_subscription(BarrierState, "barrier/state", self._take_barrier, qos.STATE)
        self.create_subscription(Bool, "/fire_alarm", self._take_alarm, qos.STATE)
        # One worker of its own: neither a decision nor its record waits for a folder of many files.
        self._picture_days, self._untidy = values["picture_days"], ""
        self._cleaner = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._clean_at = time.monotonic()
        steady = RosClock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(0.05, self._tick, clock=steady)
        self.create_timer(1.0, self._report, clock=steady)

    def close(self) -> None:
        """End the threads; what is not in the ledger stays in the journal."""
        self._slot.close()
        self._cleaner.shutdown(wait=False, cancel_futures=True)
        self._clerk.close()
        if self._screen is not None:
            self._screen.close()

    # What the station needs of the outside (gates.station_port.Port).

    def barrier(self, opened: bool, reason: str, by: str) -> None:
        command = CommandBarrier.Request.OPEN if opened else CommandBarrier.Request.CLOSE
        if not opened and self._released and self._barrier.fire_open:
            # Only the person who ended the alarm may close, and answers for it by name.
            command = CommandBarrier.Request.FORCE_CLOSE
            by, reason = self._released_by
        if not self._client.service_is_ready():
            self.get_logger().error("command_barrier is not served", throttle_duration_sec=5.0)
            return
        request = CommandBarrier.Request(command=command, requested_by=by, reason=reason)
        self._client.call_async(request).add_done_callback(self._barrier_answered)

    def tell(self, event: StationEvent) -> None:
        self._events.publish(event_message(event, self._header(), self._jpeg))

    def picture(self) -> str:
        newest = self._eyes.newest()
        self._jpeg = b""
        if newest is None:
            return ""
        try:
            name, self._jpeg = self._pictures.keep(newest)
        except ParkingError as error:
            self.get_logger().error(str(error), throttle_duration_sec=10.0)
            return ""
        return name

    def ask(self, passage: Passage) -> None:
        self._clerk.ask(passage)

    def forget(self) -> None:
        self._clerk.forget()

    def record(self, record: Record) -> None:
        self._clerk.record(record)

    def link(self, stay_id: str) -> str:
        if not self._public:
            return ""
        if self._links[0] != stay_id:
            expires = int(self._date.now().timestamp()) + self._site.ticket_hours * 3600
            self._links = (stay_id, payment_link(f"{self._public}/pay", stay_id, expires, self._secret))
        return self._links[1]

    # Inputs.

    def _take_frame(self, message: Image) -> None:
        self._frame_at = time.monotonic()
        self._slot.offer((message, self._lane_clock.monotonic()))

    def _read_plates(self, frame: tuple[Image, float]) -> None:
        started = time.monotonic()
        sights = self._eyes.read(images.to_array(frame[0]), frame[1])
        if sights is None:
            return
        self._read_ms = (time.monotonic() - started) * 1e3
        self._sights.append((sights, frame[1]))
        self._tick_soon()

    def _tick_soon(self) -> None:
        """Have the executor tick at once; called by any thread."""
        if self.executor is not None:
            self.executor.create_task(self._tick)

    def _reading_failed(self, error: Exception) -> None:
        self.get_logger().error(f"a picture could not be read: {error}", throttle_duration_sec=5.0)

    def _take_barrier(self, message: BarrierState) -> None:
        self._barrier, self._barrier_heard = message, time.monotonic()
        self._released = self._released and message.fire_open
        self._tick()

    def _take_alarm(self, message: Bool) -> None:
        self._alarm = message.data
        self._released = self._released and not message.data
        self._tick()

    def _take_answer(self, answer: Answer) -> None:
        self._answers.append(answer)
        self._tick_soon()

    def _barrier_answered(self, future: Any) -> None:
        response = future.result()
        if response is not None and not response.accepted:
            self.get_logger().warning(f"the barrier declined: {response.message}", throttle_duration_sec=5.0)

    def _answer_call(self, request: DecideGate.Request, response: DecideGate.Response) -> DecideGate.Response:
        if request.gate_id not in ("", self._gate):
            response.message = f"this is gate '{self._gate}', not '{request.gate_id}'"
            return response
        if request.verdict == request.RELEASE_FIRE:
            return self._release(request, response)
        calls = {
            request.OPEN: self._desk.open,
            request.REFUSE: self._desk.refuse,
            request.CORRECT: self._desk.correct,
        }
        if request.verdict not in calls:
            response.message = f"unknown verdict {request.verdict}"
            return response
        try:
            who = (request.requested_by, request.reason, request.call_id)
            response.message, response.stay_id = calls[request.verdict](*who, request.plate, request.stay_id)
        except ParkingError as error:
            response.message = error.describe()
            return response
        response.accepted = True
        self._tick()
        return response

    def _release(self, request: DecideGate.Request, response: DecideGate.Response) -> DecideGate.Response:
        if self._alarm:
            hint = "its contact or its source ends it first (docs/parking.md, Gates)"
            response.message = ParkingError("the fire alarm still sounds", hint=hint).describe()
            return response
        try:
            response.accepted = self._desk.release_fire(request.requested_by, request.reason)
        except ParkingError as error:
            response.message = error.describe()
            return response
        self._released, self._released_by = response.accepted, (request.requested_by, request.reason)
        response.message = "closing when it is clear" if response.accepted else "no fire alarm holds this gate"
        return response

    def _call_help(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._station.call_help("the driver pressed the button")
        response.success, response.message = True, "a person has been called"
        self._tick()
        return response

    def _tick(self) -> None:
        if self._asked.is_set():
            self._asked.clear()
            self._station.call_help("the driver pressed the button on the screen")
        while self._sights:
            self._station.take_sights(*self._sights.popleft())
        while self._answers:
            self._station.take_answer(self._answers.popleft())
        fire = self._alarm or (self._barrier.fire_open and not self._released)
        silent = time.monotonic() - self._barrier_heard > _BARRIER_SILENT_S
        self._station.tick(Inputs(fire=fire, heard=False) if silent else inputs_of(self._barrier, fire))
        state = self._station.state()
        if state != self._told:
            self._told = state
            self._states.publish(state_message(state, self._header()))
            if self._screen is not None:
                self._screen.show(state.to_json())

    def _report(self) -> None:
        if self._date.problem and not self._jumped:
            self._station.clock_jumped(self._date.problem)
        self._jumped = bool(self._date.problem)
        if self._screen is not None and self._told is not None:
            self._screen.show(self._told.to_json())
        now = time.monotonic()
        if now >= self._clean_at:
            self._clean_at = now + _CLEAN_EVERY_S
            self._cleaner.submit(self._drop_old_pictures)
        facts = {"read_ms": self._read_ms, "screen": self._screen.problem if self._screen else ""}
        problems = {
            "no pictures from the camera": now - self._frame_at > _CAMERA_SILENT_S,
            "nothing is heard of the barrier": now - self._barrier_heard > _BARRIER_SILENT_S,
            self._clerk.problem: bool(self._clerk.problem),
            self._station.problem: bool(self._station.problem),
            self._date.problem: bool(self._date.problem),
            self._untidy: bool(self._untidy),
            self._site.lists.problem: bool(self._site.lists.problem),
        }
        wrong = [problem for problem, holds in problems.items() if holds]
        for problem in wrong:
            self.get_logger().warning(problem, throttle_duration_sec=30.0)
        level = diagnostics.ERROR if wrong else diagnostics.OK
        self._health.set(level, "; ".join(wrong) or "watching the lane", **facts)

    def _drop_old_pictures(self) -> None:
        try:
            with closing(self._open_ledger()) as ledger:
                dropped = drop_unneeded(self._pictures, ledger, self._picture_days, self._date.now())
        except ParkingError as error:
            self._untidy, self._clean_at = str(error), time.monotonic() + _CLEAN_AGAIN_S
            return
        self._untidy = ""
        if dropped:
            self.get_logger().info(f"{dropped} pictures older than {self._picture_days} days deleted")

    def _header(self) -> Header:
        return Header(stamp=self.get_clock().now().to_msg())


class _StationClock:
    """The lane's time: simulated where a simulator runs, else the computer's monotonic one."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._simulated = bool(node.get_parameter("use_sim_time").value)

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return self._node.get_clock().now().nanoseconds * 1e-9 if self._simulated else time.monotonic()


def _settings(values: dict[str, Any]) -> StationSettings:
    names = (
        "longest_read_s", "least_frames", "late_s", "beam_fitted", "clear_s", "turn_back_s", "longest_open_s",
        "patience_s",
    )  # fmt: skip
    return StationSettings(
        gate=values["gate_id"],
        direction=Direction(values["direction"]),
        by_camera=values["presence"] != "loop",
        by_loop=values["presence"] != "camera",
        lane=LaneLimits(**{name: values[name] for name in names}),
        approach=ApproachLimits(near_px=values["near_px"], gone_s=values["gone_s"]),
    )


def _path(text: str, default: Any) -> Any:
    return Path(text).expanduser() if text else default


def main() -> None:
    """Run the node."""
    sys.exit(run_node(GateNode))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""A car at the entry, all of it real: simulator, driver, compiled firmware, barrier node, service call.

Every process on its own, joined by topics and one serial line.
"""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import BarrierState, CarPoseArray, DriverState, TrafficState
from ronda.srv import CommandBarrier, TellDriver
from sensor_msgs.msg import Image, JointState
from tests.robot_base.live import process

from robot_simulation.garage_layout import GATES, NOSE
from robot_simulation.garage_world import Car, write_garage
from robot_simulation.traffic.schedule import Trip, write_schedule
from ronda_core import qos

pytestmark = pytest.mark.live
LIMIT = 90.0
ROOT = Path(__file__).resolve().parents[2]


class Watcher:
    """Hears the garage and remembers what happened while the car was beneath the arm."""

    def __init__(self):
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("watcher", context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.phase = self.state = self.car = None
        self.arm = 0.0
        self.states, self.arm_beneath, self.sensed_beneath, self.pictures = [], [], [], []
        subscribe = self.node.create_subscription
        subscribe(TrafficState, "/traffic_state", self._traffic, qos.STATE)
        subscribe(BarrierState, "/gate_in/barrier/state", self._barrier, qos.STATE)
        subscribe(CarPoseArray, "/ground_truth/cars", self._cars, qos.SENSOR)
        subscribe(JointState, "/gate_in/joint_states", self._joint, qos.SENSOR)
        subscribe(Image, "/gate_in/camera/image_raw", self.pictures.append, qos.SENSOR)

    def _traffic(self, message):
        self.phase = message.drivers[0].phase

    def _joint(self, message):
        self.arm = message.position[0]

    def _barrier(self, message):
        self.state = message
        self.states.append(message.state)

    def _cars(self, message):
        self.car = message.cars[0]
        front = self.car.pose.position.x + NOSE
        # Half a metre from either end: what the sensors say takes a moment to come here.
        if GATES[0].arm_x + 0.5 < front < GATES[0].arm_x + 3.5:
            self.arm_beneath.append(self.arm)
            self.sensed_beneath.append(self.state.loop_occupied or self.state.beam_blocked)

    def until(self, condition, what):
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, f"waited for {what}; phase {self.phase}, barrier {self.state}"
            self.executor.spin_once(timeout_sec=0.05)

    def call(self, kind, name, request):
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready, name)
        future = client.call_async(request)
        self.until(future.done, name)
        return future.result()

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@pytest.fixture
def watcher():
    made = Watcher()
    yield made
    made.close()


def test_the_arm_opens_for_a_car_and_closes_behind_it_never_upon_it(tmp_path, watcher):
    garage = write_garage(tmp_path, [Car("MBX4027")], base=ROOT / "worlds/garage.sdf")
    write_schedule((Trip("car_01", "MBX4027", "A01"),), tmp_path / "schedule.yaml")
    board = tmp_path / "board"
    robot = ROOT / "urdf/parking_robot.urdf.xacro"
    with ExitStack() as running:

        def start(module, namespace, *parameters):
            words = [word for one in (*parameters, "use_sim_time:=true") for word in ("-p", one)]
            running.enter_context(process(module, "--ros-args", "-r", f"__ns:={namespace}", *words))

        start(
            "robot_simulation.simulator_node", "/parking1", f"world_file:={garage.world}",
            f"description_file:={robot}", "x:=-18.8", "y:=-6.9",
        )  # fmt: skip
        start("robot_simulation.traffic_node", "/", f"schedule:={tmp_path / 'schedule.yaml'}")
        start("robot_base.gate_firmware_node", "/gate_in", f"link:={board}")
        start("robot_base.barrier_node", "/gate_in", f"device:={board}", "device_wait:=60.0", "barrier_id:=gate_in")

        watcher.until(lambda: watcher.phase == DriverState.WAITING and watcher.state is not None, "the start")
        told = watcher.call(
            TellDriver, "/tell_driver", TellDriver.Request(car="MBX4027", what=TellDriver.Request.ARRIVE)
        )
        assert told.accepted
        watcher.until(lambda: watcher.phase == DriverState.AT_ENTRY, "the car at the line")
        watcher.until(lambda: watcher.state.loop_occupied and watcher.pictures, "the car on the loop, a picture of it")
        assert watcher.state.state == BarrierState.CLOSED
        assert watcher.arm == pytest.approx(0.0, abs=0.05)
        answer = watcher.call(
            CommandBarrier, "/gate_in/command_barrier", CommandBarrier.Request(command=CommandBarrier.Request.OPEN)
        )
        assert answer.accepted, answer.message
        watcher.until(lambda: watcher.phase == DriverState.ENTERING, "the passage")
        watcher.until(lambda: watcher.state.state == BarrierState.CLOSED and watcher.arm < 0.05, "the closed arm")
    assert watcher.arm_beneath
    assert min(watcher.arm_beneath) > 1.3
    assert all(watcher.sensed_beneath)
    assert watcher.car.contacts == 0
    order = [state for index, state in enumerate(watcher.states) if index == 0 or state != watcher.states[index - 1]]
    assert order[-5:] == [
        BarrierState.CLOSED, BarrierState.OPENING, BarrierState.OPEN, BarrierState.CLOSING, BarrierState.CLOSED,
    ]  # fmt: skip
    assert (watcher.pictures[0].width, watcher.pictures[0].height) == (1280, 720)

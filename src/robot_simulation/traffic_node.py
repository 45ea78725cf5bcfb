# SPDX-License-Identifier: Apache-2.0
"""Node `traffic`: the drivers of a simulated garage's cars, and what loops and beams notice of the cars.

Each set of true poses (/ground_truth/cars, 20 Hz) is answered at once with the velocities of all cars on their way.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from geometry_msgs.msg import Twist
from nav_msgs.msg import Odometry
from rclpy.node import Node
from rclpy.publisher import Publisher
from ronda.msg import CarPoseArray, DriverState, TrafficState
from ronda.srv import TellDriver
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool, Header

from robot_simulation.car_model import car_topic
from robot_simulation.garage_layout import ARM_OPEN, GATES
from robot_simulation.rectangle import Rectangle
from robot_simulation.traffic.driver import Motion, car_outline
from robot_simulation.traffic.schedule import load_schedule
from robot_simulation.traffic.traffic import Obstacle, Traffic
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node
from ronda_core.ros_transforms import pose_from
from ronda_core.se2 import SE2
from ronda_core.stamps import to_seconds


class TrafficNode(Node):
    """Drives the cars, publishes `traffic_state`, the gates' loops and beams, and serves `tell_driver`."""

    def __init__(self) -> None:
        super().__init__("traffic")
        values = parameters.declare(self, parameters.load_spec("robot_simulation", "traffic"))
        trips = load_schedule(Path(values["schedule"])) if values["schedule"] else ()
        self._traffic = Traffic(trips)
        self._size = 2 * float(values["robot_radius"])
        self._arms = {gate.name: 0.0 for gate in GATES}
        self._robots: dict[str, Rectangle] = {}
        self._moving: set[str] = set()
        self._told: list[tuple[object, ...]] = []
        self._sensed: dict[str, bool] = {}
        self._health = diagnostics.NodeHealth(self)
        self._commands = {
            trip.car: self.create_publisher(Twist, f"/{car_topic(trip.car)}", qos.COMMAND) for trip in trips
        }
        self._state = self.create_publisher(TrafficState, "traffic_state", qos.STATE)
        self._sensors: dict[str, Publisher] = {}
        for gate in GATES:
            for sensor in ("loop", "beam"):
                topic = f"/{gate.name}/barrier/{sensor}"
                self._sensors[topic] = self.create_publisher(Bool, topic, qos.STATE)
            take_arm = partial(self._take_arm, gate.name)
            self.create_subscription(JointState, f"/{gate.name}/joint_states", take_arm, qos.SENSOR)
        for robot in values["robots"]:
            self.create_subscription(Odometry, f"/{robot}/ground_truth", partial(self._take_robot, robot), qos.SENSOR)
        self.create_service(TellDriver, "tell_driver", self._tell)
        self.create_subscription(CarPoseArray, "/ground_truth/cars", self._take_cars, qos.SENSOR)
        self._health.set(diagnostics.OK, f"{len(trips)} drivers")

    def _take_arm(self, gate: str, message: JointState) -> None:
        self._arms[gate] = float(message.position[0]) / ARM_OPEN

    def _take_robot(self, robot: str, message: Odometry) -> None:
        pose = pose_from(message.pose.pose)
        self._robots[robot] = Rectangle(pose.x, pose.y, pose.yaw, self._size, self._size)

    def _take_cars(self, message: CarPoseArray) -> None:
        now = to_seconds(message.header.stamp)
        poses = {}
        for car in message.cars:
            poses[car.car] = pose_from(car.pose)
        self._sense(poses)
        obstacles = [Obstacle(name, outline) for name, outline in self._robots.items()]
        for car, motion in self._traffic.step(now, poses, self._arms, obstacles).items():
            self._command(car, motion)
        self._publish_state(message.header)

    def _command(self, car: str, motion: Motion) -> None:
        # A car at rest needs no command twice: the last one holds.
        if motion.v == 0.0 and motion.w == 0.0 and car not in self._moving:
            return
        command = Twist()
        command.linear.x, command.angular.z = motion.v, motion.w
        self._commands[car].publish(command)
        (self._moving.add if motion.v or motion.w else self._moving.discard)(car)

    def _sense(self, poses: dict[str, SE2]) -> None:
        outlines = [car_outline(pose) for pose in poses.values()]
        for gate in GATES:
            loop = any(gate.loop.overlaps(one) for one in outlines)
            # Metal alone is noticed by a loop; a robot breaks the beam too.
            beam = any(gate.beam.overlaps(one) for one in (*outlines, *self._robots.values()))
            for sensor, occupied in (("loop", loop), ("beam", beam)):
                topic = f"/{gate.name}/barrier/{sensor}"
                if self._sensed.get(topic) is not occupied:
                    self._sensed[topic] = occupied
                    self._sensors[topic].publish(Bool(data=occupied))

    def _publish_state(self, header: Header) -> None:
        drivers = self._traffic.drivers
        told = [(car, driver.phase, driver.waits_for) for car, driver in drivers.items()]
        if told == self._told:
            return
        self._told = list(told)
        states = [
            DriverState(
                car=car,
                plate=driver.trip.plate,
                phase=int(driver.phase),
                bay=driver.trip.bay,
                behaviour=driver.trip.behaviour.value,
                waits_for=driver.waits_for,
                since=driver.since,
            )
            for car, driver in drivers.items()
        ]
        self._state.publish(TrafficState(header=header, drivers=states))

    def _tell(self, request: TellDriver.Request, response: TellDriver.Response) -> TellDriver.Response:
        if request.what not in (request.ARRIVE, request.LEAVE):
            response.message = f"unknown request {request.what}"
            return response
        response.message = self._traffic.tell(request.car, leave=request.what == request.LEAVE)
        response.accepted = not response.message
        return response


def main() -> int:
    """Run the node."""
    return run_node(TrafficNode)


if __name__ == "__main__":
    raise SystemExit(main())

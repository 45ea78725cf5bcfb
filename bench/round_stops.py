# SPDX-License-Identifier: Apache-2.0
"""The emergency stop in each state of a round: how soon the robot stops, and whether the round goes on where it was.

The whole robot runs: simulator, safety gate, localisation, navigator, patrol node, as processes that talk over DDS. The
stop is pressed (service set_estop) while idle, driving, standing at a waypoint, paused, driving home, waiting before a
door that is shut, and recovering from it. `stop_ms`: the call to the first zero cmd_vel that stays (or, where the robot
stood, to the gate's word that it is stopped). `rolled_m`: from the call to standstill, by ground truth.
"""

import contextlib
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

import rclpy
from geometry_msgs.msg import PoseWithCovarianceStamped, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from ronda.action import NavigateTo, Patrol
from ronda.msg import LocalisationState, PatrolState, SafetyState
from ronda.srv import LoadRoute
from std_msgs.msg import UInt32
from std_srvs.srv import SetBool, Trigger

from robot_navigation.cli import world_solids
from robot_navigation.map_file import save_map
from robot_navigation.world_map import draw_map
from ronda_cli.demonstration import demo_environment, free_domain, robot
from ronda_cli.measurement import main
from ronda_core import qos
from ronda_core.paths import share_dir

NAMESPACE = "rounds"
LIMIT = 90.0
START = (2.0, 0.0)
ROUND = """
route:
  name: there_and_back
  frame: map
  waypoints:
    - {name: pillar, x: 5.5, y: 0.0, wait_s: 8.0}
    - {name: home, x: 2.0, y: 0.0}
"""
SHUT = """
route:
  name: behind_the_door
  frame: map
  waypoints:
    - {name: inside, x: 20.0, y: 0.0}
"""


def hall_map(folder):
    """The map of the hall without its door, made from the world file."""
    solids = world_solids(share_dir() / "worlds" / "hall.sdf", ("door",))
    yaml_path, _ = save_map(draw_map(solids, resolution=0.05, band=(0.05, 0.5), margin=1.0), folder / "hall")
    return yaml_path


class Operator:
    """A person with an emergency stop, who starts rounds and lets them go on."""

    def __init__(self, domain):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain)
        self.node = node = rclpy.create_node("operator", namespace=NAMESPACE, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(node)
        self.patrol = self.safety = self.truth = None
        self.contacts, self.located, self.driving = 0, False, ""
        self.commands, self.furthest = [], -math.inf
        self.holding, self.interruptions, self.resumed_at = False, 0, 0.0
        for kind, topic, take, profile in (
            (PatrolState, "patrol_state", lambda m: setattr(self, "patrol", m), qos.STATE),
            (SafetyState, "safety_state", self._take_safety, qos.STATE),
            (TwistStamped, "cmd_vel", self._take_command, qos.COMMAND),
            (Odometry, "ground_truth", self._take_truth, qos.SENSOR),
            (UInt32, "ground_truth/contacts", lambda m: setattr(self, "contacts", m.data), qos.STATE),
            (LocalisationState, "localisation_state", self._take_localisation, qos.STATE),
            (
                NavigateTo.Impl.FeedbackMessage,
                "navigate_to/_action/feedback",
                lambda m: setattr(self, "driving", m.feedback.state),
                qos.EVENT,
            ),
        ):
            node.create_subscription(kind, topic, take, profile)
        self.initial = node.create_publisher(PoseWithCovarianceStamped, "initialpose", qos.EVENT)
        self.rounds = ActionClient(node, Patrol, "patrol")
        self.clients = {
            name: node.create_client(kind, name)
            for name, kind in (
                ("set_estop", SetBool),
                ("resume_autonomy", Trigger),
                ("pause_patrol", Trigger),
                ("resume_patrol", Trigger),
                ("load_route", LoadRoute),
            )
        }

    def _take_safety(self, message):
        self.safety, self.safety_at = message, time.monotonic()

    def _take_command(self, message):
        moving = message.twist.linear.x != 0.0 or message.twist.angular.z != 0.0
        self.commands.append((time.monotonic(), moving))

    def _take_truth(self, message):
        self.truth = message
        self.furthest = max(self.furthest, message.pose.pose.position.x)

    def _take_localisation(self, message):
        self.located = message.state == LocalisationState.LOCALISED

    def close(self):
        self.rounds.destroy()
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()

    def until(self, condition, what, check=lambda: None, limit=LIMIT):
        end = time.monotonic() + limit
        while not condition():
            check()
            if time.monotonic() > end:
                raise RuntimeError(f"waited in vain for {what}; {self.patrol}, {self.safety}, {self.driving}")
            self.executor.spin_once(timeout_sec=0.02)
            self._go_on()

    def _go_on(self):
        """Resume a round that something else has interrupted, as a person would: a busy machine trips watchdogs."""
        held = self.in_state(PatrolState.PAUSED) and not self.holding
        if held and time.monotonic() - self.resumed_at > 2.0:
            self.resumed_at = time.monotonic()
            self.interruptions += 1
            print(f"interrupted: {self.patrol.detail}", file=sys.stderr)
            self.clients["resume_patrol"].call_async(Trigger.Request())

    def answer(self, future, what):
        self.until(future.done, what)
        return future.result()

    def call(self, name, request=None):
        client = self.clients[name]
        self.until(client.service_is_ready, name)
        return self.answer(client.call_async(request or Trigger.Request()), name)

    def find_place(self, x, y, check):
        told = -math.inf
        while not (self.located and self.truth is not None):
            check()
            if time.monotonic() - told > 3.0:
                told = time.monotonic()
                message = PoseWithCovarianceStamped()
                message.header.frame_id = "map"
                message.pose.pose.position.x, message.pose.pose.position.y = x, y
                message.pose.pose.orientation.w = 1.0
                message.pose.covariance[0] = message.pose.covariance[7] = 0.05
                message.pose.covariance[35] = 0.02
                self.initial.publish(message)
            self.executor.spin_once(timeout_sec=0.05)

    def start(self, route):
        loaded = self.call("load_route", LoadRoute.Request(text=route))
        if not loaded.success:
            raise RuntimeError(loaded.message)
        self.until(self.rounds.server_is_ready, "the patrol action")
        handle = self.answer(self.rounds.send_goal_async(Patrol.Goal(laps=1)), "the round to be accepted")
        return handle

    def in_state(self, *states):
        return self.patrol is not None and self.patrol.state in states

    def speed(self):
        twist = self.truth.twist.twist
        return math.hypot(twist.linear.x, twist.angular.z)

    def moving(self):
        return bool(self.commands) and self.commands[-1][1] and self.speed() > 0.05

    def press(self, state):
        """Stop, see that it holds, release, see that nothing moves by itself, and let the round go on."""
        self.holding = True
        under_way = self.in_state(PatrolState.DRIVING, PatrolState.AT_WAYPOINT, PatrolState.PAUSED)
        before = self.patrol.waypoint_name
        moving = self.moving()
        at = self.truth.pose.pose.position
        self.commands.clear()
        sent = time.monotonic()
        pressed = self.clients["set_estop"].call_async(SetBool.Request(data=True))
        self.until(pressed.done, "the stop to be taken")
        self.until(lambda: self.safety.reason == "estop" and self.safety_at > sent, "the gate's word")
        known = self.safety_at
        self.until(lambda: len(self.commands) > 10, "commands after the stop")
        self.until(lambda: self.speed() < 0.01, "standstill")
        there = self.truth.pose.pose.position
        last_motion = max((when for when, going in self.commands if going), default=None)
        zeros = [when for when, going in self.commands if not going and (last_motion is None or when > last_motion)]
        stopped = zeros[0] if moving else known
        refused = not self.call("resume_autonomy").success
        self.call("set_estop", SetBool.Request(data=False))
        self.until(lambda: self.safety.reason == "await_resume", "the release")
        self.commands.clear()
        self.until(lambda: len(self.commands) > 10, "commands after the release")
        quiet = not any(going for _, going in self.commands)
        same = True
        if under_way:
            self.until(lambda: self.in_state(PatrolState.PAUSED), "the round to be held")
            same = self.patrol.waypoint_name == before
            answer = self.call("resume_patrol")
            self.until(lambda: not self.in_state(PatrolState.PAUSED), f"the round to go on ({answer.message})")
            same = same and self.patrol.waypoint_name == before
        elif not self.call("resume_autonomy").success:
            raise RuntimeError("the gate does not resume")
        self.holding = False
        return {
            "state": state,
            "moving": moving,
            "stop_ms": (stopped - sent) * 1000,
            "rolled_m": math.hypot(there.x - at.x, there.y - at.y),
            "held": refused and quiet,
            "same_waypoint": same,
        }


def one_round(person):
    """A whole round with a stop in each of its states, then one that ends before the shut door."""
    stops = [person.press("idle")]
    handle = person.start(ROUND)
    person.until(lambda: person.patrol.waypoint_name == "pillar" and person.moving(), "the robot to drive")
    stops.append(person.press("driving"))
    person.until(lambda: person.in_state(PatrolState.AT_WAYPOINT), "the first waypoint")
    stops.append(person.press("at a waypoint"))
    person.until(lambda: person.patrol.waypoint_name == "home" and person.moving(), "the way home")
    person.holding = True
    person.call("pause_patrol")
    person.until(lambda: person.in_state(PatrolState.PAUSED), "the pause")
    stops.append(person.press("paused"))
    person.until(person.moving, "the way home")
    stops.append(person.press("driving home"))
    result = person.answer(handle.get_result_async(), "the end of the round").result
    person.until(lambda: person.in_state(PatrolState.DONE), "the end of the round")
    stops.append(person.press("done"))
    handle = person.start(SHUT)
    person.until(lambda: person.driving == "waiting_for_obstacle", "the shut door")
    stops.append(person.press("waiting"))
    person.until(lambda: person.driving == "recovering" and person.moving(), "a recovery")
    stops.append(person.press("recovering"))
    person.until(lambda: person.in_state(PatrolState.DRIVING), "the round to go on")
    person.answer(handle.cancel_goal_async(), "the end")
    person.answer(handle.get_result_async(), "the end")
    return stops, result.waypoints_reached == 2 and not result.missed_waypoints


@contextlib.contextmanager
def walking_robot(rtf, base="sim", *, faces=False):
    """The robot in the hall, located, and an operator beside it. With `faces` the patrol's whole graph runs."""
    with tempfile.TemporaryDirectory() as folder, free_domain({}) as domain:
        folder = Path(folder)
        (folder / "route.yaml").write_text(ROUND)
        arguments = {
            "namespace": NAMESPACE,
            "faces": str(faces).lower(),
            "faces_dir": str(folder / "faces"),
            "base": base,
            "world": str(share_dir() / "worlds" / "hall.sdf"),
            "x": str(START[0]),
            "y": str(START[1]),
            "rtf": str(rtf),
            "map": str(hall_map(folder)),
            "route": str(folder / "route.yaml"),
            "data_dir": str(folder / "data"),
        }
        with robot("patrol", arguments, demo_environment(domain), folder / "log.txt") as nodes:
            person = Operator(domain)
            try:
                person.find_place(*START, nodes.check)
                person.until(lambda: person.patrol is not None and person.safety is not None, "states", nodes.check)
                yield person
            finally:
                person.close()


def figures(stops, completed, contacts):
    states = list(dict.fromkeys(stop["state"] for stop in stops))
    times = {state: [stop["stop_ms"] for stop in stops if stop["state"] == state] for state in states}
    rolled = [stop["rolled_m"] for stop in stops if stop["moving"]]
    return {
        "stop_ms": {
            state: {"p50": round(statistics.median(found), 1), "max": round(max(found), 1), "n": len(found)}
            for state, found in times.items()
        },
        "stop_ms_max": round(max(stop["stop_ms"] for stop in stops), 1),
        "rolled_m_max": round(max(rolled), 3) if rolled else None,
        "moved_before_the_word": sum(not stop["held"] for stop in stops),
        "resumed_elsewhere": sum(not stop["same_waypoint"] for stop in stops),
        "rounds_completed": completed,
        "contacts": contacts,
    }


def run(options):
    stops, completed, contacts, interruptions = [], 0, 0, 0
    for number in range(options.rounds):
        with walking_robot(options.rtf, options.base) as person:
            found, whole = one_round(person)
            print(f"round {number + 1}: {len(found)} stops", file=sys.stderr)
            stops += found
            completed += whole
            contacts += person.contacts
            interruptions += person.interruptions
    told = {"rtf": options.rtf, "base": options.base, "interruptions_by_others": interruptions}
    return {**told, **figures(stops, completed, contacts)}


def add_options(parser):
    parser.add_argument("--rounds", type=int, default=3, help="how often each state is stopped in")
    parser.add_argument("--rtf", type=float, default=1.0, help="simulated over real time")
    parser.add_argument("--base", choices=("sim", "serial"), default="sim", help="whose the wheels are")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))

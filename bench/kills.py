# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the navigator, of the safety gate and of the serial bridge at top speed: how soon the robot stops.

The whole robot runs in the hall: simulator, compiled firmware behind a pseudo-terminal, bridge, gate, localisation and
navigator, each a process. `stop_ms`: the kill to the first zero cmd_vel (the navigator's). `wheels_ms`: the kill to
wheels below 0.01 m/s, as the firmware's motors report it 20 times a second over a pipe (over DDS that came up to a
second late: shared memory that the dead process had locked is only found out by a time limit). Then the dead process is
started again, and nothing may move before somebody resumes.
"""

import argparse
import contextlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import rclpy
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.exceptions import InvalidHandle
from rclpy.executors import SingleThreadedExecutor
from ronda.action import NavigateTo
from ronda.msg import DriveState, LocalisationState, SafetyState
from std_msgs.msg import UInt32
from std_srvs.srv import Trigger

from robot_base.simulated_device import SimulatedDevice
from robot_navigation.cli import world_solids
from robot_navigation.map_file import save_map
from robot_navigation.world_map import draw_map
from ronda_cli.demonstration import demo_environment, free_domain
from ronda_cli.measurement import main
from ronda_core import qos
from ronda_core.paths import share_dir

NAMESPACE = "kills"
TOP = 0.8
LIMIT = 90.0
SEPARATION = 0.36  # m, of the wheels
ENDS = (2.0, 16.0)
VICTIMS = ("navigator", "gate", "bridge")


def programs(folder, stepped):
    """Name to module, parameters and remappings of each process.

    `stepped`: the firmware lives at the simulator's pace; otherwise it belongs to the witness.
    """
    share, board = share_dir(), folder / "board"
    solids = world_solids(share / "worlds" / "hall.sdf", ("door",))
    map_file, _ = save_map(draw_map(solids, resolution=0.05, band=(0.05, 0.5), margin=1.0), folder / "hall")
    description = share / "urdf" / "patrol_robot.urdf.xacro"
    aside = ("cmd_vel", "odom", "joint_states", "battery_state", "drive_state")
    wheels = [f"{name}:=wheels/{name}" for name in aside] + ["/tf:=wheels/tf"]
    start = {f"initial_pose.{axis}": value for axis, value in (("x", ENDS[0]), ("y", 0.0), ("yaw", 0.0))}
    mappings = f"['namespace:={NAMESPACE}', 'base:=serial']"
    files = {"description_file": description, "world_file": share / "worlds" / "hall.sdf"}
    firmware = ("robot_base.firmware_node", {"link": board}, ())
    return {
        **({"firmware": firmware} if stepped else {}),
        "simulator": (
            "robot_simulation.simulator_node",
            {**files, "x": ENDS[0], "camera": "false", "mappings": "['base:=serial']"},
            wheels,
        ),
        "frames": ("robot_base.robot_state_node", {"description_file": description, "xacro_arguments": mappings}, ()),
        "gate": ("robot_base.safety_gate_node", {"data_dir": folder, "bumper_source": "drive"}, ()),
        "bridge": ("robot_base.base_node", {"device": board, "device_timeout": 60.0}, ()),
        "map": ("robot_navigation.map_server_node", {"yaml_filename": map_file}, ()),
        "localisation": ("robot_navigation.localisation_node", {"set_initial_pose": "true", **start}, ()),
        "navigator": ("robot_navigation.navigator_node", {"desired_linear_vel": TOP}, ()),
    }


class Processes:
    """The robot's processes by name; each can be killed and started again."""

    def __init__(self, folder, environment, stepped):
        self._programs, self._environment = programs(folder, stepped), environment
        self._log = (folder / "log.txt").open("wb")
        self.running = {}

    def start(self, name):
        module, parameters, remaps = self._programs[name]
        words = ["-r", f"__ns:=/{NAMESPACE}"]
        for remap in remaps:
            words += ["-r", remap]
        for parameter, value in {"use_sim_time": "true", **parameters}.items():
            words += ["-p", f"{parameter}:={value}"]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", module, "--ros-args", *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def start_all(self):
        for name in self._programs:
            self.start(name)

    def kill(self, name):
        """SIGKILL; returns the moment before it."""
        at = time.monotonic()
        self.running[name].kill()
        self.running[name].wait()
        return at

    def check(self):
        for name, process in self.running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}")

    def close(self):
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        self._log.close()


class Witness:
    """Drives the robot up and down the hall, and notes commands and wheels with the time of their arrival."""

    def __init__(self, domain, stepped):
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain)
        self.node = node = rclpy.create_node("witness", namespace=NAMESPACE, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(node)
        self.commands, self.wheels = [], []
        self.safety = self.drive = None
        self.located, self.contacts, self.interruptions, self.x = False, 0, 0, ENDS[0]
        self.handle = None
        take = self._take
        node.create_subscription(TwistStamped, "cmd_vel", lambda m: take(self.commands, m), qos.COMMAND)
        if stepped:
            node.create_subscription(TwistStamped, "wheels/cmd_vel", lambda m: take(self.wheels, m), qos.COMMAND)
        node.create_subscription(SafetyState, "safety_state", lambda m: setattr(self, "safety", m), qos.STATE)
        node.create_subscription(DriveState, "drive_state", lambda m: setattr(self, "drive", m), qos.STATE)
        node.create_subscription(LocalisationState, "localisation_state", self._take_localisation, qos.STATE)
        node.create_subscription(
            UInt32, "ground_truth/contacts", lambda m: setattr(self, "contacts", m.data), qos.STATE
        )
        node.create_subscription(Odometry, "ground_truth", self._take_truth, qos.SENSOR)
        self.action = ActionClient(node, NavigateTo, "navigate_to")
        self.services = {name: node.create_client(Trigger, name) for name in ("base/arm", "resume_autonomy")}

    @staticmethod
    def _take(where, message):
        speed = abs(message.twist.linear.x) + abs(message.twist.angular.z)
        where.append((time.monotonic(), speed))

    def follow(self, device):
        """Pass the wheels of a firmware of our own on to the simulator; ends with the device."""
        out = self.node.create_publisher(TwistStamped, "wheels/cmd_vel", qos.COMMAND)
        for left, right in device.wheel_speeds():
            message = TwistStamped()
            message.twist.linear.x, message.twist.angular.z = (left + right) / 2, (right - left) / SEPARATION
            self._take(self.wheels, message)
            with contextlib.suppress(InvalidHandle):  # at the very end
                out.publish(message)

    def _take_truth(self, message):
        self.x = message.pose.pose.position.x

    def _take_localisation(self, message):
        self.located = message.state == LocalisationState.LOCALISED

    def until(self, condition, what, limit=LIMIT):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"waited in vain for {what}; {self.safety}, {self.drive}")
            self.executor.spin_once(timeout_sec=0.02)

    def for_seconds(self, seconds):
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end, "time")

    def insist(self, service):
        """Ask until it is granted. Killed predecessors stay in the graph for a while and never answer."""
        futures, asked = [], -math.inf

        def granted():
            nonlocal asked
            if time.monotonic() - asked > 0.5:
                asked = time.monotonic()
                futures.append(self.services[service].call_async(Trigger.Request()))
            return any(future.done() and future.result().success for future in futures)

        self.until(granted, service)

    def go(self):
        """Send the robot to the farther end, again and again until a navigator takes it."""
        there = abs(ENDS[1] - self.x) > abs(ENDS[0] - self.x)
        goal = NavigateTo.Goal()
        goal.pose.header.frame_id = "map"
        goal.pose.pose.position.x = ENDS[there]
        goal.pose.pose.orientation.w, goal.pose.pose.orientation.z = (1.0, 0.0) if there else (0.0, 1.0)
        futures, asked = [], -math.inf

        def accepted():
            nonlocal asked
            if time.monotonic() - asked > 2.0:
                asked = time.monotonic()
                futures.append(self.action.send_goal_async(goal))
            return any(future.done() and future.result().accepted for future in futures)

        self.until(accepted, "a navigator")

    def at_top_speed(self):
        """Whether it is; resumes a drive that was interrupted, because a busy machine trips watchdogs."""
        if self.armed() and self.safety.reason == "await_resume":
            self.interruptions += 1
            self.insist("resume_autonomy")
        return bool(self.wheels) and bool(self.commands) and min(self.wheels[-1][1], self.commands[-1][1]) > 0.95 * TOP

    def armed(self):
        """Whether the gate sees an armed drive; asks for it where it does not."""
        if self.safety.reason == "drive_disarmed":
            self.insist("base/arm")
        return self.safety.reason != "drive_disarmed"

    def standing(self):
        return bool(self.wheels) and self.wheels[-1][1] < 0.01

    def close(self):
        self.action.destroy()
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


def one_kill(processes, witness, victim):
    """Kill at top speed, measure, start again, see that nothing moves, and let the robot go on."""
    witness.go()
    witness.until(witness.at_top_speed, "top speed")
    witness.commands.clear()
    witness.wheels.clear()
    at = processes.kill(victim)
    witness.until(witness.standing, "standing wheels")
    stopped = witness.wheels[-1][0]
    zero = next((when for when, speed in witness.commands if when > at and speed == 0.0), None)
    processes.start(victim)
    if victim == "navigator":
        witness.until(lambda: witness.safety.reason == "no_command", "the gate to hear nobody")
        return {"victim": victim, "stop_ms": (zero - at) * 1000, "wheels_ms": (stopped - at) * 1000, "moved": False}
    # A bridge that was started again finds the drive disarmed. Arming is one deliberate word; the gate wants another.
    witness.until(lambda: witness.armed() and witness.safety.reason == "await_resume", "the gate to await a word")
    witness.wheels.clear()
    witness.for_seconds(1.0)
    moved = any(speed > 0.01 for _, speed in witness.wheels)
    witness.insist("resume_autonomy")
    return {"victim": victim, "stop_ms": None, "wheels_ms": (stopped - at) * 1000, "moved": moved}


@contextlib.contextmanager
def robot_in_the_hall(*, stepped=False):
    """All processes, armed and located, and a witness."""
    with tempfile.TemporaryDirectory() as name, free_domain({}) as domain:
        processes = Processes(Path(name), demo_environment(domain), stepped)
        witness = Witness(domain, stepped)
        device = None if stepped else SimulatedDevice(Path(name) / "board", report=True)
        try:
            if device is not None:
                threading.Thread(target=witness.follow, args=(device,), daemon=True).start()
            processes.start_all()
            witness.until(lambda: (processes.check(), witness.drive)[1] is not None, "the bridge")
            witness.insist("base/arm")
            witness.until(lambda: witness.located and witness.safety is not None, "the robot to find its place")
            witness.for_seconds(2.0)  # a request that comes at once would count as one from before a restart
            yield processes, witness
        except RuntimeError:
            print(*(Path(name) / "log.txt").read_text().splitlines()[-30:], sep="\n", file=sys.stderr)
            raise
        finally:
            processes.close()
            if device is not None:
                device.process.kill()
            witness.close()


def spread(values):
    found = sorted(value for value in values if value is not None)
    if not found:
        return None
    return {"p50": round(statistics.median(found), 1), "max": round(found[-1], 1), "n": len(found)}


def run(options):
    found, figures = [], {"interruptions_by_others": 0, "contacts": 0}
    for _ in range(options.count):
        # A fresh robot each time: what killed processes leave in shared memory slows Fast DDS down after a few.
        with robot_in_the_hall() as (processes, witness):
            for victim in VICTIMS:
                found.append(one_kill(processes, witness, victim))
                print(found[-1], file=sys.stderr)
            figures["interruptions_by_others"] += witness.interruptions
            figures["contacts"] += witness.contacts
    for victim in VICTIMS:
        own = [one for one in found if one["victim"] == victim]
        figures[f"{victim}_killed"] = {
            "stop_ms": spread([one["stop_ms"] for one in own]),
            "wheels_ms": spread([one["wheels_ms"] for one in own]),
        }
    return {**figures, "moved_by_itself": sum(one["moved"] for one in found)}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=5, help="kills of each process")


if __name__ == "__main__":
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    sys.exit(main(run, __doc__.splitlines()[0], add_options))

# SPDX-License-Identifier: Apache-2.0
"""A DDS participant that shares no code with ROS: Eclipse Cyclone DDS. Runs in an environment of its own.

Usage: dds_peer.py DOMAIN NAMESPACE SECONDS. Prints `ready` when it has matched the robot's topics, sends
cmd_vel_teleop, and prints what it received as JSON once it has odometry and an incident, or when the time is over.
"""

import itertools
import json
import sys
import time
from dataclasses import dataclass, field

from cyclonedds.core import Policy, Qos
from cyclonedds.domain import DomainParticipant
from cyclonedds.idl import IdlStruct
from cyclonedds.idl.types import array, float32, float64, int32, sequence, uint8, uint32, uint64
from cyclonedds.pub import DataWriter
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
from cyclonedds.util import duration


@dataclass
class Time(IdlStruct, typename="builtin_interfaces::msg::dds_::Time_"):
    sec: int32 = 0
    nanosec: uint32 = 0


@dataclass
class Header(IdlStruct, typename="std_msgs::msg::dds_::Header_"):
    stamp: Time = field(default_factory=Time)
    frame_id: str = ""


@dataclass
class Vector(IdlStruct, typename="geometry_msgs::msg::dds_::Vector3_"):
    x: float64 = 0.0
    y: float64 = 0.0
    z: float64 = 0.0


@dataclass
class Point(IdlStruct, typename="geometry_msgs::msg::dds_::Point_"):
    x: float64
    y: float64
    z: float64


@dataclass
class Quaternion(IdlStruct, typename="geometry_msgs::msg::dds_::Quaternion_"):
    x: float64
    y: float64
    z: float64
    w: float64


@dataclass
class Pose(IdlStruct, typename="geometry_msgs::msg::dds_::Pose_"):
    position: Point
    orientation: Quaternion


@dataclass
class PoseWithCovariance(IdlStruct, typename="geometry_msgs::msg::dds_::PoseWithCovariance_"):
    pose: Pose
    covariance: array[float64, 36]


@dataclass
class Twist(IdlStruct, typename="geometry_msgs::msg::dds_::Twist_"):
    linear: Vector = field(default_factory=Vector)
    angular: Vector = field(default_factory=Vector)


@dataclass
class TwistWithCovariance(IdlStruct, typename="geometry_msgs::msg::dds_::TwistWithCovariance_"):
    twist: Twist
    covariance: array[float64, 36]


@dataclass
class TwistStamped(IdlStruct, typename="geometry_msgs::msg::dds_::TwistStamped_"):
    header: Header = field(default_factory=Header)
    twist: Twist = field(default_factory=Twist)


@dataclass
class Odometry(IdlStruct, typename="nav_msgs::msg::dds_::Odometry_"):
    header: Header
    child_frame_id: str
    pose: PoseWithCovariance
    twist: TwistWithCovariance


@dataclass
class EvidenceFile(IdlStruct, typename="ronda::msg::dds_::EvidenceFile_"):
    name: str
    media_type: str
    sha256: str
    size: uint64


@dataclass
class Incident(IdlStruct, typename="ronda::msg::dds_::Incident_"):
    header: Header
    incident_id: str
    kind: uint8
    severity: uint8
    state: uint8
    robot: str
    subject: str
    subject_id: str
    list_name: str
    score: float32
    threshold: float32
    position: Point
    robot_pose: Pose
    first_seen: Time
    reported: Time
    summary: str
    evidence_folder: str
    evidence: sequence[EvidenceFile]


BEST_EFFORT = Qos(Policy.Reliability.BestEffort, Policy.History.KeepLast(5))
RELIABLE = Qos(Policy.Reliability.Reliable(duration(seconds=1)), Policy.History.KeepLast(50))
SPEED = 0.2
PERIOD_S = 0.05
MOVED_M = 0.1


def main(domain, namespace, limit_s):
    """Take part for at most `limit_s` seconds and print what was received."""
    participant = DomainParticipant(domain)

    def topic(name, kind):
        return Topic(participant, f"rt/{namespace}/{name}", kind)

    odometry = DataReader(participant, topic("odom", Odometry), BEST_EFFORT)
    incidents = DataReader(participant, topic("incidents", Incident), RELIABLE)
    teleop = DataWriter(participant, topic("cmd_vel_teleop", TwistStamped), RELIABLE)
    # Now and then a zero: a gate that has stopped the robot meanwhile wants one before it moves again.
    beats = itertools.cycle([0.0] + [SPEED] * 11)
    path, told, ready = [], [], False
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        path += [(one.pose.pose.position.x, one.pose.pose.position.y) for one in odometry.take(100)]
        told += incidents.take(10)
        if path and not ready and incidents.get_matched_publications() and teleop.get_matched_subscriptions():
            ready = True
            print("ready", flush=True)
        moved = abs(path[-1][0] - path[0][0]) + abs(path[-1][1] - path[0][1]) if path else 0.0
        if ready and moved < MOVED_M:
            teleop.write(TwistStamped(twist=Twist(linear=Vector(x=next(beats)))))
        if told and moved >= MOVED_M:
            break
        time.sleep(PERIOD_S)
    people = [{"subject": one.subject, "files": [file.name for file in one.evidence]} for one in told]
    print(json.dumps({"odometry": len(path), "moved_m": moved, "incidents": people}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))

# SPDX-License-Identifier: Apache-2.0
"""What the demonstration asks of the robot: enrol people, walk the round. Spins its node on a thread of its own."""

import array
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from geometry_msgs.msg import PoseWithCovarianceStamped
from ronda.action import NavigateTo, Patrol
from ronda.msg import PatrolState
from ronda.srv import EnrolPerson
from sensor_msgs.msg import CompressedImage
from std_srvs.srv import Trigger

from patrol_robot.demo_setup import REASON, WATCHLIST, Wanted
from patrol_robot.demo_watch import DemoWatch
from patrol_robot.errors import DemoError
from ronda_core import qos
from ronda_core.se2 import yaw_to_quaternion
from ronda_core.shared_action_client import SharedActionClient
from ronda_core.spun import check_served, spun

POLL_S: Final = 0.1
ENROL_LIMIT_S: Final = 60.0
RESUME_AFTER_S: Final = 2.0


class RobotClient:
    """Calls the robot's services and actions and waits for the answers, looking after `check` meanwhile."""

    def __init__(self, node: DemoWatch, check: Callable[[], None]) -> None:
        """`check` raises when waiting has become pointless, e.g. because the nodes have ended."""
        self._node = node
        self._check = check
        self._view = node.view
        self._paused_since: float | None = None
        self._resuming: Any = None
        self._resume = node.create_client(Trigger, "resume_patrol")
        self._enrol = node.create_client(EnrolPerson, "enrol_person")
        self._patrol = SharedActionClient(node, Patrol, "patrol")
        self._navigate = SharedActionClient(node, NavigateTo, "navigate_to")
        self._initial = node.create_publisher(PoseWithCovarianceStamped, "initialpose", qos.EVENT)

    def wait(self, condition: Callable[[], Any], limit_s: float, what: str) -> None:
        """Wait until the condition holds. Raises DemoError naming `what` was waited for in vain."""
        deadline = time.monotonic() + limit_s
        while not condition():
            self._check()
            check_served(self._node, DemoError)
            if time.monotonic() > deadline:
                raise DemoError(f"waited {limit_s:.0f} s in vain for {what}", hint="see log.txt in the report")
            time.sleep(POLL_S)

    def servers_ready(self) -> bool:
        """True when enrolment, navigation and patrol can be called."""
        return bool(
            self._enrol.service_is_ready() and self._patrol.server_is_ready() and self._navigate.server_is_ready()
        )

    def tell_pose(self, x: float, y: float, yaw: float) -> None:
        """Say where the robot starts, as an operator does in RViz with "2D Pose Estimate"."""
        message = PoseWithCovarianceStamped()
        message.header.frame_id = "map"
        message.pose.pose.position.x, message.pose.pose.position.y = x, y
        turn = message.pose.pose.orientation
        turn.x, turn.y, turn.z, turn.w = yaw_to_quaternion(yaw)
        covariance = [0.0] * 36
        covariance[0] = covariance[7] = 0.25
        covariance[35] = 0.07
        message.pose.covariance = covariance
        self._initial.publish(message)

    def enrol(self, wanted: Wanted) -> str:
        """Enrol a person from pictures; returns the person's id. Raises DemoError with the gallery's reason."""
        request = EnrolPerson.Request(
            name=wanted.name,
            watchlist_id=WATCHLIST,
            reason=REASON,
            requested_by="ronda demo",
            central=True,
            pictures=[_picture(path) for path in wanted.pictures],
        )
        answer = self._answer(self._enrol.call_async(request), ENROL_LIMIT_S, f"the enrolment of {wanted.name}")
        if not answer.success:
            raise DemoError(
                f"{wanted.name} cannot be enrolled: {answer.message}", hint="use a better enrolment picture"
            )
        return str(answer.person_id)

    def walk(self, limit_s: float, on_interruption: Callable[[str], None]) -> Patrol.Result:
        """Walk one round and return its result. Raises DemoError if it is refused or takes longer than `limit_s`.

        A round that was interrupted waits for an operator. Here that is this client: it resumes after a moment and
        says so through `on_interruption`.
        """
        handle = self._answer(self._patrol.send_goal_async(Patrol.Goal(laps=1)), 10.0, "the round to be accepted")
        if not handle.accepted:
            raise DemoError("the robot refused the round", hint="see log.txt in the report")
        ending = handle.get_result_async()
        self.wait(lambda: ending.done() or self._resume_if_paused(on_interruption), limit_s, "the end of the round")
        return ending.result().result

    def _resume_if_paused(self, on_interruption: Callable[[str], None]) -> bool:
        """Always false, so that it can stand in a condition."""
        patrol = self._view.patrol
        if patrol is None or patrol.state != PatrolState.PAUSED:
            self._paused_since = None
        elif self._paused_since is None:
            self._paused_since = time.monotonic()
            on_interruption(patrol.detail.removeprefix("paused: "))
        elif time.monotonic() - self._paused_since > RESUME_AFTER_S and self._resuming is None:
            self._resuming = self._resume.call_async(Trigger.Request())
            self._paused_since = time.monotonic()
        if self._resuming is not None and self._resuming.done():
            self._resuming = None
        return False

    def _answer(self, future: Any, limit_s: float, what: str) -> Any:
        self.wait(future.done, limit_s, what)
        return future.result()


def watching(namespace: str, domain: int, on_incident: Callable[[Any], None]) -> AbstractContextManager[DemoWatch]:
    """Return the demonstration's node, spun on a thread until the block is left."""
    return spun(lambda context: DemoWatch(namespace, on_incident, context), domain, DemoError)


def _picture(path: Path) -> CompressedImage:
    kind = "png" if path.suffix.lower() == ".png" else "jpeg"
    return CompressedImage(format=kind, data=array.array("B", path.read_bytes()))

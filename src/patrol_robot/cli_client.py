# SPDX-License-Identifier: Apache-2.0
"""The `ronda patrol` command's half on the graph: a node that lives for one command."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from action_msgs.srv import CancelGoal
from rclpy.action import ActionClient
from ronda.action import Patrol
from ronda.msg import PatrolState
from ronda.srv import LoadRoute
from std_srvs.srv import Trigger

from patrol_robot.errors import PatrolError
from ronda_cli.command_node import CommandNode
from ronda_core import qos
from ronda_core.interrupts import noted_interrupt

ANSWER_S = 5.0
STATES = {
    PatrolState.IDLE: "idle",
    PatrolState.DRIVING: "driving",
    PatrolState.AT_WAYPOINT: "at a waypoint",
    PatrolState.PAUSED: "paused",
    PatrolState.DONE: "done",
    PatrolState.FAILED: "failed",
    PatrolState.STOPPED: "stopped",
}


class PatrolClient(CommandNode):
    """Talks to one robot's patrol node. Every method raises PatrolError when it does not answer."""

    def __init__(self, robot: str) -> None:
        self._robot = robot.strip("/")
        super().__init__("patrol_cli", self._robot)

    def load(self, path: Path) -> tuple[str, int]:
        """Load a route file; returns its name and number of waypoints. Raises PatrolError with the robot's reason."""
        # As text: the robot may be another machine, which does not have this file.
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PatrolError(f"cannot read route {path}: {error}", hint="name an existing route file") from error
        answer = self._call(LoadRoute, "load_route", LoadRoute.Request(text=text))
        if not answer.success:
            raise PatrolError(f"the robot refuses the route: {answer.message}")
        return answer.route, answer.waypoints

    def start(
        self, laps: int, start_index: int, stop_on_failure: bool, *, report: Callable[[str], object], wait: bool
    ) -> bool:
        """Start a round and, with `wait`, follow it to its end; true if it was completed. Ctrl-C stops the round."""
        client = ActionClient(self._node, Patrol, "patrol")
        self._until(client.server_is_ready, "its patrol action")
        said = ""

        def tell(message: Any) -> None:
            nonlocal said
            feedback = message.feedback
            line = f"{feedback.current_waypoint + 1}/{feedback.waypoints_total} {feedback.waypoint_name}"
            line += f": {STATES.get(feedback.state, 'unknown')}"
            if line != said:
                said = line
                report(line)

        goal = Patrol.Goal(laps=laps, start_index=start_index, stop_on_failure=stop_on_failure)
        with noted_interrupt() as interrupted:
            handle = self._answer(client.send_goal_async(goal, feedback_callback=tell))
            if not handle.accepted:
                raise PatrolError(
                    "the robot refuses: a round is under way", hint="ronda patrol status, ronda patrol stop"
                )
            if not wait and not interrupted():
                report("started")
                return True
            ended = handle.get_result_async()
            gone = PatrolError(
                f"robot '{self._robot}' went away amid the round",
                hint="look at the robot; whether its node runs: ronda patrol status",
            )
            self._wait(lambda: ended.done() or interrupted(), gone, there=client.server_is_ready)
            if not ended.done():
                report("stopping")
                self._answer(handle.cancel_goal_async())
            result = self._answer(ended).result
        for missed in result.missed_waypoints:
            report(f"missed {missed.name}: {missed.reason}")
        report(result.error_msg or f"{result.waypoints_reached} waypoints reached, {result.laps_done} laps")
        return bool(result.error_code == Patrol.Result.NONE and not result.missed_waypoints)

    def trigger(self, service: str) -> tuple[bool, str]:
        """Call a service without arguments; returns whether it agreed, and its words."""
        answer = self._call(Trigger, service, Trigger.Request())
        return answer.success, answer.message

    def stop(self) -> str:
        """End the round that is under way, by whomever; returns one line."""
        # An empty goal id without a time cancels all goals of the action (action_msgs/srv/CancelGoal).
        answer = self._call(CancelGoal, "patrol/_action/cancel_goal", CancelGoal.Request())
        return "stopped" if answer.goals_canceling else "no round was under way"

    def status(self) -> str:
        """What the round is doing, in one line or more."""
        heard: list[PatrolState] = []
        subscription = self._node.create_subscription(PatrolState, "patrol_state", heard.append, qos.STATE)
        try:
            self._until(lambda: heard, "its state")
        finally:
            self._node.destroy_subscription(subscription)
        state = heard[-1]
        lines = [f"{STATES.get(state.state, 'unknown')}: {state.detail or state.route}"]
        if state.waypoints_total:
            at = f"waypoint {state.waypoint_index + 1} of {state.waypoints_total}"
            lines.append(f"route '{state.route}', {at} {state.waypoint_name}, lap {state.lap + 1}")
            lines.append(f"{state.reached} reached")
        lines += [f"missed {missed.name}: {missed.reason}" for missed in state.missed]
        return "\n".join(lines)

    def _call(self, kind: Any, name: str, request: Any) -> Any:
        client = self._node.create_client(kind, name)
        self._until(client.service_is_ready, f"its service {name}")
        return self._answer(client.call_async(request))

    def _answer(self, future: Any) -> Any:
        self._until(future.done, "its answer")
        return future.result()

    def _until(self, condition: Callable[[], Any], what: str) -> None:
        self._wait(
            condition,
            PatrolError(
                f"robot '{self._robot}' does not answer: {what} was not seen within {ANSWER_S:.0f} s",
                hint="is it running, in this ROS_DOMAIN_ID? start it with: ronda launch patrol",
            ),
        )

    def _wait(
        self, condition: Callable[[], Any], error: PatrolError, there: Callable[[], bool] = lambda: False
    ) -> None:
        """Wait until the condition holds. Raises the error when it has not, ANSWER_S after `there` last said yes."""
        last_seen = time.monotonic()
        while not condition():
            now = time.monotonic()
            if there():
                last_seen = now
            elif now - last_seen > ANSWER_S:
                raise error
            self._executor.spin_once(timeout_sec=0.1)

# SPDX-License-Identifier: Apache-2.0
"""The node that walks rounds: serves the action `patrol`, drives through the action `navigate_to`."""

import sys
from typing import Any

from nav_msgs.msg import OccupancyGrid
from rclpy.action import CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.action import Patrol
from ronda.msg import EmergencyStop, PatrolState, SafetyState
from ronda.srv import LoadRoute
from sensor_msgs.msg import BatteryState
from std_srvs.srv import Trigger

from patrol_robot.errors import RouteError
from patrol_robot.mission import Command, Mission, MissionSettings, State
from patrol_robot.navigate_client_ros import DriveListener, NavigateClient
from patrol_robot.patrol_messages import feedback_message, floor_of, goal_pose, result_message, state_message
from patrol_robot.route import Route, load_route, parse_route
from patrol_robot.route_check import Floor, check_route
from ronda_core import diagnostics, parameters, qos
from ronda_core.deferred_action import DeferredActionServer
from ronda_core.deferred_service import Reply, create_deferred_service
from ronda_core.diagnostics import NodeHealth
from ronda_core.errors import RondaError
from ronda_core.node_main import run_node
from ronda_core.stamps import to_seconds

TICK_S = 0.1


class PatrolNode(Node):
    """Action `patrol`, topic `patrol_state`, services `load_route`, `pause_patrol`, `resume_patrol`."""

    def __init__(self) -> None:
        super().__init__("patrol")
        values = parameters.declare(self, parameters.load_spec("patrol_robot", "patrol"))
        self._settings = MissionSettings(
            attempts=values["attempts"],
            stuck_timeout_s=values["stuck_timeout"],
            progress_m=values["progress_distance"],
            battery_low=values["battery_low"],
            battery_critical=values["battery_critical"],
        )
        self._clearance: float = values["clearance"]
        self._server_timeout_s: float = values["server_timeout"]
        self._floor: Floor | None = None
        self._route: Route | None = load_route(values["route_file"]) if values["route_file"] else None
        self._mission: Mission | None = None
        self._handle: ServerGoalHandle | None = None
        self._waiting_since: float | None = None
        self._autonomy_allowed = True
        self._resumed_s = 0.0
        self._shown: tuple[object, ...] = ()

        self._state = self.create_publisher(PatrolState, "patrol_state", qos.STATE)
        self._drive = NavigateClient(
            self, DriveListener(self._arrived, self._failed, self._progressed), values["navigation_backend"]
        )
        self._resume_gate = self.create_client(Trigger, "resume_autonomy")
        self.create_subscription(OccupancyGrid, "map", self._take_map, qos.STATE)
        self.create_subscription(SafetyState, "safety_state", self._take_safety, qos.STATE)
        self.create_subscription(EmergencyStop, "estop", self._take_estop, qos.STATE)
        self.create_subscription(BatteryState, "battery_state", self._take_battery, qos.SENSOR)
        self.create_service(LoadRoute, "load_route", self._load_route)
        self.create_service(Trigger, "pause_patrol", self._pause)
        # Waits for the gate's answer.
        create_deferred_service(self, Trigger, "resume_patrol", self._resume)
        self._server = DeferredActionServer(
            self,
            Patrol,
            "patrol",
            self._begin,
            goal_callback=self._judge_goal,
            cancel_callback=lambda _goal: CancelResponse.ACCEPT,
        )
        self._health = NodeHealth(self)
        # Steady time, so that an operator's stop is answered while simulated time stands still.
        self.create_timer(TICK_S, self._tick, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._show()

    def close(self) -> None:
        """Take the action's server and client out of the graph; destroying a node alone leaves them there."""
        self._server.destroy()
        self._drive.close()

    # Round

    def _judge_goal(self, _goal: Patrol.Goal) -> GoalResponse:
        if self._mission is not None and self._mission.under_way:
            self.get_logger().warning("a round is under way; stop it before another is started")
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _begin(self, handle: ServerGoalHandle) -> None:
        goal = handle.request
        if self._route is None or goal.route not in ("", self._route.name):
            wanted = f"'{goal.route}'" if goal.route else "any"
            handle.abort()
            reason = f"no route is loaded for {wanted}"
            self._server.answer(handle, Patrol.Result(error_code=Patrol.Result.NO_ROUTE, error_msg=reason))
            return
        self._mission = mission = Mission(
            self._route,
            self._now_s,
            self._settings,
            laps=goal.laps,
            start_index=goal.start_index,
            stop_on_failure=goal.stop_on_failure,
        )
        self._handle = handle
        self._obey(mission.start())
        if not self._autonomy_allowed:
            self._obey(mission.pause("the safety gate holds autonomy back"))

    def _finish(self, mission: Mission) -> None:
        handle, self._handle = self._handle, None
        if handle is None:
            return
        self._show()
        if mission.state is State.DONE:
            handle.succeed()
        elif handle.is_cancel_requested:
            handle.canceled()
        else:
            handle.abort()
        self._server.answer(handle, result_message(mission))

    def _obey(self, commands: list[Command]) -> None:
        mission = self._mission
        assert mission is not None
        for command in commands:
            if command is Command.CANCEL_DRIVE:
                self._waiting_since = None
                self._drive.cancel()
            elif command is Command.DRIVE:
                self._start_drive(mission)
            else:
                self._finish(mission)
        self._show()

    def _start_drive(self, mission: Mission) -> None:
        if self._drive.ready:
            self._waiting_since = None
            stamp = self.get_clock().now().to_msg()
            self._drive.drive(goal_pose(mission.waypoint, mission.route.frame, stamp))
        elif self._waiting_since is None:
            self._waiting_since = self._steady_s()

    def _tick(self) -> None:
        mission, handle = self._mission, self._handle
        if mission is None or handle is None or not mission.under_way:
            return
        if handle.is_cancel_requested:
            self._obey(mission.stop())
            return
        if self._waiting_since is not None and mission.state is State.DRIVING:
            if not self._drive.ready and self._steady_s() - self._waiting_since > self._server_timeout_s:
                self._waiting_since = None
                self._obey(mission.navigation_unavailable("there is no navigate_to server"))
            elif self._drive.ready:
                self._start_drive(mission)
        else:
            self._obey(mission.tick())
        if mission.under_way:
            handle.publish_feedback(feedback_message(mission))

    def _arrived(self) -> None:
        if self._mission is not None:
            self._obey(self._mission.arrived())

    def _failed(self, code: int, reason: str) -> None:
        if self._mission is not None:
            self._obey(self._mission.drive_failed(code, reason))

    def _progressed(self, distance: float) -> None:
        if self._mission is not None:
            self._mission.progress(distance)

    # What interrupts it

    def _take_safety(self, message: SafetyState) -> None:
        if to_seconds(message.header.stamp) < self._resumed_s:
            return  # it left before the gate had agreed to go on
        self._autonomy_allowed = message.autonomy_allowed
        if not message.autonomy_allowed:
            self._interrupt(message.detail or message.reason)

    def _take_estop(self, message: EmergencyStop) -> None:
        if message.engaged:
            self._interrupt(f"emergency stop ({message.source}) {message.reason}".strip())

    def _interrupt(self, reason: str) -> None:
        if self._mission is not None:
            self._obey(self._mission.pause(reason))

    def _take_battery(self, message: BatteryState) -> None:
        if self._mission is not None:
            self._obey(self._mission.battery(message.percentage))

    def _take_map(self, message: OccupancyGrid) -> None:
        self._floor = floor_of(message)
        if self._route is not None and (self._mission is None or not self._mission.under_way):
            # A route that the map refuses ends the node at start: the message reaches whoever launched it.
            check_route(self._route, self._floor, self._clearance)

    # Services

    def _load_route(self, request: LoadRoute.Request, response: LoadRoute.Response) -> LoadRoute.Response:
        try:
            if self._mission is not None and self._mission.under_way:
                raise RouteError("a round is under way", hint="stop it before another route is loaded")
            route = load_route(request.path) if request.path else parse_route(request.text, "the request's text")
            if self._floor is not None:
                check_route(route, self._floor, self._clearance)
        except RondaError as error:
            response.message = f"{error}; {error.hint}" if error.hint else str(error)
            return response
        self._route, self._mission = route, None
        response.success, response.route, response.waypoints = True, route.name, len(route.waypoints)
        self._show()
        return response

    def _pause(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        mission = self._mission
        if mission is None or not mission.under_way:
            response.message = "no round is under way"
        elif mission.state is State.PAUSED:
            response.success, response.message = True, "it was paused already"
        else:
            self._obey(mission.pause("by an operator"))
            response.success, response.message = True, f"paused at '{mission.waypoint.name}'"
        return response

    def _resume(self, _request: Trigger.Request, response: Trigger.Response, reply: Reply) -> None:
        mission = self._mission
        if mission is None or mission.state is not State.PAUSED:
            response.message = "no round is paused"
        elif self._resume_gate.service_is_ready():
            asked = self._resume_gate.call_async(Trigger.Request())
            asked.add_done_callback(lambda future: self._take_gate_answer(mission, future, response, reply))
            return
        elif not self._autonomy_allowed:
            response.message = "the safety gate does not answer"
        else:
            self._go_on(mission, response)
        reply.send(response)

    def _take_gate_answer(self, mission: Mission, asked: Any, response: Trigger.Response, reply: Reply) -> None:
        answer = asked.result()
        if not answer.success:
            response.message = f"the safety gate refuses: {answer.message}"
        elif mission is not self._mission or mission.state is not State.PAUSED:
            response.message = "the round is not paused any more"
        else:
            self._autonomy_allowed, self._resumed_s = True, self._now_s()
            self._go_on(mission, response)
        reply.send(response)

    def _go_on(self, mission: Mission, response: Trigger.Response) -> None:
        self._obey(mission.resume())
        response.success, response.message = True, f"going on to '{mission.waypoint.name}'"

    # State

    def _show(self) -> None:
        mission = self._mission
        message = state_message(mission, self._route, self.get_clock().now().to_msg())
        shown = (message.state, message.waypoint_index, message.lap, message.reached, message.detail, message.route)
        if shown == self._shown:
            return
        self._shown = shown
        self._state.publish(message)
        if message.detail:
            self.get_logger().info(message.detail)
        failed = mission is not None and mission.state is State.FAILED
        self._health.set(diagnostics.WARN if failed else diagnostics.OK, message.detail or "ready", lap=message.lap)

    def _now_s(self) -> float:
        return float(self.get_clock().now().nanoseconds) / 1e9

    def _steady_s(self) -> float:
        return float(Clock(clock_type=ClockType.STEADY_TIME).now().nanoseconds) / 1e9


def main() -> None:
    """Run the node until it is told to stop."""
    sys.exit(run_node(PatrolNode))

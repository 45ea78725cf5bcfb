# SPDX-License-Identifier: Apache-2.0
"""`ronda base`: emergency stop, resumption, arming and calibration from a terminal."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from robot_base.errors import BaseError, CommandRefusedError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The robot's base: stop, resume, arm, calibrate.")
Namespace = Annotated[str, typer.Option("--namespace", "-n", help="The robot's namespace.")]
_WAIT = 5.0  # s for a service to appear and to answer


@app.command()
def estop(namespace: Namespace = "patrol1") -> None:
    """Engage the software emergency stop."""
    _call(namespace, "set_estop", engage=True)


@app.command()
def release(namespace: Namespace = "patrol1") -> None:
    """Release the software emergency stop. The robot stays where it is."""
    _call(namespace, "set_estop", engage=False)


@app.command()
def resume(namespace: Namespace = "patrol1") -> None:
    """Let autonomy drive again after a protective stop or teleoperation."""
    _call(namespace, "resume_autonomy")


@app.command()
def arm(namespace: Namespace = "patrol1") -> None:
    """Arm the drive of a base on a serial line."""
    _call(namespace, "base/arm")


@app.command()
def disarm(namespace: Namespace = "patrol1") -> None:
    """Disarm the drive of a base on a serial line."""
    _call(namespace, "base/disarm")


@app.command("clear-fault")
def clear_fault(namespace: Namespace = "patrol1") -> None:
    """Clear a fault whose cause has gone. The drive is disarmed afterwards."""
    _call(namespace, "base/clear_fault")


@app.command()
def calibrate(
    namespace: Namespace = "patrol1",
    reference: Annotated[str, typer.Option(help="Topic of the true pose (nav_msgs/Odometry).")] = "ground_truth",
    side: Annotated[float, typer.Option(min=0.6, max=10.0, help="Side of the square, m.")] = 1.5,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Squares, left and right in turn.")] = 2,
    wheel_radius: Annotated[float, typer.Option(help="Wheel radius as configured now, m.")] = 0.09,
    wheel_separation: Annotated[float, typer.Option(help="Wheel separation as configured now, m.")] = 0.36,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result there.")] = None,
) -> None:
    """Drive squares and work out the wheels' radius and separation. The robot moves: needs 3 m x 3 m of free floor."""
    from robot_base.calibration import calibrate as fit
    from robot_base.calibration_ros import CalibrationDrive
    from robot_base.kinematics import DifferentialDrive

    nominal = DifferentialDrive(wheel_radius, wheel_separation)
    drive = CalibrationDrive(namespace, reference, wheel_radius)
    try:
        if not drive.wait_for_gate(_WAIT):
            raise BaseError(f"no safety gate answers on {drive.state_topic}", hint="is the robot running?")
        drive.wait_for_data(_WAIT)
        result = fit(drive.square(side, rounds, lambda text: typer.echo(text, err=True)), nominal)
    finally:
        drive.close()
    figures = {
        "wheel_radius": round(result.wheel_radius, 5),
        "wheel_separation": round(result.wheel_separation, 5),
        "residual_distance": round(result.residual_distance, 5),
        "residual_turn": round(result.residual_turn, 5),
    }
    text = json.dumps(figures, indent=2) + "\n"
    sys.stdout.write(text)
    if json_file is not None:
        json_file.write_text(text)


def _call(namespace: str, name: str, *, engage: bool | None = None) -> None:
    """Call a service of the robot; raises BaseError when nobody serves it and CommandRefusedError when it refuses."""
    import rclpy
    from std_srvs.srv import SetBool, Trigger

    from ronda_core.node_main import EXIT_BAD_INPUT, EXIT_OK, leave

    rclpy.init(args=[])
    node = rclpy.create_node("base_cli", namespace=namespace)
    status = EXIT_BAD_INPUT
    try:
        client = node.create_client(Trigger if engage is None else SetBool, name)
        if not client.wait_for_service(_WAIT):
            raise BaseError(f"nobody serves {client.service_name}", hint="is the robot running, and is that its name?")
        future = client.call_async(Trigger.Request() if engage is None else SetBool.Request(data=engage))
        rclpy.spin_until_future_complete(node, future, timeout_sec=_WAIT)
        answer = future.result()
        if answer is None:
            raise BaseError(f"{client.service_name} does not answer")
        if not answer.success:
            raise CommandRefusedError(str(answer.message))
        sys.stdout.write(f"{answer.message}\n")
        status = EXIT_OK
    finally:
        leave(node, status)
        rclpy.try_shutdown()

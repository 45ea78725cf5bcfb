# SPDX-License-Identifier: Apache-2.0
"""The table of commands. A command's module is imported only when the command is used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One command: where it is, as `module:attribute` (a typer app or a plain function), and one line of help."""

    target: str
    help: str


COMMANDS: dict[str, Entry] = {
    "launch": Entry("ronda_cli.launch_cli:launch", "Start the nodes of a launch file."),
    "run": Entry("ronda_cli.run_cli:run", "Start one node by its name."),
    "demo": Entry(
        "ronda_cli.demo_cli:app", "Run a whole round in the simulated airport, or the garage, and report it."
    ),
    "doctor": Entry("ronda_cli.doctor_cli:doctor", "Say what is missing on this machine and how to get it."),
    "teleop": Entry("robot_base.teleop_cli:teleop", "Drive a robot with the keyboard."),
    "patrol": Entry("patrol_robot.cli:app", "Routes, rounds and incidents."),
    "faces": Entry("face_perception.cli:app", "The gallery: enrol, list, search and remove people; evaluate."),
    "models": Entry("face_perception.models_cli:app", "The recognition models: fetch, list, check."),
    "map": Entry("robot_navigation.cli:app", "Maps: make one from a world, check one."),
    "sim": Entry("robot_simulation.cli:app", "The simulator: run, view, compare."),
    "world": Entry("robot_simulation.world_cli:app", "World files: check and describe."),
    "base": Entry("robot_base.base_cli:app", "The robot's base: state, limits, emergency stop."),
    "serial": Entry("robot_base.serial_cli:app", "Serial links: list ports, watch and send frames."),
    "plates": Entry("parking_robot.plates_cli:app", "Number plates: read pictures, evaluate."),
    "parking": Entry("parking_robot.cli:app", "The garage: stays, tariffs, payments, gates."),
    "bench": Entry("ronda_cli.bench:app", "Measure this machine."),
    "version": Entry("ronda_cli.version:version", "Print the version."),
}

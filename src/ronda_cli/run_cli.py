# SPDX-License-Identifier: Apache-2.0
"""`ronda run`: one node in the foreground."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer


def run(
    context: typer.Context,
    node: Annotated[str | None, typer.Argument(metavar="NODE", help="The node; without it, all are listed.")] = None,
    network: Annotated[
        bool, typer.Option("--network", help="Reach nodes on other machines too (also: RONDA_NETWORK=1).")
    ] = False,
) -> int:
    """Start one node; everything behind its name is handed to it.

    ronda run safety_gate_node --ros-args -r __ns:=/patrol1 -p use_sim_time:=true
    """
    from ronda_cli.launch_cli import share_folder
    from ronda_cli.nodes import find_node, node_files
    from ronda_cli.process.command import prepare
    from ronda_cli.process.environment import launch_environment, network_wanted

    environment = launch_environment(os.environ, share_folder(), network=network or network_wanted(os.environ))
    if node is None:
        sys.stdout.write("".join(f"{name}\n" for name in sorted(node_files(environment))))
        return 0
    command = prepare([str(find_node(node, environment)), *context.args], environment)
    # The node takes this process's place: signals and exit code are its own, and nothing can be left behind.
    os.execve(command.words[0], list(command.words), dict(command.environment))


run.context_settings = {  # type: ignore[attr-defined]
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    # Options behind the node's name are the node's, --help among them.
    "allow_interspersed_args": False,
}

# SPDX-License-Identifier: Apache-2.0
"""The entry of the `ronda` command."""

from __future__ import annotations

import functools
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from ronda_cli.commands import COMMANDS
from ronda_cli.errors import CliError
from ronda_cli.suggestions import suggestion
from ronda_core.errors import RondaError

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
_EXAMPLES = """
examples:
  ronda doctor                        what is missing on this machine
  ronda demo                          one round in the simulated airport, with a report
  ronda launch patrol sim:=embedded   the patrol robot with its simulator
  ronda launch patrol --show-args     what can be set
  ronda run safety_gate_node          one node
  ronda COMMAND --help                what a command takes
"""


def help_text() -> str:
    """Write the overview of all commands."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {entry.help}" for name, entry in COMMANDS.items()]
    return "usage: ronda COMMAND ...\n\ncommands:\n" + "\n".join(lines) + "\n" + _EXAMPLES


def load(name: str) -> Any:
    """Import a command.

    Raises:
        CliError: there is no such command, or the part of Ronda that has it is not installed.
    """
    entry = COMMANDS.get(name)
    if entry is None:
        raise CliError(f"there is no command {name!r}", hint=suggestion(name, COMMANDS) or "ronda --help")
    module_name, _, attribute = entry.target.partition(":")
    try:
        return getattr(importlib.import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        missing = error.name or "unknown"
        if module_name == missing or module_name.startswith(f"{missing}."):
            raise CliError(
                f"the command {name!r} is not part of this installation ({module_name} is missing)"
            ) from error
        raise CliError(
            f"the command {name!r} needs the Python package {missing!r}, which is not installed",
            hint="`make setup`, or `ronda doctor` for the whole list",
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0, 2 for bad input, or the command's own."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(help_text())
        return 0 if words else EXIT_BAD_INPUT
    if words[0] == "--version":
        words[0] = "version"
    try:
        return _invoke(load(words[0]), f"ronda {words[0]}", words[1:])
    except RondaError as error:
        sys.stderr.write(error.describe() + "\n")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough of it; keep Python from complaining once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _invoke(target: Any, name: str, words: list[str]) -> int:
    import typer

    app = target if isinstance(target, typer.Typer) else _as_app(target)
    try:
        app(words, prog_name=name)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _as_app(function: Callable[..., int | None]) -> Any:
    """Make a typer app of one function whose return value is the exit code."""
    import typer

    @functools.wraps(function)
    def command(*args: Any, **options: Any) -> None:
        raise typer.Exit(function(*args, **options) or 0)

    app = typer.Typer(add_completion=False)
    app.command(context_settings=getattr(function, "context_settings", None))(command)
    return app

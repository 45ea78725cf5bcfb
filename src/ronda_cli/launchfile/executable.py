# SPDX-License-Identifier: Apache-2.0
"""`<executable>`: a process that is no ROS node, and what nodes have in common with it."""

from __future__ import annotations

import re
import shlex

from ronda_cli.launchfile.action import Action, tag
from ronda_cli.launchfile.commandline import read_command_line
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.expression import Template
from ronda_cli.launchfile.logic import boolean
from ronda_cli.launchfile.plan import DEFAULT_STOP_S, Argument, ProcessPlan, Respawn, StopTimes
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate
from ronda_cli.launchfile.variables import evaluate_pairs, read_pairs

OUTPUTS = ("screen", "log", "both", "own_log", "full")


class ProcessAction(Action):
    """A process: everything but its command line."""

    def __init__(self, reader: Reader) -> None:
        """Read the attributes that executables and nodes share."""
        super().__init__(reader)
        self._cwd = reader.template("cwd")
        self._prefix = reader.template("launch-prefix")
        self._output = reader.template("output")
        self._respawn = reader.template("respawn")
        self._environment = read_pairs(reader.children("env"))
        self._shell = reader.flag("shell", default=False)
        self._emulate_tty = reader.flag("emulate_tty", default=False)
        self._max_retries = reader.number("respawn_max_retries", "int")
        self._respawn_delay = self._seconds("respawn_delay")
        self._sigterm = self._seconds("sigterm_timeout")
        self._sigkill = self._seconds("sigkill_timeout")
        on_exit = reader.text("on_exit")
        if on_exit not in (None, "shutdown"):
            raise reader.error(f"on_exit cannot be {on_exit!r}", 'the only choice is on_exit="shutdown"')
        self._required = on_exit == "shutdown"

    def _seconds(self, name: str) -> float | None:
        value = self.reader.number(name, "float")
        if value is not None and value < 0:
            raise self.reader.error(f"attribute {name!r} cannot be negative")
        return value

    def plan(self, scope: Scope, command: list[Argument], label: str | None, node_name: str | None = None) -> None:
        """Enter the process into the plan."""
        program = str(command[0]) if command else ""
        if not program:
            raise EvaluationError("the command is empty")
        file_name = program.rpartition("/")[2]
        name = file_name if label is None else label
        full_command = [*self._prefix_words(file_name, scope), *command]
        environment = {**scope.environment, **evaluate_pairs(self._environment, scope)}
        scope.plan.processes.append(
            ProcessPlan(
                label=name,
                command=tuple(full_command),
                environment=environment,
                cwd=None if self._cwd is None else evaluate(self._cwd, scope),
                shell=self._shell,
                emulate_tty=self._emulates_tty(scope),
                output=self._output_choice(scope),
                required=self._required,
                respawn=self._respawn_choice(scope),
                stop=self._stop_times(scope),
                node_name=node_name,
            )
        )

    def _prefix_words(self, program: str, scope: Scope) -> list[str]:
        if self._prefix is not None:
            return shlex.split(evaluate(self._prefix, scope))
        if re.match(scope.variables.get("launch-prefix-filter", ""), program) is None:
            return []
        return shlex.split(scope.variables.get("launch-prefix", ""))

    def _respawn_choice(self, scope: Scope) -> Respawn | None:
        if self._respawn is None or not boolean(evaluate(self._respawn, scope)):
            return None
        return Respawn(self._respawn_delay or 0.0, -1 if self._max_retries is None else int(self._max_retries))

    def _output_choice(self, scope: Scope) -> str:
        # The name of the variable is ROS's own.
        chosen = scope.environment.get("OVERRIDE_LAUNCH_PROCESS_OUTPUT")
        if chosen is None:
            chosen = "log" if self._output is None else evaluate(self._output, scope)
        if chosen not in OUTPUTS:
            raise EvaluationError(f"output cannot be {chosen!r}", hint="choices: " + ", ".join(OUTPUTS))
        return chosen

    def _emulates_tty(self, scope: Scope) -> bool:
        value = scope.variables.get("emulate_tty")
        return self._emulate_tty if value is None else boolean(value)

    def _stop_times(self, scope: Scope) -> StopTimes:
        def seconds(own: float | None, name: str) -> float:
            value = scope.variables.get(name, DEFAULT_STOP_S) if own is None else own
            try:
                return float(value)
            except ValueError:
                raise EvaluationError(f"the launch argument {name} must be seconds, got {value!r}") from None

        return StopTimes(seconds(self._sigterm, "sigterm_timeout"), seconds(self._sigkill, "sigkill_timeout"))


@tag("executable")
class Executable(ProcessAction):
    """`<executable>`."""

    def __init__(self, reader: Reader) -> None:
        """Read the command and the name."""
        super().__init__(reader)
        reader.required("cmd")
        self._command: list[Template] = read_command_line(reader, "cmd") or []
        self._name = reader.template("name")

    def run(self, scope: Scope) -> None:
        """Plan the process."""
        command: list[Argument] = [evaluate(word, scope) for word in self._command]
        self.plan(scope, command, None if self._name is None else evaluate(self._name, scope))

# SPDX-License-Identifier: Apache-2.0
"""`<node>`: a ROS node, its command line written out."""

from __future__ import annotations

from ronda_cli.launchfile import packages
from ronda_cli.launchfile.action import tag
from ronda_cli.launchfile.commandline import read_command_line
from ronda_cli.launchfile.document import absolute_path
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.executable import ProcessAction
from ronda_cli.launchfile.expression import Template
from ronda_cli.launchfile.names import absolute, check_namespace, check_node_name, join
from ronda_cli.launchfile.parameters import read_parameter
from ronda_cli.launchfile.plan import Argument
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate

# Values for a node that the file does not fully name go to whatever node the process makes.
_ANY_NODE = "/**"


@tag("node")
class Node(ProcessAction):
    """`<node>`."""

    def __init__(self, reader: Reader) -> None:
        """Read the node's attributes and children."""
        super().__init__(reader)
        self._executable = reader.required_template("exec")
        self._package = reader.template("pkg")
        self._name = reader.template("name")
        self._namespace = reader.template("namespace")
        self._label = reader.template("exec_name")
        self._arguments = read_command_line(reader, "args") or []
        self._ros_arguments = read_command_line(reader, "ros_args")
        self._remaps = self._read_remaps(reader)
        self._parameters = [read_parameter(child) for child in reader.children("param")]

    @staticmethod
    def _read_remaps(reader: Reader) -> list[tuple[Template, Template]]:
        remaps = []
        for remap in reader.children("remap"):
            remaps.append((remap.required_template("from"), remap.required_template("to")))
            remap.finish()
        return remaps

    def run(self, scope: Scope) -> None:
        """Plan the node's process."""
        name = self._node_name(scope)
        namespace = self._node_namespace(scope)
        full_name = join(namespace, name) if name is not None and namespace is not None else None
        command: list[Argument] = [self._program(scope)]
        command += [evaluate(word, scope) for word in self._arguments]
        if self._ros_arguments is not None:
            command += ["--ros-args", *(evaluate(word, scope) for word in self._ros_arguments)]
        command.append("--ros-args")
        if name is not None:
            command += ["-r", f"__node:={name}"]
        if namespace is not None:
            command += ["-r", f"__ns:={namespace}"]
        command += self._parameters_for_all(scope)
        for parameter in self._parameters:
            argument = parameter.argument(full_name or _ANY_NODE, scope)
            command += [] if argument is None else ["--params-file", argument]
        for source, target in self._all_remaps(scope):
            command += ["-r", f"{source}:={target}"]
        label = None if self._label is None else evaluate(self._label, scope)
        self.plan(scope, command, label, full_name)

    def _node_name(self, scope: Scope) -> str | None:
        if self._name is None:
            return None
        name = evaluate(self._name, scope)
        check_node_name(name)
        return name

    def _node_namespace(self, scope: Scope) -> str | None:
        own = None if self._namespace is None else evaluate(self._namespace, scope)
        namespace = absolute(join(scope.variables.get("ros_namespace"), own))
        check_namespace(namespace)
        return namespace

    def _program(self, scope: Scope) -> str:
        executable = evaluate(self._executable, scope)
        if self._package is None:
            return executable
        return packages.executable(evaluate(self._package, scope), executable, scope.environment)

    @staticmethod
    def _parameters_for_all(scope: Scope) -> list[Argument]:
        arguments: list[Argument] = []
        for entry in scope.variables.get("global_params", []):
            if isinstance(entry, tuple):
                # Jazzy writes the value as Python prints it; a node reads that as YAML.
                arguments += ["-p", f"{entry[0]}:={entry[1]}"]
                continue
            path = absolute_path(entry)
            if not path.is_file():
                raise EvaluationError(f"the parameter file {path} for all nodes is missing")
            arguments += ["--params-file", str(path)]
        return arguments

    def _all_remaps(self, scope: Scope) -> list[tuple[str, str]]:
        own = [(evaluate(source, scope), evaluate(target, scope)) for source, target in self._remaps]
        return [*scope.variables.get("ros_remaps", []), *own]

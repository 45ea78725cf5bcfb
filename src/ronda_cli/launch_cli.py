# SPDX-License-Identifier: Apache-2.0
"""`ronda launch`: a launch file of the package by its name, or any file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ronda_cli.errors import LaunchError
from ronda_cli.suggestions import suggestion

_SUFFIX = ".launch.xml"


def launch(
    words: Annotated[
        list[str], typer.Argument(metavar="NAME|FILE [name:=value ...]", help="Launch file, and its arguments.")
    ],
    show_args: Annotated[bool, typer.Option("--show-args", "-s", help="List the file's arguments and end.")] = False,
    network: Annotated[
        bool, typer.Option("--network", help="Reach nodes on other machines too (also: RONDA_NETWORK=1).")
    ] = False,
) -> int:
    """Start the nodes of a launch file, and end them all together.

    ronda launch patrol                      the package's launch/patrol.launch.xml

    ronda launch ./mine.launch.xml robot:=r7 any file

    ronda launch ronda patrol.launch.xml     as `ros2 launch` takes it

    ronda launch patrol --show-args          what can be set
    """
    from ronda_cli.launchfile.evaluation import evaluate_file, parse_arguments
    from ronda_cli.process.environment import launch_environment, network_wanted
    from ronda_cli.process.run import run_plan

    environment = launch_environment(os.environ, share_folder(), network=network or network_wanted(os.environ))
    if len(words) > 1 and ":=" not in words[1]:
        path = find_in_package(words[0], words[1], environment)
        words = words[1:]
    else:
        path = find(words[0])
    if show_args:
        sys.stdout.write(describe_arguments(path, environment))
        return 0
    plan = evaluate_file(path, parse_arguments(words[1:]), environment)
    return run_plan(plan, environment)


def share_folder() -> Path:
    """Return the package's share folder, or a folder that does not exist where the package is not installed."""
    from ronda_core.errors import RondaError
    from ronda_core.paths import share_dir

    try:
        return share_dir()
    except RondaError:
        return Path(sys.prefix) / "share" / "ronda"


def find(name: str) -> Path:
    """Find the launch file `name`: a path, or the name of one of the package's files.

    Raises:
        LaunchError: there is none.
    """
    if Path(name).is_file():
        return Path(name)
    folder = share_folder() / "launch"
    for candidate in (folder / f"{name}{_SUFFIX}", folder / name):
        if Path(name).name == name and candidate.is_file():
            return candidate
    known = sorted(p.name.removesuffix(_SUFFIX) for p in folder.glob(f"*{_SUFFIX}"))
    hint = suggestion(name, known) or ("known: " + ", ".join(known) if known else f"no launch files are in {folder}")
    raise LaunchError(f"there is no launch file {name!r}", hint=hint)


def find_in_package(package: str, name: str, environment: dict[str, str]) -> Path:
    """Find the launch file `name` anywhere in the share folder of `package`, as `ros2 launch PACKAGE FILE` does.

    Raises:
        LaunchError: the package is not installed, or has no file of that name, or several.
    """
    from ronda_cli.launchfile.packages import share

    folder = Path(share(package, environment))
    # A development install links its folders, which Path.rglob would not enter.
    files = [Path(parent) / file for parent, _, names in os.walk(folder, followlinks=True) for file in names]
    found = [path for path in files if path.name == name]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(path.name for path in files if path.name.endswith(_SUFFIX))) or "none"
    what = "no file" if not found else f"{len(found)} files named"
    raise LaunchError(f"package {package!r} has {what} {name!r}", hint=f"its launch files: {known}")


def describe_arguments(path: Path, environment: dict[str, str]) -> str:
    """Write the arguments of a launch file, one paragraph each."""
    from ronda_cli.launchfile.evaluation import declared_arguments

    arguments = declared_arguments(path, environment)
    lines = [f"arguments of {path.name} (give name:=value):" if arguments else f"{path.name} has no arguments"]
    for argument in arguments:
        default = "has to be given" if argument.default is None else f"default: {argument.default!r}"
        lines.append(f"  {argument.name}  ({default}{', only under a condition' if argument.conditional else ''})")
        if argument.description:
            lines.append(f"      {argument.description}")
        if argument.choices:
            lines.append(f"      one of: {', '.join(argument.choices)}")
    return "\n".join(lines) + "\n"

# SPDX-License-Identifier: Apache-2.0
"""From a plan to running processes and an exit code."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from ronda_cli.launchfile.environment import log_folder
from ronda_cli.launchfile.plan import LaunchPlan, ParameterText, ProcessPlan
from ronda_cli.process.command import prepare
from ronda_cli.process.environment import domain_of
from ronda_cli.process.guardian import MARK
from ronda_cli.process.lease import lease
from ronda_cli.process.orphans import Guard
from ronda_cli.process.output import Output, log_file
from ronda_cli.process.supervisor import Job, Supervisor


def run_plan(plan: LaunchPlan, environment: Mapping[str, str]) -> int:
    """Start every process of the plan, stay until all have ended, and return the exit code.

    Raises:
        LaunchError: a node of the plan already runs in this domain.
    """
    names = [p.node_name for p in plan.processes if p.node_name is not None]
    for name, count in Counter(names).items():
        if count > 1:
            plan.warnings.append(f"{count} nodes are named {name}: they will disturb each other")
    log_name = f"launch-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    with (
        log_file(log_folder(dict(environment)), log_name) as log,
        lease(names, domain_of(environment), environment),
        tempfile.TemporaryDirectory(prefix="ronda-launch-") as folder,
        Guard() as guard,
    ):
        code = asyncio.run(_run(plan, Path(folder), guard, log))
        left = guard.leftovers()
        if left:
            sys.stderr.write(f"ending {len(left)} processes that were left behind\n")
        return code


async def _run(plan: LaunchPlan, folder: Path, guard: Guard, log: TextIO | None) -> int:
    broken = asyncio.Event()
    output = Output(sys.stdout, sys.stderr, log, broken.set)
    for warning in plan.warnings:
        output.say(f"warning: {warning}")
    for message in plan.messages:
        output.say(message)
    supervisor = Supervisor(_jobs(plan, folder, guard.mark), output, guard)
    watcher = asyncio.create_task(_stop_when(broken, supervisor))
    try:
        return await supervisor.run()
    finally:
        watcher.cancel()


async def _stop_when(event: asyncio.Event, supervisor: Supervisor) -> None:
    await event.wait()
    supervisor.stop()


def _jobs(plan: LaunchPlan, folder: Path, mark: str) -> list[Job]:
    names = display_names(plan.processes)
    jobs = []
    for index, (name, process) in enumerate(zip(names, plan.processes, strict=True)):
        words = [
            _written(part, folder / f"{index}-{position}.yaml") if isinstance(part, ParameterText) else part
            for position, part in enumerate(process.command)
        ]
        environment = {**process.environment, MARK: mark}
        jobs.append(Job(name, process, prepare(words, environment, shell=process.shell)))
    return jobs


def _written(text: ParameterText, path: Path) -> str:
    path.write_text(text.content)
    return str(path)


def display_names(processes: list[ProcessPlan]) -> list[str]:
    """Choose the name before each process's lines: with its namespace or a number where it is not unique."""
    short = [(p.node_name or p.label).rpartition("/")[2] for p in processes]
    names = [
        (process.node_name or process.label) if short.count(name) > 1 else name
        for name, process in zip(short, processes, strict=True)
    ]
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return unique

# SPDX-License-Identifier: Apache-2.0
"""The demonstration over many seeds: rounds completed, collisions, strangers named, people found, and its times.

Each round is `ronda demo` as a person would run it, in a process of its own; the figures come from its report.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ronda_cli.measurement import main
from ronda_core.spread import spread

ROUND_LIMIT_S = 2400


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--seeds", type=int, default=3, help="how many rounds")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--people", type=Path, help="folder of people, as for ronda demo")
    parser.add_argument("--rtf", type=float, help="speed over real time, as for ronda demo")


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Walk the rounds and add them up."""
    rounds = [_round(seed, chosen) for seed in range(chosen.first, chosen.first + chosen.seeds)]
    told = [entry for entry in rounds if "route" in entry]
    return {
        "rounds": len(rounds),
        "ok": sum(entry["ok"] for entry in rounds),
        "completed": sum(entry["route"]["completed"] for entry in told),
        "collisions": sum(entry["route"]["collisions"] for entry in told),
        "waypoints_missed": sum(len(entry["route"]["missed"]) for entry in told),
        "named_wrongly": sum(len(entry["false_alerts"]) for entry in told),
        "people_missed": sum(len(entry["missed_people"]) for entry in told),
        "interruptions": sum(len(entry["route"]["interruptions"]) for entry in told),
        "frame_to_alert_p95_ms": spread([_figure(entry, "frame_to_alert_ms", "p95") for entry in told], 1),
        "first_sight_to_alert_p50_s": spread([_figure(entry, "first_sight_to_alert_s", "p50") for entry in told], 3),
        "by_seed": rounds,
    }


def _round(seed: int, chosen: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="ronda-demo-seeds-") as folder:
        target = Path(folder) / "report"
        command = [sys.executable, "-c", "import sys; from ronda_cli.main import main; sys.exit(main())"]
        command += ["demo", "--seed", str(seed), "--report", str(target), "--no-live"]
        command += [] if chosen.people is None else ["--people", str(chosen.people.absolute())]
        command += [] if chosen.rtf is None else ["--rtf", str(chosen.rtf)]
        ended = subprocess.run(command, stdout=sys.stderr, timeout=ROUND_LIMIT_S, check=False)
        file = target / "report.json"
        if not file.is_file():
            return {"seed": seed, "ok": False, "exit_code": ended.returncode}
        return {**json.loads(file.read_text(encoding="utf-8")), "exit_code": ended.returncode}


def _figure(entry: dict[str, Any], name: str, share: str) -> float:
    value = entry["performance"][name][share]
    return float("nan") if value is None else float(value)


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))

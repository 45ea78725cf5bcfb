# SPDX-License-Identifier: Apache-2.0
"""The garage's demonstration over many seeds: cars wrongly opened or held, closings on a car, plates, bays, times.

Each run is `ronda demo garage` as a person runs it, in a process of its own; the figures come from its report.json.
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

RUN_LIMIT_S = 1800


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--seeds", type=int, default=1, help="how many runs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--cars", type=int, default=6, help="cars of each run, as for ronda demo garage")


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Play the runs and add them up."""
    runs = [_run(seed, chosen.cars) for seed in range(chosen.first, chosen.first + chosen.seeds)]
    told = [entry for entry in runs if "stays" in entry]
    rates = [entry["plate_exact_rate"] for entry in told if entry["plate_exact_rate"] is not None]
    return {
        "runs": len(runs),
        "ok": sum(entry["ok"] for entry in runs),
        "cars": sum(len(entry["stays"]) for entry in told),
        "wrongly_opened": sum(len(entry["wrongly_opened"]) for entry in told),
        "wrongly_held": sum(len(entry["wrongly_held"]) for entry in told),
        "closings_on_occupied": sum(entry["barrier"]["closings_on_occupied"] for entry in told),
        "barrier_cycles": sum(entry["barrier"]["cycles"] for entry in told),
        "bays_wrong": sum(len(entry["bays"]["errors"]) for entry in told),
        "plate_exact_rate": round(sum(rates) / len(rates), 4) if rates else None,
        "decide_p95_s": spread([_figure(entry, "decide_s") for entry in told], 3),
        "command_p95_s": spread([_figure(entry, "command_s") for entry in told], 3),
        "by_seed": runs,
    }


def _run(seed: int, cars: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="ronda-garage-seeds-") as folder:
        target = Path(folder) / "report"
        command = [sys.executable, "-c", "import sys; from ronda_cli.main import main; sys.exit(main())"]
        command += ["demo", "garage", "--seed", str(seed), "--cars", str(cars), "--report", str(target)]
        ended = subprocess.run(command, stdout=sys.stderr, timeout=RUN_LIMIT_S, check=False)
        file = target / "report.json"
        if not file.is_file():
            return {"seed": seed, "ok": False, "exit_code": ended.returncode}
        return {"seed": seed, **json.loads(file.read_text(encoding="utf-8")), "exit_code": ended.returncode}


def _figure(entry: dict[str, Any], name: str) -> float:
    value = entry["performance"][name]["p95"]
    return float("nan") if value is None else float(value)


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))

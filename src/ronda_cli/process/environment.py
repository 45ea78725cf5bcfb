# SPDX-License-Identifier: Apache-2.0
"""The environment in which nodes run: where packages are, how they find each other, how pictures travel."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ronda_cli.errors import CliError

# The start-up hook of the ROS wheels marks with this that LD_LIBRARY_PATH has been set for one virtual environment.
WHEELS_GUARD = "_ROS_WHEELS_BOOTSTRAP_COMPLETE"
_PROFILE = "FASTRTPS_DEFAULT_PROFILES_FILE"
_RANGE = "ROS_AUTOMATIC_DISCOVERY_RANGE"
_MAX_DOMAIN = 232
PICTURE_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "67108864", "MALLOC_TRIM_THRESHOLD_": "134217728"}
"""glibc hands the memory of each raw picture back to the system and faults it in anew, page by page, for the next one,
on both ends of a topic; with these it keeps it (mallopt(3))."""
ONE_THREAD_EACH = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
"""A robot's many processes share a few cores: a pool of threads in each of them waits for cores that others have."""


def network_wanted(environment: Mapping[str, str]) -> bool:
    """Whether RONDA_NETWORK asks for discovery beyond this machine."""
    return environment.get("RONDA_NETWORK", "").lower() not in ("", "0", "false", "no", "off")


def launch_environment(base: Mapping[str, str], share: Path, *, network: bool) -> dict[str, str]:
    """Extend the caller's environment; what the caller has set stays.

    `share`: the folder with config/. `network`: find and be found by other machines instead of this one alone.

    Raises:
        CliError: ROS_DOMAIN_ID is no number from 0 to 232.
    """
    environment = dict(base)
    prefixes = [p for p in environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    if sys.prefix not in prefixes:
        prefixes.append(sys.prefix)
    environment["AMENT_PREFIX_PATH"] = os.pathsep.join(prefixes)
    if sys.prefix != sys.base_prefix:
        # As after activating it: scripts for "the python3 on PATH" are meant for the one that has the packages.
        own = str(Path(sys.executable).parent)
        others = [p for p in environment.get("PATH", os.defpath).split(os.pathsep) if p != own]
        environment["PATH"] = os.pathsep.join([own, *others])
    if not network:
        environment.setdefault(_RANGE, "LOCALHOST")
    profile = share / "config" / ("fastdds_network.xml" if network else "fastdds.xml")
    if profile.is_file():
        environment.setdefault(_PROFILE, str(profile))
    for name, value in {**PICTURE_MEMORY, **ONE_THREAD_EACH}.items():
        environment.setdefault(name, value)
    # A pipe would otherwise hold back what a Python process prints until its buffer is full.
    environment.setdefault("PYTHONUNBUFFERED", "1")
    domain_of(environment)
    return environment


def domain_of(environment: Mapping[str, str]) -> int:
    """Return the ROS domain.

    Raises:
        CliError: ROS_DOMAIN_ID is no number from 0 to 232.
    """
    text = environment.get("ROS_DOMAIN_ID") or "0"
    if not text.isascii() or not text.isdigit() or int(text) > _MAX_DOMAIN:
        raise CliError(
            f"ROS_DOMAIN_ID is {text!r}, which is no domain",
            hint=f"choose a number from 0 to {_MAX_DOMAIN}, best below 102",
        )
    return int(text)


def foreign_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Build the environment of a program that is not run by this Python: without what the ROS wheels set for it alone.

    A Python of another virtual environment would believe the mark and then miss its own libraries.
    """
    cleaned = {name: value for name, value in environment.items() if name != WHEELS_GUARD}
    if WHEELS_GUARD not in environment:
        return cleaned
    paths = environment.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    kept = [p for p in paths if p and not Path(p).is_relative_to(sys.prefix)]
    cleaned.pop("LD_LIBRARY_PATH", None)
    return {**cleaned, "LD_LIBRARY_PATH": os.pathsep.join(kept)} if kept else cleaned

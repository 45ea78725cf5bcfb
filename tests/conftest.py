# SPDX-License-Identifier: Apache-2.0
"""The environment of every test: checked message fields, local discovery, a domain of its own for each worker."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Set before the first message or rclpy is imported, by tests and by every process that they start.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_logs = Path(tempfile.gettempdir()) / f"ronda-test-logs-{os.getuid()}"
os.environ["ROS_PYTHON_CHECK_FIELDS"] = "1"
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["ROS_DOMAIN_ID"] = str(60 + _worker)
os.environ["ROS_LOG_DIR"] = str(_logs)
# A site of this run alone: what a killed node leaves there must not be found by the next run.
_site = tempfile.TemporaryDirectory(prefix="ronda-test-site-")
os.environ["RONDA_DATA_DIR"] = _site.name
os.environ["FASTRTPS_DEFAULT_PROFILES_FILE"] = str(Path(__file__).parent.parent / "config" / "fastdds.xml")
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"

# The same examples in every run, so that a result can be repeated; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return Path(__file__).parent.parent

# SPDX-License-Identifier: Apache-2.0
"""The environment of every test: checked message fields, local discovery, a domain of its own for each process."""

import atexit
import contextlib
import fcntl
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

DOMAINS = range(40, 70)


def _own_domain() -> int:
    """A ROS domain that no other test process on this machine has, until this one ends."""
    for domain in DOMAINS:
        with contextlib.ExitStack() as held:
            try:
                file = held.enter_context((Path(tempfile.gettempdir()) / f"ronda-test-domain-{domain}").open("a"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                # Taken, or the file of another user's test run.
                continue
            atexit.register(held.pop_all().close)
            return domain
    raise pytest.UsageError(f"the ROS domains {DOMAINS.start} to {DOMAINS.stop - 1} are taken by other test runs")


# Set before the first message or rclpy is imported, by tests and by every process that they start.
_logs = Path(tempfile.gettempdir()) / f"ronda-test-logs-{os.getuid()}"
os.environ["ROS_PYTHON_CHECK_FIELDS"] = "1"
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
_domain = _own_domain()
os.environ["ROS_DOMAIN_ID"] = str(_domain)
os.environ["ROS_LOG_DIR"] = str(_logs)
# A site of the tests alone; what a killed safety gate left there must not be found by the next run.
_site = Path(tempfile.gettempdir()) / f"ronda-test-site-{os.getuid()}"
os.environ["RONDA_DATA_DIR"] = str(_site)
for _left in _site.glob(f"safety_gate_*_{_domain}.json"):
    _left.unlink(missing_ok=True)
os.environ["FASTRTPS_DEFAULT_PROFILES_FILE"] = str(Path(__file__).parent.parent / "config" / "fastdds.xml")
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ[_threads] = "1"

# The same examples in every run, so that a result can be repeated; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the source tree."""
    return Path(__file__).parent.parent

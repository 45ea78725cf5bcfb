# SPDX-License-Identifier: Apache-2.0
"""The ledgers that the tests of stays and payments run against: SQLite, and a real PostgreSQL server of their own."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from parking_robot.stays.ledger import Ledger

SCRIPT = Path(__file__).parents[2] / "scripts" / "private_postgres"


@pytest.fixture(scope="session")
def postgres():
    """The URL of a private server; skips where PostgreSQL is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="ronda-pg-"))
    started = subprocess.run([SCRIPT, "start", folder], capture_output=True, text=True, check=False)
    if started.returncode == 3:
        pytest.skip(started.stderr.strip())
    assert started.returncode == 0, started.stderr + Path(f"{folder}.log").read_text()
    yield started.stdout.strip()
    subprocess.run([SCRIPT, "stop", folder], check=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    url = request.getfixturevalue("postgres")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture
def ledger(store_url):
    store = Ledger(store_url)
    yield store
    store.close()

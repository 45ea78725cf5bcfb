# SPDX-License-Identifier: Apache-2.0
"""`ronda demo` as a person calls it: wrong input and Ctrl-C. A whole round is measured by bench/demo_seeds.py."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from patrol_robot.demo_setup import default_people
from ronda_cli.process.guardian import members
from ronda_core.errors import RondaError
from ronda_core.paths import models_dir

START = "import sys; from ronda_cli.main import main; sys.exit(main())"


@pytest.fixture
def models() -> None:
    if not models_dir().is_dir():
        pytest.skip("the recognition models are not set up")


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-c", START, "demo", "--no-live", *map(str, words)]


def refused(folder: Path, *words: str | Path) -> str:
    ended = subprocess.run(command("--report", folder / "report", *words), capture_output=True, text=True, cwd=folder)
    assert ended.returncode == 2
    assert not (folder / "report").exists()
    assert "Traceback" not in ended.stderr
    return ended.stderr


def people(folder: Path, picture: bytes) -> Path:
    for name in ("watchlist/Ada/enrol.jpg", "watchlist/Ada/world.jpg", "strangers/Eve.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
    return folder


def test_a_missing_folder_of_people_is_named(tmp_path: Path) -> None:
    assert f"no folder of people at {tmp_path / 'nobody'}" in refused(tmp_path, "--people", tmp_path / "nobody")


@pytest.mark.usefixtures("models")
def test_an_unreadable_and_a_faceless_picture_are_named(tmp_path: Path) -> None:
    assert "not a readable image" in refused(tmp_path, "--people", people(tmp_path / "rubbish", b"no picture"))
    grey = cv2.imencode(".jpg", np.full((200, 200, 3), 128, np.uint8))[1].tobytes()
    assert "no face found" in refused(tmp_path, "--people", people(tmp_path / "grey", grey))


def test_a_folder_with_other_files_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    ended = subprocess.run(command("--report", tmp_path / "mine"), capture_output=True, text=True)
    assert ended.returncode == 2
    assert "holds other files" in ended.stderr
    assert (tmp_path / "mine" / "file").read_text() == "kept"


@pytest.mark.live
@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("after", ["", "world with its people"])
def test_ctrl_c_leaves_no_report_no_node_and_no_scratch(tmp_path: Path, after: str) -> None:
    try:
        default_people()
    except RondaError:
        pytest.skip("the demonstration's photographs are not set up")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {
        **os.environ,
        "TMPDIR": str(scratch),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "RONDA_LAUNCH_ID": str(tmp_path),
    }
    with subprocess.Popen(
        command("--report", tmp_path / "report"),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        assert demo.stdout is not None
        while after not in demo.stdout.readline():
            assert demo.poll() is None
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
    assert demo.returncode == 130
    assert not (tmp_path / "report").exists()
    assert list(tmp_path.glob(".partial*")) == list(scratch.glob("ronda-*")) == []
    assert members("", [demo.pid]) == set()
    assert not members(str(tmp_path))

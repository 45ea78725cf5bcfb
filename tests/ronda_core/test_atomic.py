# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from ronda_core import atomic


def test_a_folder_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with atomic.new_folder(target) as folder:
        assert folder.name == "out"
        (folder / "a").write_text("x")
        assert not target.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (target / "a").read_text() == "x"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_nothing(tmp_path: Path, interruption: type[BaseException]) -> None:
    with pytest.raises(interruption), atomic.new_folder(tmp_path / "out") as folder:
        (folder / "a").write_text("x")
        raise interruption
    assert list(tmp_path.iterdir()) == []


def test_an_old_folder_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").write_text("x")
    with pytest.raises(FileExistsError), atomic.new_folder(target):
        pass
    with pytest.raises(ValueError, match="broken"), atomic.new_folder(target, replace=True):
        raise ValueError("broken")
    assert (target / "old").exists()
    with atomic.new_folder(target, replace=True) as folder:
        (folder / "new").write_text("y")
    assert [p.name for p in target.iterdir()] == ["new"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "f"
    atomic.write_file(target, b"one")
    atomic.write_file(target, b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_sweep_takes_only_what_is_half_written(tmp_path: Path) -> None:
    (tmp_path / f"{atomic.PREFIX}x").mkdir()
    (tmp_path / f"{atomic.PREFIX}y").write_text("")
    (tmp_path / "kept").mkdir()
    assert atomic.sweep(tmp_path) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


def test_a_file_that_is_there_stays_where_it_is_not_to_be_replaced(tmp_path: Path) -> None:
    target = tmp_path / "key"
    for content in (b"first", b"second"):
        atomic.write_file(target, content, mode=0o600, replace=False)
    assert target.read_bytes() == b"first"
    assert target.stat().st_mode & 0o777 == 0o600
    atomic.write_file(target, b"third")
    assert target.read_bytes() == b"third"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]

# SPDX-License-Identifier: Apache-2.0
import mmap

from ronda_cli.doctor.finding import Level
from ronda_cli.doctor.storage import check


def test_measures_the_disk_of_a_folder_that_is_not_there_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("RONDA_DATA_DIR", str(tmp_path / "not/yet"))
    disk = check(tmp_path)[0]
    assert disk.name == "disk" and "GiB free" in disk.message


def test_leftovers_are_files_that_nobody_has_mapped(tmp_path):
    (tmp_path / "fastrtps_dead").write_bytes(bytes(4096))
    used = tmp_path / "fastrtps_used"
    used.write_bytes(bytes(4096))
    with used.open("r+b") as file, mmap.mmap(file.fileno(), 0):
        found = check(tmp_path)[2]
    assert found.level is Level.NOTE and found.message.startswith("1 files")
    (tmp_path / "fastrtps_dead").unlink()
    used.unlink()
    assert check(tmp_path)[2].level is Level.OK


def test_a_machine_without_shared_memory_is_unfit(tmp_path):
    assert check(tmp_path / "gone")[1].level is Level.MISSING

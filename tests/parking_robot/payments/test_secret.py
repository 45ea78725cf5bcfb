# SPDX-License-Identifier: Apache-2.0
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from parking_robot.errors import ConfigurationError
from parking_robot.payments.secret import garage_secret


def test_it_is_made_once_for_its_owner_alone(tmp_path):
    file = tmp_path / "a" / "secret"
    made = garage_secret(file)
    assert garage_secret(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert garage_secret(tmp_path / "b") != made


@pytest.mark.parametrize(("mode", "text", "told"), [(0o644, "x" * 64, "read by others"), (0o600, "abc", "too short")])
def test_one_that_is_no_secret_is_refused(tmp_path, mode, text, told):
    file = tmp_path / "secret"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match=told):
        garage_secret(file)


def test_processes_that_start_together_have_the_same(tmp_path):
    for number in range(20):
        file = tmp_path / str(number) / "secret"
        together = threading.Barrier(8)

        def ask(_, file=file, together=together):
            together.wait()
            return garage_secret(file)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(8)))) == 1
        assert [found.name for found in file.parent.iterdir()] == ["secret"]

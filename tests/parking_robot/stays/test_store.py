# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from parking_robot.stays.store import ledger_file


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////var/ronda/p.sqlite", Path("/var/ronda/p.sqlite")), ("sqlite:///p.sqlite", Path("p.sqlite")),
        ("sqlite://", None), ("sqlite:///:memory:", None), ("sqlite:///file:p.sqlite?mode=ro&uri=true", None),
        ("postgresql+psycopg://ronda@/postgres", None), ("nonsense", None), ("", None),
    ],
)  # fmt: skip
def test_the_file_of_a_store_is_known_where_it_has_one(url, file):
    assert ledger_file(url) == file

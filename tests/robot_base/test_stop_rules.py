# SPDX-License-Identifier: Apache-2.0
"""The table of stops that people read is the one that the code has."""

import re
from pathlib import Path

from robot_base.stop_rules import STOP_RULES, Reason, StopCategory


def test_every_reason_has_a_rule() -> None:
    assert set(STOP_RULES) == set(Reason)


def test_the_guide_shows_the_same_table(repository: Path) -> None:
    text = (repository / "docs" / "safety.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\w+) \| (.+) \|$", text, re.MULTILINE)
    expected = [
        (
            str(reason),
            "-" if rule.category is StopCategory.NOT_PROTECTIVE else str(int(rule.category)),
            str(rule.recovery),
            rule.sentence,
        )
        for reason, rule in STOP_RULES.items()
    ]
    assert rows == expected

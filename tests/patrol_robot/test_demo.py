# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from ronda_cli.demonstration import refuse_foreign_folder
from ronda_cli.errors import DemonstrationError


def test_a_report_replaces_only_an_older_report(tmp_path: Path) -> None:
    target = tmp_path / "report"
    refuse_foreign_folder(target)
    target.mkdir()
    refuse_foreign_folder(target)
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(DemonstrationError, match="holds other files") as caught:
        refuse_foreign_folder(target)
    assert "--report" in caught.value.hint
    (target / "report.json").write_text("{}")
    refuse_foreign_folder(target)
    with pytest.raises(DemonstrationError, match="is a file"):
        refuse_foreign_folder(target / "thesis.txt")
    with pytest.raises(DemonstrationError, match="cannot write"):
        refuse_foreign_folder(target / "thesis.txt" / "below")

# SPDX-License-Identifier: Apache-2.0
import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from parking_robot.errors import ConfigurationError
from parking_robot.stays.access import ListKind
from parking_robot.stays.lists_file import ListsFile, load_lists

BERLIN = ZoneInfo("Europe/Berlin")


def test_entries_are_normalised_and_local(tmp_path):
    file = tmp_path / "l.yaml"
    file.write_text("permit: [{plates: [b-ro 12], from: 2026-03-01T00:00, until: 2026-04-01T00:00, places: 2}]")
    (entry,) = load_lists(file, BERLIN)
    assert (entry.kind, entry.plates, entry.places) == (ListKind.PERMIT, ("BRO12",), 2)
    assert entry.start == datetime(2026, 2, 28, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("permit: [{plates: ['🚗']}]", "permit 1"), ("permit: [{plates: []}]", "at least one plate"),
        ("pemit: []", "did you mean 'permit'"), ("permit: [{plates: [A1], places: 0}]", "one place"),
        ("permit: [{plate: A1}]", "did you mean 'plates'"), ("permit: 7", "a list is expected"),
        ("permit: [{plates: [null]}]", "plate None is no text"), ("permit: [{plates: [NO]}]", "plate False is no text"),
        ("block: [{plates: [A1], class: ev}]", "for cars that may come in"),
        ("permit: [{plates: [A1], class: [ev]}]", "a word such as ev"),
        ("block: [{plates: [A1], from: 2026-02-01, until: 2026-01-01}]", "not after"), ("permit: [", "l.yaml"),
    ],
)  # fmt: skip
def test_a_wrong_list_is_refused_with_its_place(tmp_path, text, told):
    (tmp_path / "l.yaml").write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        load_lists(tmp_path / "l.yaml", BERLIN)


def test_a_change_is_taken_over_and_a_broken_one_leaves_the_lists_as_they_were(tmp_path):
    file = tmp_path / "l.yaml"
    file.write_text("permit: [{plates: [A1]}]")
    lists = ListsFile(file, BERLIN)
    for number, (text, plates) in enumerate((("permit: [{plates: [B2]}]", "B2"), ("permit: [{", "B2"))):
        file.write_text(text)
        os.utime(file, ns=(number, number))
        assert lists.entries()[0].plates == (plates,)
    assert "l.yaml" in lists.problem
    file.unlink()
    assert lists.entries()[0].plates == ("B2",)


def test_a_class_is_read(tmp_path):
    (tmp_path / "l.yaml").write_text("reservation: [{plates: [A1], class: ev}]")
    assert load_lists(tmp_path / "l.yaml", BERLIN)[0].vehicle_class == "ev"

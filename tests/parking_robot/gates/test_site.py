# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.parking_robot.gates.garages import site

from parking_robot.errors import ConfigurationError
from parking_robot.gates.site import Outage, Unread, load_site


def test_the_packages_garage_is_whole(repository):
    garage = load_site(repository / "config" / "parking" / "garage.yaml")
    assert (garage.capacity, garage.outage_entry, garage.outage_exit) == (24, Outage.OPEN, Outage.ASK)
    assert garage.unread_entry is Unread.TICKET
    assert len(garage.lists.entries()) == 5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"capacity": 0}, "capacity"), ({"capacity": True}, "capacity"), ({"pass_back": "firm"}, "pass_back"),
        ({"outage": {"exti": "open"}}, "did you mean 'exit'"), ({"outage": {"exit": "maybe"}}, "exit"),
        ({"sure": 2}, "sure"), ({"capactiy": 3}, "did you mean 'capacity'"),
    ],
)  # fmt: skip
def test_a_wrong_garage_file_is_refused_with_its_place(tmp_path, change, told):
    with pytest.raises(ConfigurationError, match=told):
        site(tmp_path, **change)


@pytest.mark.parametrize(("line", "told"), [("tariff: none.yaml", "none.yaml"), ("", "'tariff' is missing")])
def test_a_garage_without_its_tariff_is_refused(tmp_path, line, told):
    site(tmp_path)
    file = tmp_path / "garage.yaml"
    file.write_text(file.read_text().replace("tariff: tariff.yaml", line))
    with pytest.raises(ConfigurationError, match=told):
        load_site(file)

# SPDX-License-Identifier: Apache-2.0
from tests.parking_robot.money.tariffs import BERLIN, berlin, tariff

from parking_robot.money.fee import bill_stay


def test_an_explained_bill_shows_times_with_their_offset():
    text = bill_stay(tariff(), berlin("2026-10-25T01:30"), berlin("2026-10-25T02:15", fold=1)).explain(BERLIN)
    assert "2026-10-25 01:30:00+0200 - 2026-10-25 02:15:00+0100" in text
    assert text.splitlines()[-1] == "total 1.60 EUR"


def test_versions_are_listed_once_in_order():
    plan = tariff({"valid_until": "2026-07-01T00:00"}, {"id": "b", "valid_from": "2026-07-01T00:00"}, cap=3)
    assert bill_stay(plan, berlin("2026-06-29T10:00"), berlin("2026-07-02T10:00")).versions == ("a", "b")

# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.parking_robot.money.tariffs import berlin, tariff

from parking_robot.errors import TariffError


def test_the_version_in_force_is_found():
    two = tariff({"valid_until": "2026-07-01T00:00"}, {"id": "b", "valid_from": "2026-07-01T00:00"})
    assert two.at(berlin("2026-06-30T23:59:59")).id == "a"
    assert two.at(berlin("2026-07-01T00:00:00")).id == "b"


@pytest.mark.parametrize("when", ["2019-12-31T23:59:59", "2026-07-01T00:00:00"])
def test_a_time_without_a_version_is_an_error(when):
    with pytest.raises(TariffError, match="tariff 't' has no version for"):
        tariff({"valid_until": "2026-07-01T00:00"}).at(berlin(when))


def test_a_record_is_marked_with_version_and_content():
    plan = tariff({"id": "a", "valid_until": "2026-01-01T00:00"})
    marked = plan.mark(berlin("2025-06-01T00:00"))
    assert marked == {"tariff_version": "a", "tariff_hash": plan.digest}
    assert len(plan.digest) == 12
    assert plan.mark(berlin("2026-06-01T00:00"))["tariff_version"] == "", "none is in force"
    assert tariff({"id": "a", "valid_until": "2026-01-02T00:00"}).digest != plan.digest

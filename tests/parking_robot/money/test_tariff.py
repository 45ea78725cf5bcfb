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

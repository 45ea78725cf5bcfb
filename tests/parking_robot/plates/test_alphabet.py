# SPDX-License-Identifier: Apache-2.0
import pytest

from parking_robot.errors import PlateError
from parking_robot.plates.alphabet import fold, normalise


@pytest.mark.parametrize(
    ("typed", "plate"),
    [("b-md 1234", "BMD1234"), ("12가 3456", "12가3456"), ("京A·12345", "京A12345"), ("ＡＢ１２", "AB12")],
)
def test_separators_case_and_width_do_not_matter(typed, plate):
    assert normalise(typed) == plate


@pytest.mark.parametrize("typed", ["🚗🚗🚗", "", " - ", "ABC<script>", "A" * 13, "АВС123", "AB\n12", "١٢٣"])
def test_what_is_no_plate_is_refused(typed):
    with pytest.raises(PlateError, match="is no plate"):
        normalise(typed)


def test_look_alikes_have_one_key():
    assert fold("RKO26AI") == fold("RK026A1") == "RK026A1"
    assert fold("ABC123") != fold("ABC124")

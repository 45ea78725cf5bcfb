# SPDX-License-Identifier: Apache-2.0
import re
from datetime import timedelta

import pytest
from tests.parking_robot.money.tariffs import berlin, tariff

from parking_robot.errors import PlateError
from parking_robot.money.fee import NO_CARRY, Concessions, bill_lost_ticket, bill_stay
from parking_robot.money.pauses import pauses_of
from parking_robot.plates.alphabet import normalise
from parking_robot.server.phrases import PHRASES, in_language
from parking_robot.server.texts import LANGUAGES

ENTRY = berlin("2026-03-02T10:00")


def bill_texts():
    plan = tariff(
        free_minutes=10,
        cap=3.0,
        validations={"CAFE": {"minutes": 15}, "SHOP": {"percent": 10}, "GYM": {"amount": 0.5}},
        class_percent={"ev": 20},
        events=[{"name": "Fair", "from": "2026-03-07T08:00", "to": "2026-03-07T20:00", "flat": 9}],
    )
    alarm = pauses_of([(ENTRY + timedelta(hours=1), ENTRY + timedelta(hours=2))])
    codes = Concessions("ev", ("CAFE", "SHOP", "GYM"))
    fair = berlin("2026-03-07T10:00")
    bills = [
        bill_stay(plan, ENTRY, ENTRY + timedelta(hours=6), codes, NO_CARRY, alarm),
        bill_stay(plan, fair, fair + timedelta(hours=2)),
        bill_lost_ticket(plan, ENTRY),
    ]
    return [line.text for bill in bills for line in bill.lines]


def test_every_line_of_a_bill_is_said_in_german_with_its_figures():
    texts = bill_texts()
    assert len({re.sub(r"[\d.]+", "", text) for text in texts}) >= 9
    for text in texts:
        said = in_language(text, "de")
        assert said != text
        assert re.findall(r"\d+", said) == re.findall(r"\d+", text)
        assert in_language(text, "en") == text


@pytest.mark.parametrize("typed", ["🚗", "", "A" * 30])
def test_a_plate_that_is_none_is_refused_in_german(typed):
    with pytest.raises(PlateError) as caught:
        normalise(typed)
    assert "ist kein Kennzeichen" in in_language(str(caught.value), "de")
    assert in_language(caught.value.hint, "de").startswith("Bitte")


def test_what_is_not_listed_stays_as_it_is():
    assert in_language("Stripe refused: no", "de") == "Stripe refused: no"


def test_each_sentence_has_each_other_language():
    assert {frozenset(said) for said in PHRASES.values()} == {frozenset(LANGUAGES) - {"en"}}

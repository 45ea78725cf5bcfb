# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest

from parking_robot.errors import StayError
from parking_robot.stays.cases import get_review, list_reviews, open_review, record_verdict

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def case(ledger, key="k"):
    open_review(ledger, "near_miss", NOW, key, "s", ["one character differs"], plate="A1")
    return list_reviews(ledger)[-1]


def test_a_case_is_opened_once_and_keeps_its_verdict(ledger):
    one = case(ledger)
    assert case(ledger) == one == get_review(ledger, one.number)
    assert one.facts == {"reasons": ["one character differs"], "plate": "A1"}
    record_verdict(ledger, one.number, "accept", "Mara", NOW, "looked at it")
    assert list_reviews(ledger) == []
    (kept,) = list_reviews(ledger, everything=True)
    assert (kept.verdict, kept.decided_by, kept.note) == ("accept", "Mara", "looked at it")


def test_the_newest_case_is_shown_however_many_are_open(ledger):
    with ledger.batch():
        for number in range(1005):
            open_review(ledger, "alarm", NOW, f"a{number}")
        open_review(ledger, "risk_hold", NOW, "newest", "s")
    assert (len(list_reviews(ledger)), list_reviews(ledger)[-1].kind) == (1006, "risk_hold")
    assert [one.kind for one in list_reviews(ledger, stay_id="s")] == ["risk_hold"]


@pytest.mark.parametrize("number", [2, 0, -1, 2**63, -(2**63) - 1, 10**30])
def test_no_other_number_is_a_case(ledger, number):
    case(ledger)
    with pytest.raises(StayError, match=f"there is no review {number}"):
        get_review(ledger, number)

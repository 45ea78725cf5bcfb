# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from tests.parking_robot.money.tariffs import tariff

from parking_robot.errors import LedgerError, StayError
from parking_robot.money.money import Money
from parking_robot.stays import ending
from parking_robot.stays.ending import bill_anew, close_stay, end_stay, quote_at_end
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind, StayEvent, StayState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = tariff()


def close(ledger, stay_id, by="Mara", reason="left during the fire", at=NOW):
    return close_stay(ledger, PLAN, stay_id, by, reason, at, NOW)


def test_a_ghost_is_closed_in_a_name_frees_its_space_and_what_it_owes_is_a_case(ledger):
    stay = ledger.enter("AB123", "in", NOW - 3 * HOUR)
    closed = close(ledger, stay.id, at=NOW - 2 * HOUR)
    assert (closed.state, closed.left, closed.unpaid) == (StayState.CLOSED, NOW - 2 * HOUR, Money(240, "EUR"))
    assert ledger.count_inside() == 0
    kept = ledger.events(stay.id)[-1]
    assert (kept.facts["by"], kept.facts["reason"]) == ("Mara", "left during the fire")
    (case,) = list_reviews(ledger)
    assert (case.kind, case.stay_id, case.facts["plate"]) == ("unpaid_exit", stay.id, "AB123")
    assert case.facts["reasons"] == ["AB123 left with 2.40 EUR unpaid (Mara: left during the fire)"]


def test_who_owes_nothing_is_no_case_and_an_unread_car_can_be_closed(ledger):
    tenant, unread = ledger.enter("AB123", "in", NOW - HOUR, free=True), ledger.enter("", "in", NOW - HOUR)
    assert close(ledger, tenant.id).unpaid == Money(0, "EUR")
    assert list_reviews(ledger) == []
    close(ledger, unread.id)
    assert list_reviews(ledger)[0].facts["reasons"][0].startswith("an unread car left with")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"stay_id": "f" * 32}, "there is no stay"), ({"by": " "}, "a name and a reason"),
        ({"reason": ""}, "a name and a reason"), ({"at": NOW - 2 * HOUR}, "cannot end at 2026-03-02 07:00 UTC"),
        ({"at": NOW + HOUR}, "no end lies in the future"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(ledger, changed, told):
    stay = ledger.enter("AB123", "in", NOW - HOUR)
    with pytest.raises(StayError, match=told) as refused:
        close(ledger, **{"stay_id": stay.id, **changed})
    assert refused.value.hint
    assert (len(ledger.events(stay.id)), list_reviews(ledger)) == (1, [])


def test_an_ended_stay_is_not_closed_until_it_is_opened_again(ledger):
    stay = ledger.enter("AB123", "in", NOW - HOUR)
    for _ in range(2):
        close(ledger, stay.id)
        with pytest.raises(StayError, match=r"has ended at 2026-03-02 09:00 UTC \(closed\)"):
            close(ledger, stay.id)
        ledger.append(stay.id, StayEvent(EventKind.REOPENED, NOW, {"by": "Mara"}))
    assert len(list_reviews(ledger)) == 2


def test_the_end_keeps_bill_and_prices_however_they_are_edited_later(ledger):
    stay = ledger.enter("AB123", "in", NOW - HOUR)
    paid = {"minor": 240, "currency": "EUR"}
    stay = ledger.append(stay.id, StayEvent(EventKind.PAID, NOW, paid))
    end_stay(ledger, PLAN, stay, StayEvent(EventKind.EXITED, NOW), "out", "case")
    assert tariff(free_minutes=1).digest != PLAN.digest
    ended = ledger.stay(stay.id)
    assert (ended.billed, ended.unpaid) == (Money(240, "EUR"), Money(0, "EUR"))
    facts = ledger.events(stay.id)[-1].facts
    assert (facts["tariff_versions"], facts["tariff_hash"]) == (["a"], PLAN.digest)


PAID = StayEvent(EventKind.PAID, NOW, {"minor": 240, "currency": "EUR"})
EXITED = StayEvent(EventKind.EXITED, NOW)


def test_a_payment_that_comes_after_the_gate_has_looked_is_no_debt(ledger):
    seen = ledger.enter("AB123", "in", NOW - HOUR)
    ledger.append(seen.id, PAID, "message")
    ended = end_stay(ledger, PLAN, seen, EXITED, "out", "case")
    assert (ended.unpaid, list_reviews(ledger)) == (Money(0, "EUR"), [])


def test_no_payment_comes_between_the_bill_and_the_exit(ledger, store_url, monkeypatch):
    seen = ledger.enter("AB123", "in", NOW - HOUR)
    server, reckon = Ledger(store_url, patience_s=0.2), ending.quote_visit

    def interrupted(*known):
        offer = reckon(*known)
        # The server's message waits until the stay has ended, here longer than its patience.
        with pytest.raises(LedgerError):
            server.append(seen.id, PAID, "message")
        return offer

    monkeypatch.setattr(ending, "quote_visit", interrupted)
    ended = end_stay(ledger, PLAN, seen, EXITED, "out", "case")
    assert (ended.received("EUR"), ended.unpaid) == (Money(0, "EUR"), Money(240, "EUR"))
    assert server.append(seen.id, PAID, "message").unpaid == Money(0, "EUR")
    server.close()


def test_an_ended_stay_costs_what_it_cost_however_prices_are_edited_later(ledger):
    dearer = tariff(rates=[{"name": "day", "from": "00:00", "to": "24:00", "block_minutes": 30, "price": 9.0}])
    stay = ledger.append(ledger.enter("AB123", "in", NOW - HOUR).id, PAID)
    with pytest.raises(StayError, match="has not ended"):
        quote_at_end(ledger, PLAN, stay)
    ended = end_stay(ledger, PLAN, stay, EXITED, "out", "case")
    then, now = quote_at_end(ledger, PLAN, ended), quote_at_end(ledger, dearer, ended)
    assert (then.bill.total, then.due, then.at) == (Money(240, "EUR"), Money(0, "EUR"), NOW)
    assert then.bill.lines[0].text.startswith("day: ")
    assert (now.bill.total, now.due, now.bill.lines) == (Money(240, "EUR"), Money(0, "EUR"), ())
    assert quote_at_end(ledger, tariff(valid_from="2027-01-01T00:00"), ended) == now, "no version holds any more"


def test_an_end_that_tells_no_sum_is_reckoned_by_the_prices(ledger):
    ended = ledger.append(ledger.enter("AB123", "in", NOW - HOUR).id, EXITED)
    assert quote_at_end(ledger, PLAN, ended).due == Money(240, "EUR")


def test_only_what_has_ended_is_billed_anew(ledger):
    stay = ledger.enter("AB123", "in", NOW - HOUR)
    with pytest.raises(StayError, match="has not ended"):
        bill_anew(ledger, PLAN, stay, StayEvent(EventKind.PLATE_CORRECTED, NOW, {"plate": "A1"}), "case", "")

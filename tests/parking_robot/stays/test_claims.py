# SPDX-License-Identifier: Apache-2.0
import threading
from datetime import UTC, datetime, timedelta

from parking_robot.stays.claims import CLAIM_LASTS, claim_space
from parking_robot.stays.ledger import Ledger, new_stay_id

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_promised_space_is_nobody_elses(ledger):
    assert claim_space(ledger, "a", new_stay_id(), NOW, 1)
    assert not claim_space(ledger, "b", new_stay_id(), NOW, 1)


def test_a_car_on_record_is_counted_once(ledger):
    stay_id = new_stay_id()
    assert claim_space(ledger, "a", stay_id, NOW, 2)
    ledger.enter("AB1", "a", NOW, stay_id=stay_id)
    assert claim_space(ledger, "b", new_stay_id(), NOW, 2)
    assert not claim_space(ledger, "c", new_stay_id(), NOW, 2)


def test_a_gates_next_car_takes_the_promise_over(ledger):
    assert claim_space(ledger, "a", new_stay_id(), NOW, 1)
    assert claim_space(ledger, "a", new_stay_id(), NOW, 1)


def test_the_promise_of_a_gate_that_died_ends(ledger):
    assert claim_space(ledger, "a", new_stay_id(), NOW, 1)
    assert not claim_space(ledger, "b", new_stay_id(), NOW + CLAIM_LASTS - timedelta(seconds=1), 1)
    assert claim_space(ledger, "b", new_stay_id(), NOW + CLAIM_LASTS, 1)


def test_of_eight_gates_at_once_three_get_the_three_last_spaces(ledger):
    url = ledger.engine.url.render_as_string(hide_password=False)
    stores = [Ledger(url) for _ in range(8)]
    start, won = threading.Barrier(8), []

    def ask(number):
        start.wait()
        if claim_space(stores[number], f"gate{number}", new_stay_id(), NOW, 3):
            won.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert len(won) == 3

# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from parking_robot.errors import LedgerError, StayError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import EventKind, StayEvent, StayState

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from parking_robot.stays.ledger import Ledger
ledger = Ledger(sys.argv[1])
for number in range(100000):
    stay = ledger.enter(f"K{number:06d}", "in", datetime(2026, 3, 2, tzinfo=UTC), key=f"k{number}")
    print(stay.plate, flush=True)
"""


def leave(minutes=60):
    return StayEvent(EventKind.EXITED, NOW + timedelta(minutes=minutes), {"lane": "out"})


def test_a_stay_is_read_back_as_it_was_written(ledger):
    stay = ledger.enter("12가3456", "in", NOW, confidence=0.9)
    assert ledger.stay(stay.id) == stay
    assert ledger.events(stay.id) == [
        StayEvent(EventKind.ENTERED, NOW, {"plate": "12가3456", "lane": "in", "confidence": 0.9})
    ]
    left = ledger.append(stay.id, leave())
    assert left.state is StayState.LEFT
    assert ledger.stay(stay.id) == left


def test_only_cars_that_have_not_left_are_inside(ledger):
    gone, here = ledger.enter("A1", "in", NOW), ledger.enter("B2", "in", NOW + timedelta(minutes=1))
    ledger.append(gone.id, leave())
    assert ledger.inside() == [(here.id, "B2", NOW + timedelta(minutes=1))]
    assert ledger.count() == 2


def test_a_repeated_key_changes_nothing(ledger):
    first = ledger.enter("A1", "in", NOW, key="frame-17")
    assert ledger.enter("A1", "in", NOW, key="frame-17").id == first.id
    paid = StayEvent(EventKind.PAID, NOW, {"minor": 500, "currency": "EUR"})
    for _ in range(3):
        assert ledger.append(first.id, paid, key="pay-1").received("EUR").minor == 500
    assert len(ledger.events(first.id)) == 2


def test_a_second_exit_is_refused_and_leaves_no_trace(ledger):
    stay = ledger.enter("A1", "in", NOW)
    ledger.append(stay.id, leave())
    with pytest.raises(StayError, match="has ended already"):
        ledger.append(stay.id, leave(61))
    assert len(ledger.events(stay.id)) == 2


def test_find_my_car_by_look_alikes_and_bay(ledger):
    stay = ledger.enter("RKO26AI", "in", NOW)
    ledger.append(stay.id, StayEvent(EventKind.SEEN_IN_BAY, NOW, {"bay": "B12"}))
    assert ledger.find_car("RK026A1") == [(stay.id, "RKO26AI", "B12", NOW)]
    ledger.append(stay.id, leave())
    assert ledger.find_car("RK026A1") == []


def test_the_days_list_is_newest_first_and_limited(ledger):
    ids = [ledger.enter(f"P{n}", "in", NOW + timedelta(hours=n)).id for n in range(5)]
    found = ledger.entered_between(NOW + timedelta(hours=1), NOW + timedelta(hours=4), most=2)
    assert [row[0] for row in found] == [ids[3], ids[2]]


def test_a_batch_is_kept_whole_or_not_at_all(ledger):
    with pytest.raises(ZeroDivisionError), ledger.batch():
        ledger.enter("A1", "in", NOW)
        raise ZeroDivisionError
    assert ledger.count() == 0
    with ledger.batch():
        stay = ledger.enter("A1", "in", NOW)
        ledger.append(stay.id, leave())
    assert ledger.stay(stay.id).state is StayState.LEFT


@pytest.mark.parametrize("statement", ["UPDATE stay_events SET facts = '{}'", "DELETE FROM stay_events"])
def test_the_record_can_only_grow(ledger, statement):
    ledger.enter("A1", "in", NOW)
    with pytest.raises(DBAPIError, match="can only grow"), ledger.engine.begin() as connection:
        connection.execute(text(statement))


def test_parallel_writers_of_one_stay_lose_nothing(ledger):
    stay = ledger.enter("A1", "in", NOW)
    paid = StayEvent(EventKind.PAID, NOW, {"minor": 1, "currency": "EUR"})
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: ledger.append(stay.id, paid, key=f"p{n % 12}"), range(36)))
    assert ledger.stay(stay.id).received("EUR").minor == 12


def test_several_programs_make_a_new_store_at_once(store_url):
    with ThreadPoolExecutor(6) as pool:
        for store in list(pool.map(lambda _: Ledger(store_url), range(6))):
            store.close()


def test_unknown_stays_and_unreachable_stores_are_clear(ledger, tmp_path):
    with pytest.raises(StayError, match="no stay nope"):
        ledger.append("nope", leave())
    with pytest.raises(LedgerError):
        Ledger(f"sqlite:///{tmp_path}/none/there/x.sqlite")
    with pytest.raises(LedgerError) as caught:
        Ledger("postgresql+psycopg://u:hunter2@/x?host=/nowhere")
    assert "hunter2" not in str(caught.value)


def test_sqlite_writes_through(tmp_path):
    store = Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path):
    store = Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    store.close()
    store = Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    kept = 0
    with pytest.raises(LedgerError, match=r"disk is full"):
        for number in range(10_000):
            with store.batch() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")
                store.enter(f"A{number}", "in", NOW, note="x" * 400)
            kept += 1
    assert store.count() == kept > 0
    store.close()


def test_killed_writers_lose_nothing_that_they_acknowledged(tmp_path):
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    acknowledged = set()
    for lines in (1, 30):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True, env=environment
        ) as writer:
            acknowledged |= {writer.stdout.readline().strip() for _ in range(lines)}
            writer.send_signal(signal.SIGKILL)
            acknowledged |= {line.strip() for line in writer.stdout if line.endswith("\n")}
    store = Ledger(url)
    plates = [plate for _, plate, _ in store.inside()]
    assert acknowledged <= set(plates)
    assert len(plates) == len(set(plates))
    store.close()


def test_stays_that_lie_in_a_period_in_part_are_found_by_their_folded_plates(ledger):
    hour = timedelta(hours=1)
    for plate, start, end in (("A0", 0, 1), ("AO", 2, 4), ("A0", 5, None), ("A0", 9, None), ("B1", 2, 4)):
        stay = ledger.enter(plate, "in", NOW + start * hour)
        if end is not None:
            ledger.append(stay.id, StayEvent(EventKind.EXITED, NOW + end * hour, {}))
    found = ledger.inside_between({"A0"}, NOW + 3 * hour, NOW + 6 * hour)
    assert sorted(row[1:] for row in found) == [
        ("A0", NOW + 5 * hour, None),
        ("AO", NOW + 2 * hour, NOW + 4 * hour),
    ]
    assert ledger.inside_between(set(), NOW, NOW + 9 * hour) == []

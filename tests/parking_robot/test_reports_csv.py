# SPDX-License-Identifier: Apache-2.0
import csv
from datetime import UTC, datetime, timedelta

from tests.parking_robot.money.tariffs import BERLIN

from parking_robot.money.money import Money
from parking_robot.money.quote import Paid
from parking_robot.reports_csv import TABLES, takings_csv, write_tables
from parking_robot.reports_garage import Unpaid, report_of
from parking_robot.stays.reviews import Review
from parking_robot.stays.stay import Stay, StayState

START = datetime(2026, 3, 2, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def report():
    payments = (Paid(Money(240, "EUR"), START), Paid(Money(500, "EUR"), START + 2 * HOUR))
    gone = Stay("s1", "BAB123", "in", START, StayState.LEFT, START + 3 * HOUR, payments=payments)
    review = Review(7, "near_miss", START + HOUR, "s1", {"reasons": ["read B4B123, ", "inside"]}, "accept", "Ada", "ok")
    stays = (gone, Stay("s2", "", "in", START + HOUR))
    unpaid = [Unpaid(gone, Money(150, "EUR"))]
    return report_of(stays, START, START + 4 * HOUR, BERLIN, unpaid, [review])


def test_the_takings_are_told_in_minor_units_by_local_day():
    assert takings_csv(report()).splitlines() == ["day,currency,minor", "2026-03-02,EUR,240", "2026-03-03,EUR,500"]


def test_each_part_of_the_report_has_its_table_with_local_times(tmp_path):
    folder = tmp_path / "deep" / "tables"
    write_tables(report(), folder)
    assert sorted(file.name for file in folder.iterdir()) == sorted(TABLES)
    read = {file.stem: list(csv.DictReader(file.read_text(encoding="utf-8").splitlines())) for file in folder.iterdir()}
    assert read["occupancy"][0] == {"at": "2026-03-02T23:00:00+01:00", "inside": "1"}
    assert [row["inside"] for row in read["occupancy"]].count("2") == 120 and len(read["occupancy"]) == 241
    assert read["durations"] == [{"from_minutes": "180", "to_minutes": "190", "stays": "1"}]
    assert read["unpaid"] == [
        {
            "plate": "BAB123", "entered": "2026-03-02T23:00:00+01:00", "left": "2026-03-03T02:00:00+01:00",
            "currency": "EUR", "minor": "150", "stay": "s1",
        }
    ]  # fmt: skip
    (case,) = read["reviews"]
    assert (case["number"], case["case"], case["verdict"], case["decided_by"]) == ("7", "near_miss", "accept", "Ada")
    assert case["reasons"] == "read B4B123, ; inside"

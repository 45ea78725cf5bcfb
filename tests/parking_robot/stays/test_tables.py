# SPDX-License-Identifier: Apache-2.0
from sqlalchemy import inspect

from parking_robot.stays.tables import metadata


def test_every_store_has_the_tables_and_the_index_for_cars_inside(ledger):
    found = inspect(ledger.engine)
    assert set(metadata.tables) <= set(found.get_table_names())
    assert "stays_inside" in {index["name"] for index in found.get_indexes("stays")}

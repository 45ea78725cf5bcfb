# SPDX-License-Identifier: Apache-2.0
"""Tariffs and times for the tests of the money modules."""

from datetime import datetime
from zoneinfo import ZoneInfo

import yaml

from parking_robot.money.tariff_file import parse_tariff

BERLIN = ZoneInfo("Europe/Berlin")
DAY = {"name": "day", "from": "07:00", "to": "20:00", "block_minutes": 30, "price": 1.2}
NIGHT = {"name": "night", "from": "20:00", "to": "07:00", "block_minutes": 60, "price": 0.8}
VERSION = {"id": "a", "valid_from": "2020-01-01T00:00", "lost_ticket": 30, "rates": [DAY, NIGHT]}


def content(*versions, currency="EUR", **changes):
    """The content of a tariff file: each mapping changes the plain version; none means the plain version alone."""
    made = [VERSION | changes | version for version in versions or ({},)]
    return {"tariff": "t", "currency": currency, "time_zone": "Europe/Berlin", "versions": made}


def tariff(*versions, **changes):
    return parse_tariff(yaml.safe_dump(content(*versions, **changes)), "t.yaml")


def berlin(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)

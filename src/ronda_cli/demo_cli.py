# SPDX-License-Identifier: Apache-2.0
"""``ronda demo``: the airport's round; ``ronda demo garage``: the garage."""

from parking_robot.demo_cli import garage
from patrol_robot.demo_cli import app

__all__ = ["app"]

app.command("garage")(garage)

# SPDX-License-Identifier: Apache-2.0
import os

import pytest
from bench.image_hop import PROFILES, measure, summary


def test_summary_counts_what_is_lost():
    figures = summary([1.0, 2.0, 3.0], 5)
    assert (figures["sent"], figures["received"], figures["lost"], figures["p50_ms"]) == (5, 3, 2, 2.0)
    assert summary([], 5) == {"sent": 5, "received": 0, "lost": 5}


@pytest.mark.live
def test_pictures_hop_between_two_processes():
    figures = measure(PROFILES["ronda"], "reliable", frames=5, rate=30.0, domain=int(os.environ["ROS_DOMAIN_ID"]))
    assert figures["received"] == 5 and figures["p50_ms"] > 0.0

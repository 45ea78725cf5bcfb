# SPDX-License-Identifier: Apache-2.0
import re
from xml.etree import ElementTree

import pytest

from parking_robot.reports_charts import BOTTOM, HEIGHT, TOP, bar_chart, nice_top, step_chart


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.7, 1), (3, 4), (12, 20), (24, 40), (100, 100), (101, 200)])
def test_an_axis_ends_at_a_round_number_above_the_values(value, top):
    assert nice_top(value) == top


def test_bars_are_as_high_as_their_values_and_labels_are_only_text():
    chart = ElementTree.fromstring(bar_chart(["<b>", "c"], [5.0, 10.0], ["5.00", "10.00"], "EUR"))
    heights = [float(bar.get("height")) for bar in chart.iter("rect")]
    assert heights == pytest.approx([(HEIGHT - TOP - BOTTOM) / 2, HEIGHT - TOP - BOTTOM], abs=0.1)
    assert "<b>" in {text.text for text in chart.iter("text")}


def test_many_bars_get_fewer_labels():
    chart = bar_chart([f"day {n}" for n in range(31)], [1.0] * 31, [""] * 31, "EUR")
    assert 5 <= len(re.findall("day [0-9]+</text>", chart)) <= 9


def test_a_curve_keeps_each_value_until_the_next_and_shows_the_limit():
    chart = ElementTree.fromstring(step_chart([0.0, 0.5, 1.0], [0.0, 2.0, 1.0], [(0.0, "9:00")], "cars", 4.0))
    line = [path.get("d") for path in chart.iter("path")][1]
    assert re.fullmatch(r"M56\.0 218\.0 H620\.0 V118\.0 H1184\.0 V168\.0", line)
    assert "capacity 4" in {text.text for text in chart.iter("text")}


def test_nothing_to_show_is_still_a_chart():
    assert ElementTree.fromstring(bar_chart([], [], [], "EUR")).tag == "svg"
    assert ElementTree.fromstring(step_chart([], [], [], "cars", None)).tag == "svg"

# SPDX-License-Identifier: Apache-2.0
import copy

import pytest
from tests.parking_robot.bays.garage import PLAN

from parking_robot.bays.bay import BayKind
from parking_robot.bays.bay_file import load_plan, parse_plan
from parking_robot.errors import ConfigurationError


def test_a_plan_is_read_with_its_kinds_rights_and_limits():
    plan = parse_plan(PLAN, "plan")
    assert [bay.id for bay in plan.bays] == ["A01", "A02", "A03", "A04", "LANE"]
    assert plan.bay("A04").allowed == ("BOS1",)
    assert (plan.bay("A02").longest_stay_s, plan.bay("A01").longest_stay_s) == (3600.0, None)
    assert plan.bay("LANE").kind is BayKind.KEEP_CLEAR


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p["bays"][0].update(colour="red"), "unknown key 'colour'"),
        (lambda p: p["bays"][0].update(kind="boat"), "unknown kind 'boat'"),
        (lambda p: p["bays"][0].update(x="east"), "x must be a number"),
        (lambda p: p["bays"][0].update(width=0.1), "width is 0.1"),
        (lambda p: p["bays"][1].update(id="A01"), "two bays are named 'A01'"),
        (lambda p: p["bays"][1].update(x=1.5), "'A01' and 'A02' overlap"),
        (lambda p: p["bays"][3].update(allowed=["🚗"]), "is no plate"),
        (lambda p: p.update(bays=[], keep_clear=[]), "there are no bays"),
    ],
)
def test_a_wrong_plan_is_refused_with_its_place(change, message):
    content = copy.deepcopy(PLAN)
    change(content)
    with pytest.raises(ConfigurationError, match=message):
        parse_plan(content, "plan.yaml")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="nowhere"):
        load_plan(tmp_path / "nowhere.yaml")

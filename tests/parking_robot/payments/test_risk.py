# SPDX-License-Identifier: Apache-2.0
import pytest

from parking_robot.errors import ConfigurationError
from parking_robot.payments.risk import DEFAULT_RULES, FACTS, Verdict, assess, parse_rules


def test_a_plain_payment_is_accepted_without_a_word():
    assert assess({"payments_of_plate_1h": 1}).verdict is Verdict.ACCEPT
    assert assess({}).reasons == ()


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_each_rule_applies_above_its_limit_only(rule):
    assert rule.reason in assess({rule.fact: rule.limit + 1}).reasons
    assert rule.reason not in assess({rule.fact: rule.limit}).reasons


def test_points_add_up_from_acceptance_to_a_call():
    assert assess({"country_mismatch": 1}).verdict is Verdict.ACCEPT
    assert assess({"country_mismatch": 1, "new_device_amount": 6000}).verdict is Verdict.REVIEW
    found = assess({"declined_10min": 9, "quotes_of_device_10min": 9})
    assert (found.verdict, found.points) == (Verdict.HOLD, 100)
    assert assess({"amount_mismatch": 1}).verdict is Verdict.HOLD


def test_rules_use_only_facts_that_are_counted():
    assert {rule.fact for rule in DEFAULT_RULES} == set(FACTS)


def test_own_rules_are_read():
    entry = {"name": "n", "fact": "declined_10min", "limit": 1, "points": 40, "reason": "r"}
    (rule,) = parse_rules([entry], "risk.yaml")
    assert assess({"declined_10min": 2}, [rule]).verdict is Verdict.REVIEW


def test_a_rule_on_a_fact_that_nobody_counts_is_refused_with_what_to_do():
    entry = {"name": "n", "fact": "fee_below_expected_percent", "limit": 1, "points": 40, "reason": "r"}
    with pytest.raises(ConfigurationError, match="unknown fact 'fee_below_expected_percent'") as caught:
        parse_rules([entry], "risk.yaml")
    assert caught.value.hint.startswith("remove the rule, or use one of: plates_of_payer_1h")
    with pytest.raises(ConfigurationError, match="did you mean 'country_mismatch'"):
        parse_rules([entry | {"fact": "country_mismach"}], "risk.yaml")


@pytest.mark.parametrize(
    "content",
    [{}, [1], [{"name": "n"}], [{"name": "n", "fact": "x", "limit": 1, "points": 1, "reason": ""}], [{"nmae": 1}]],
)
def test_wrong_rules_are_refused(content):
    with pytest.raises(ConfigurationError, match=r"risk\.yaml"):
        parse_rules(content, "risk.yaml")

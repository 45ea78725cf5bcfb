# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking_robot.errors import MoneyError
from parking_robot.money.money import MINOR_DIGITS, Money, total

CURRENCIES = st.sampled_from(sorted(MINOR_DIGITS))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("3.50", "EUR", 350), (3.5, "EUR", 350), (4, "USD", 400), ("1500", "KRW", 1500), ("0.125", "KWD", 125)],
)
def test_amounts_are_read_in_major_units(text, currency, minor):
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "three", "1.005", "NaN", "Infinity", True, None, "1e999999999", "1,50"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(MoneyError):
        Money.parse(text, "EUR")


def test_a_won_has_no_hundredths():
    with pytest.raises(MoneyError, match="more than 0 digits"):
        Money.parse("1500.5", "KRW")


def test_unknown_currencies_and_floats_are_refused():
    with pytest.raises(MoneyError, match="unknown currency 'EURO'"):
        Money(1, "EURO")
    with pytest.raises(MoneyError, match="whole number"):
        Money(1.0, "EUR")
    with pytest.raises(MoneyError, match="whole number"):
        Money(True, "EUR")


def test_currencies_are_never_mixed():
    for reckon in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b):
        with pytest.raises(MoneyError, match="reckoned together"):
            reckon(Money(1, "EUR"), Money(1, "USD"))


@given(st.lists(st.integers(-(10**9), 10**9)), CURRENCIES)
def test_a_sum_is_exact(amounts, currency):
    assert total([Money(a, currency) for a in amounts], currency).minor == sum(amounts)


@given(st.integers(-(10**12), 10**12), CURRENCIES)
def test_what_is_written_is_read_back(minor, currency):
    text = str(Money(minor, currency)).split()[0].replace(",", "")
    assert Money.parse(text, currency).minor == minor


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_share_is_never_more_than_the_whole(minor, percent):
    share = Money(minor, "EUR").share(percent)
    assert 0 <= share.minor <= minor
    assert share.minor * 100 <= minor * percent < share.minor * 100 + 100

# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.scalars import KINDS, coerce, coerce_items


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3", "yaml", 3),
        ("on", "yaml", True),
        ("1e3", "yaml", "1e3"),
        ("'12'", "yaml", "12"),
        ("", "yaml", ""),
        ("12", "str", "12"),
        ("3", "float", 3.0),
        ("1", "bool", True),
        ("off", "bool", False),
        ("[1, 2]", "list_of_int", [1, 2]),
    ],
)
def test_reads(text, kind, value):
    read = coerce(text, KINDS[kind])
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("null", "yaml"),
        ("{a: 1}", "yaml"),
        ("[1, a]", "yaml"),
        ("x", "int"),
        ("2", "bool"),
        ("[a]", "list_of_int"),
        ("1", "list_of_int"),
    ],
)
def test_refuses(text, kind):
    with pytest.raises(EvaluationError):
        coerce(text, KINDS[kind])


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_integers_survive(number):
    assert coerce(str(number), None) == number


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        coerce(text, None, keep_text=True)
    except EvaluationError:
        return


def test_items_are_read_one_by_one():
    assert coerce_items(["1", "2"], KINDS["list_of_float"]) == [1.0, 2.0]
    with pytest.raises(EvaluationError):
        coerce_items(["1", "2.5"], None)
    with pytest.raises(EvaluationError):
        coerce_items(["1", "2"], KINDS["int"])

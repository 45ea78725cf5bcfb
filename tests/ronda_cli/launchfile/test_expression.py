# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.expression import Call, Text, parse, unescape


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", (Text(""),)),
        ("plain $5 and $", (Text("plain $5 and $"),)),
        ("$(dirname)", (Call("dirname", ()),)),
        ("a$(var b)c", (Text("a"), Call("var", ((Text("b"),),)), Text("c"))),
        ("$(var $(var a)_b)", (Call("var", ((Call("var", ((Text("a"),),)), Text("_b")),)),)),
        ("$(env A 'b c')", (Call("env", ((Text("A"),), (Text("b c"),))),)),
        ("$(env A '')", (Call("env", ((Text("A"),), ())),)),
        (r"\$(var a)", (Text("$(var a)"),)),
        (r"\\$(var a)", (Text(r"\$(var a)"),)),
        (r"$(env A it\'s\))", (Call("env", ((Text("A"),), (Text("it's)"),))),)),
    ],
)
def test_reads(source, expected):
    assert parse(source) == expected


@pytest.mark.parametrize(
    "source", ["$(", "$()", "$(var a", "$(var  a)", "$(var a )", "$(1 a)", "$(env 'a'b)", "$(env 'a)"]
)
def test_refuses_with_the_position(source):
    with pytest.raises(EvaluationError, match="at character"):
        parse(f"x {source}")


@given(st.text(alphabet=st.characters(exclude_characters="$\\")))
def test_a_text_without_dollar_and_backslash_means_itself(text):
    assert parse(text) == (Text(text),)


@given(st.text())
def test_reading_any_text_ends_in_a_template_or_a_refusal(text):
    try:
        template = parse(text)
    except EvaluationError:
        return
    assert all(isinstance(part, (Text, Call)) for part in template)


def test_unescape_keeps_a_last_backslash():
    assert unescape("a\\\\b\\") == "a\\b\\"

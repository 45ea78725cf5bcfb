# SPDX-License-Identifier: Apache-2.0
import pytest

from face_perception.audit_text import without_name


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        ("ban lifted", "Ann Example", "ban lifted"),
        ("Ann Example has paid", "Ann Example", "- has paid"),
        ("EXAMPLE, ann: has paid", "Ann Example", "-, -: has paid"),
        ("Bo Li asked, bo  li too; as a boat", "Bo Li", "- asked, bo  li too; as a boat"),
        ("annual check", "Ann Example", "annual check"),
        ("(a+b) paid", "(a+b)", "- paid"),
        ("Jürgen ging", "JÜRGEN", "- ging"),
        ("nobody", " ", "nobody"),
    ],
)
def test_names_are_left_out(words, name, expected):
    assert without_name(words, name) == expected

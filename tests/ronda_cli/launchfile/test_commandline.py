# SPDX-License-Identifier: Apache-2.0
import pytest

from ronda_cli.launchfile.commandline import split
from ronda_cli.launchfile.expression import Text, parse


def words(source):
    return [["".join(p.text) if isinstance(p, Text) else f"<{p.name}>" for p in word] for word in split(parse(source))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a 'b c' d", [["a"], ["b c"], ["d"]]),
        ("x$(dirname)y z", [["x", "<dirname>", "y"], ["z"]]),
        ("$(dirname) $(dirname)", [["<dirname>"], ["<dirname>"]]),
        ("$(dirname)$(dirname)", [["<dirname>", "<dirname>"]]),
        ("", [[]]),
    ],
)
def test_split(source, expected):
    assert words(source) == expected


def test_a_quotation_cannot_span_a_substitution():
    with pytest.raises(ValueError, match="closing quotation"):
        words("sh -c 'a $(dirname) b'")

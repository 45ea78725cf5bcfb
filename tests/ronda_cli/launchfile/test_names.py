# SPDX-License-Identifier: Apache-2.0
import pytest

from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.names import absolute, check_namespace, check_node_name, join


@pytest.mark.parametrize(
    ("base", "name", "joined"),
    [
        (None, None, None),
        (None, "a", "a"),
        ("/s", None, "/s"),
        ("/s", "a", "/s/a"),
        ("/s", "/a", "/a"),
        ("/", "a", "/a"),
        ("/s", "", "/s"),
        (None, "a/", "a"),
    ],
)
def test_join(base, name, joined):
    assert join(base, name) == joined


def test_absolute():
    assert (absolute(None), absolute("a"), absolute("/a")) == (None, "/a", "/a")


@pytest.mark.parametrize("name", ["a", "_a1", "A" * 255])
def test_node_names(name):
    check_node_name(name)


@pytest.mark.parametrize("name", ["", "1a", "a b", "a/b", "é", "a" * 256, "a\n"])
def test_wrong_node_names(name):
    with pytest.raises(EvaluationError):
        check_node_name(name)


@pytest.mark.parametrize("namespace", ["/a//b", "/a/1", "/a/", "/a-b", "/" + "a" * 245])
def test_wrong_namespaces(namespace):
    with pytest.raises(EvaluationError):
        check_namespace(namespace)

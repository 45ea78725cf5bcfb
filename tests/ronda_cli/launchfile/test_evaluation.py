# SPDX-License-Identifier: Apache-2.0
"""What is refused, and how the message leads to the place."""

import pytest

from ronda_cli.errors import LaunchError
from ronda_cli.launchfile.evaluation import declared_arguments, evaluate_file, parse_arguments


def evaluate(tmp_path, text, **environment):
    file = tmp_path / "a.launch.xml"
    file.write_text(text)
    return evaluate_file(file, {}, environment)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('<launch>\n<let name="a" value="$(eval 1)"/></launch>', 2, "<let>: $(eval ...) runs Python"),
        ('<launch>\n\n<timer period="1"/></launch>', 3, "<timer>: is not supported"),
        ("<launch>\n<nodule/></launch>", 2, "<nodule>: unknown tag"),
        ('<launch>\n<let name="a" value="1" nmae="b"/></launch>', 2, "<let>: unknown attribute 'nmae'"),
        (
            '<launch>\n<executable cmd="a">\n<param name="p" value="1"/></executable></launch>',
            3,
            "<param>: is not supported",
        ),
        ('<launch>\n<executable cmd=""/></launch>', 2, "<executable>: the command is empty"),
        (
            '<launch>\n<executable cmd="$(var gone)"/></launch>',
            2,
            "<executable>: the launch argument or variable 'gone'",
        ),
        ('<launch>\n<executable cmd="a" respawn_max_retries="$(var n)"/></launch>', 2, "must be a number"),
        (
            '<launch>\n<let name="a" value="$(launch_log_dir)"/></launch>',
            2,
            "unknown substitution $(launch_log_dir ...)",
        ),
    ],
)
def test_a_refusal_names_file_line_and_tag(tmp_path, text, line, message):
    with pytest.raises(LaunchError) as refusal:
        evaluate(tmp_path, text)
    assert f"a.launch.xml:{line}: " in str(refusal.value)
    assert message in str(refusal.value)


def test_a_wrong_attribute_gets_a_suggestion(tmp_path):
    with pytest.raises(LaunchError) as refusal:
        evaluate(tmp_path, '<launch><node exec="a" nmaespace="b"/></launch>')
    assert refusal.value.hint == "did you mean 'namespace'?"


def test_broken_xml_names_the_line(tmp_path):
    with pytest.raises(LaunchError, match=r"a\.launch\.xml:2: not well-formed XML"):
        evaluate(tmp_path, "<launch>\n<let></launch>")


@pytest.mark.parametrize("name", ["a.launch.py", "a.launch.yaml"])
def test_other_formats_are_refused(tmp_path, name):
    (tmp_path / name).write_text("")
    with pytest.raises(LaunchError, match="not supported"):
        evaluate_file(tmp_path / name, {}, {})


def test_a_file_that_includes_itself_is_refused(tmp_path):
    with pytest.raises(LaunchError, match="levels deep"):
        evaluate(tmp_path, '<launch><include file="$(dirname)/a.launch.xml"/></launch>')


def test_arguments_are_listed_with_those_of_included_files(tmp_path):
    (tmp_path / "b.launch.xml").write_text('<launch><arg name="inner" default="$(env HOME)"/></launch>')
    file = tmp_path / "a.launch.xml"
    file.write_text(
        '<launch><arg name="robot" description="Its name"/><group if="1"><arg name="maybe" default="1"/></group>'
        f'<arg name="sim" default="a"><choice value="a"/><choice value="b"/></arg>'
        f'<include file="{tmp_path}/b.launch.xml"/></launch>'
    )
    listed = {a.name: a for a in declared_arguments(file, {})}
    assert list(listed) == ["robot", "maybe", "sim", "inner"]
    assert (listed["robot"].description, listed["robot"].default) == ("Its name", None)
    assert listed["maybe"].conditional and not listed["sim"].conditional
    assert listed["sim"].choices == ("a", "b")
    assert listed["inner"].default == "$(env HOME)"


def test_an_argument_that_nothing_asks_for_is_refused_with_the_nearest_name(tmp_path):
    file = tmp_path / "a.launch.xml"
    file.write_text(
        '<launch><arg name="rtf" default="1"/><group if="0"><arg name="never" default="1"/></group>'
        '<let name="set" value="1"/><let name="read" value="$(var plain none)"/></launch>'
    )
    for name in ("rtf", "never", "set", "plain"):
        evaluate_file(file, {name: "2"}, {})
    with pytest.raises(
        LaunchError, match=r"nothing asks for the launch argument 'rft', did you mean 'rtf'\?"
    ) as refusal:
        evaluate_file(file, {"rft": "2"}, {})
    assert "--show-args" in refusal.value.hint


def test_the_last_of_two_arguments_counts():
    assert parse_arguments(["a:=1", "b:=x:=y", "a:=2"]) == {"a": "2", "b": "x:=y"}


@pytest.mark.parametrize("word", ["a", "a=1", ":=1", "a:="])
def test_a_malformed_argument_is_refused(word):
    with pytest.raises(LaunchError, match="malformed"):
        parse_arguments([word])

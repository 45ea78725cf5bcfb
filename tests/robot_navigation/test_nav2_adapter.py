# SPDX-License-Identifier: Apache-2.0
import importlib.util

import pytest
from ronda.action import NavigateTo

from robot_navigation.codes import NavigationCode, from_nav2
from robot_navigation.errors import AdapterError
from robot_navigation.nav2_adapter import navigation_backend


def test_the_embedded_backend_speaks_our_action():
    backend = navigation_backend("embedded")
    assert backend.action_type is NavigateTo and backend.action_name == "navigate_to"
    assert backend.read_code(NavigateTo.Result(error_code=9002)) is NavigationCode.GOAL_OCCUPIED
    assert backend.read_code(NavigateTo.Result(error_code=7)) is NavigationCode.UNKNOWN


def test_the_codes_are_those_of_the_action_definition():
    for code in NavigationCode:
        assert getattr(NavigateTo.Result, code.name) == int(code)


def test_nav2_codes_keep_their_meaning():
    assert from_nav2(0) is NavigationCode.NONE
    assert from_nav2(208) is NavigationCode.NO_VALID_PATH
    assert from_nav2(105) is NavigationCode.NO_PROGRESS
    assert from_nav2(12345) is NavigationCode.UNKNOWN


@pytest.mark.skipif(importlib.util.find_spec("nav2_msgs") is not None, reason="nav2_msgs is installed")
def test_nav2_without_its_messages_says_how_to_get_them():
    with pytest.raises(AdapterError) as caught:
        navigation_backend("nav2")
    assert "navigation2" in caught.value.hint


def test_an_unknown_backend_is_refused():
    with pytest.raises(AdapterError, match="nav3"):
        navigation_backend("nav3")

# SPDX-License-Identifier: Apache-2.0
"""Error codes of the `navigate_to` action, with the meaning of Nav2's ComputePathToPose and FollowPath codes."""

from __future__ import annotations

from enum import IntEnum


class NavigationCode(IntEnum):
    """`error_code` of `ronda/action/NavigateTo`; the numbers are those of the action definition."""

    NONE = 0
    UNKNOWN = 9000
    START_OCCUPIED = 9001
    GOAL_OCCUPIED = 9002
    OUTSIDE_MAP = 9003
    NO_VALID_PATH = 9004
    NO_PROGRESS = 9005
    LOCALISATION_LOST = 9006
    SENSOR_STALE = 9007
    TF_ERROR = 9008
    TIMEOUT = 9009


# Nav2 (Jazzy) codes that have a counterpart here: ComputePathToPose 2xx and FollowPath 1xx.
NAV2_CODES = {
    101: NavigationCode.UNKNOWN,
    102: NavigationCode.TF_ERROR,
    104: NavigationCode.NO_PROGRESS,
    105: NavigationCode.NO_PROGRESS,
    106: NavigationCode.NO_VALID_PATH,
    107: NavigationCode.TIMEOUT,
    202: NavigationCode.TF_ERROR,
    203: NavigationCode.OUTSIDE_MAP,
    204: NavigationCode.OUTSIDE_MAP,
    205: NavigationCode.START_OCCUPIED,
    206: NavigationCode.GOAL_OCCUPIED,
    207: NavigationCode.TIMEOUT,
    208: NavigationCode.NO_VALID_PATH,
}


def from_nav2(code: int) -> NavigationCode:
    """The code that a Nav2 `error_code` stands for; UNKNOWN where there is no counterpart."""
    if code == 0:
        return NavigationCode.NONE
    return NAV2_CODES.get(code, NavigationCode.UNKNOWN)

# SPDX-License-Identifier: Apache-2.0
"""ROS time stamps as seconds and back."""

from __future__ import annotations

from builtin_interfaces.msg import Duration, Time


def to_seconds(stamp: Time | Duration) -> float:
    """Return a stamp or duration in seconds."""
    return float(stamp.sec) + float(stamp.nanosec) * 1e-9


def to_nanoseconds(stamp: Time) -> int:
    """Return a stamp in whole nanoseconds, exactly: what two messages of one moment have in common."""
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def from_seconds(seconds: float) -> Time:
    """Return the stamp of `seconds`, which must not be negative."""
    total = round(seconds * 1e9)
    return Time(sec=total // 1_000_000_000, nanosec=total % 1_000_000_000)


def duration(seconds: float) -> Duration:
    """Return a duration of `seconds`."""
    total = round(seconds * 1e9)
    return Duration(sec=total // 1_000_000_000, nanosec=total % 1_000_000_000)

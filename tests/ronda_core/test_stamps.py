# SPDX-License-Identifier: Apache-2.0
from builtin_interfaces.msg import Time

from ronda_core.stamps import from_seconds, to_nanoseconds, to_seconds


def test_nanoseconds_are_exact_where_seconds_cannot_be():
    first, second = Time(sec=1_790_000_000, nanosec=1), Time(sec=1_790_000_000, nanosec=2)
    assert to_seconds(first) == to_seconds(second)
    assert to_nanoseconds(second) - to_nanoseconds(first) == 1


def test_seconds_go_there_and_back():
    assert to_seconds(from_seconds(12.25)) == 12.25
    assert (from_seconds(1.9999999999).sec, from_seconds(1.9999999999).nanosec) == (2, 0)

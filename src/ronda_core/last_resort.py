# SPDX-License-Identifier: Apache-2.0
"""An end for a process that its last step in C may hold up for ever.

Fast DDS before its issue 6513 is solved, built as in the ROS wheels for Python: where a discovery callback is under
way when a participant is deleted, `DomainParticipant::set_listener` waits until the end of time, which overflows; the
wait returns at once, time and again, with the mutex that the callback needs. rclpy holds the interpreter's lock
meanwhile, so that neither a thread nor a signal handler in Python can do anything about it.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

CLOCK_MONOTONIC = 1
SIGEV_THREAD = 2


class _Event(ctypes.Structure):
    """`struct sigevent` of glibc on x86-64 (sigevent(7)), 64 bytes."""

    _fields_ = (
        ("value", ctypes.c_long),
        ("signo", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("function", ctypes.c_void_p),
        ("attributes", ctypes.c_void_p),
        ("padding", ctypes.c_char * 32),
    )


class _Times(ctypes.Structure):
    """`struct itimerspec` (timer_settime(2)): the interval and the first time, each in seconds and nanoseconds."""

    _fields_ = (("interval", ctypes.c_long * 2), ("value", ctypes.c_long * 2))


@contextmanager
def ends_within(seconds: int, status: int) -> Iterator[None]:
    """End the process with exit status `status` if the block takes longer, even if it keeps the interpreter's lock.

    Nothing is flushed and nothing cleaned up then: only for what comes last. A thread of the C library calls _exit(2),
    see timer_create(2).
    """
    library = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    end = ctypes.cast(library._exit, ctypes.c_void_p)
    event = _Event(value=status, notify=SIGEV_THREAD, function=end)
    if library.timer_create(CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(timer)) != 0:
        raise OSError(ctypes.get_errno(), "timer_create")
    times = _Times(value=(seconds, 0))
    library.timer_settime(timer, 0, ctypes.byref(times), None)
    try:
        yield
    finally:
        library.timer_delete(timer)

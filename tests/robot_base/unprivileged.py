# SPDX-License-Identifier: Apache-2.0
"""Doing something as a user without rights, also where the tests run as root."""

import os
from collections.abc import Callable

NOBODY = 65534


def as_nobody(action: Callable[[], str]) -> str:
    """What `action` returns when it runs in a process of the user nobody; without being root, as oneself."""
    if os.geteuid() != 0:
        return action()
    out_read, out_write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(out_write, action().encode())
            status = 0
        finally:
            os._exit(status)  # never back into the test runner's own copy
    os.close(out_write)
    with os.fdopen(out_read) as told:
        text = told.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "the unprivileged process failed"
    return text

# SPDX-License-Identifier: Apache-2.0
import signal

import pytest

from ronda_core.interrupts import noted_interrupt


def test_the_first_ctrl_c_is_noted_and_the_second_one_interrupts():
    with noted_interrupt() as interrupted:
        assert not interrupted()
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with noted_interrupt():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) is before

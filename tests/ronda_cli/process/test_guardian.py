# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys

from ronda_cli.process import guardian

# Ends in the kernel at SIGINT: an interpreter that unwinds may take longer than the sweep waits.
WAITING = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); print(1, flush=True); signal.pause()"
WAIT = [sys.executable, "-S", "-c", WAITING]


def start(mark=None):
    environment = {**os.environ, guardian.MARK: mark} if mark else dict(os.environ)
    process = subprocess.Popen(WAIT, env=environment, start_new_session=True, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def test_members_are_found_by_mark_and_by_session():
    with start("guardian-test-mark") as marked, start() as in_session, start("another-mark") as stranger:
        assert guardian.members("guardian-test-mark", [in_session.pid]) == {marked.pid, in_session.pid}
        assert guardian.sweep("guardian-test-mark", [in_session.pid]) == set()
        assert marked.wait() == in_session.wait() == -signal.SIGINT
        assert stranger.poll() is None
        stranger.kill()


def test_watch_sweeps_when_its_input_ends_without_done():
    with start() as child:
        watch = [sys.executable, "-I", "-S", guardian.__file__, "no-such-mark"]
        result = subprocess.run(watch, input=f"+{child.pid}\n", text=True, timeout=30, check=False)
        assert result.returncode == 0
        assert child.wait() == -signal.SIGINT


def test_watch_leaves_all_alone_after_done():
    with start() as child:
        watch = [sys.executable, "-I", "-S", guardian.__file__, "no-such-mark"]
        subprocess.run(watch, input=f"+{child.pid}\ndone\n", text=True, timeout=30, check=True)
        assert child.poll() is None
        child.kill()

# SPDX-License-Identifier: Apache-2.0
"""The launcher as its user meets it: real processes, real signals, nothing left behind."""

import os
import signal
import sys
from pathlib import Path

import pytest

ACTOR = Path(__file__).parent / "actor.py"


def actor(name: str, words: str = "", **attributes: object) -> str:
    extra = " ".join(f'{key}="{value}"' for key, value in {"output": "screen", **attributes}.items())
    return f'<executable cmd="{sys.executable} -S {ACTOR} {name} {words}" name="{name}" {extra}/>'


def launch_file(*parts: str) -> str:
    return f"<launch>{''.join(parts)}</launch>"


def test_lines_carry_the_name_of_their_process(launch):
    running = launch(launch_file(actor("one", "exit=0"), actor("two", "exit=0")))
    assert running.end() == 0
    assert sum(line.startswith("[one] one is ") for line in running.lines) == 1
    assert sum(line.startswith("[two] two is ") for line in running.lines) == 1


def test_output_log_keeps_standard_output_off_the_terminal_and_in_the_log(launch, tmp_path):
    running = launch(launch_file(actor("quiet", "exit=0", output="log")))
    assert running.end() == 0
    assert "[quiet] a word on standard error" in running.lines
    assert "quiet is" not in running.text
    (log,) = (tmp_path / "log").glob("launch-*.log")
    assert "[quiet] quiet is" in log.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_is_told_by_the_exit_code(launch, alive, number):
    running = launch(launch_file(actor("a"), actor("b")))
    pids = [running.pid_of("a"), running.pid_of("b")]
    running.process.send_signal(number)
    assert running.end() == 128 + number
    assert not any(map(alive, pids))


def test_who_ignores_sigint_gets_sigterm_then_sigkill(launch, alive):
    polite = actor("polite", "ignore=2", sigterm_timeout=0.1, sigkill_timeout=3600)
    running = launch(launch_file(polite, actor("deaf", "ignore=2,15", sigterm_timeout=0.1, sigkill_timeout=0.1)))
    pids = [running.pid_of("polite"), running.pid_of("deaf")]
    running.process.send_signal(signal.SIGINT)
    running.end()
    assert "polite ended by SIGTERM" in running.lines
    assert "deaf ended by SIGKILL" in running.lines
    assert not any(map(alive, pids))


def test_more_ctrl_c_hurries(launch, alive):
    running = launch(launch_file(actor("deaf", "ignore=2,15", sigterm_timeout=3600, sigkill_timeout=3600)))
    pid = running.pid_of("deaf")
    for expected in ("press Ctrl-C again", "deaf does not end: SIGTERM", "deaf does not end: SIGKILL"):
        running.process.send_signal(signal.SIGINT)
        running.wait_for(expected)
    assert running.end() == 128 + signal.SIGINT
    assert not alive(pid)


def test_everything_dies_with_a_launcher_that_is_killed(launch, alive, wait_until):
    running = launch(launch_file(actor("plain"), actor("deaf", "ignore=2,15"), actor("parent", "detach")))
    pids = [running.pid_of(name) for name in ("plain", "deaf", "parent-child", "parent")]
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not any(map(alive, pids)), "the end of what the killed launcher had started")


def test_what_a_process_leaves_behind_is_ended_with_the_launch(launch, alive):
    running = launch(launch_file(actor("parent", "detach exit=0")))
    pid = running.pid_of("parent-child")
    assert running.end() == 0
    assert not alive(pid)


def test_a_process_that_fails_fails_the_launch_but_ends_nobody(launch):
    running = launch(launch_file(actor("bad", "exit=3"), actor("good", "exit=0")))
    assert running.end() == 1
    assert "bad ended with exit code 3" in running.lines
    assert "good ended" in running.lines


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (4, 1)])
def test_the_end_of_a_required_process_ends_the_launch(launch, alive, tmp_path, code, expected):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    needed = actor("needed", f"after={pipe} exit={code}", on_exit="shutdown")
    running = launch(launch_file(actor("waits", f"meets={pipe}"), needed))
    assert running.end() == expected
    assert "needed is required: stopping" in running.lines
    assert not alive(running.pid_of("waits"))


def test_respawn_counts_its_retries_and_fails_in_the_end(launch):
    running = launch(launch_file(actor("again", "exit=5", respawn="true", respawn_max_retries=2, respawn_delay=0.01)))
    assert running.end() == 1
    assert sum("again is " in line and line.startswith("[again]") for line in running.lines) == 3


def test_ctrl_c_ends_the_wait_for_a_respawn(launch):
    running = launch(launch_file(actor("again", "exit=0", respawn="true", respawn_delay=3600)))
    running.wait_for("is started again in 3600 s")
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 128 + signal.SIGINT


def test_a_program_that_is_not_there_is_named_and_fails_the_launch(launch):
    running = launch(launch_file('<executable cmd="/no/such/program"/>', actor("good", "exit=0")))
    assert running.end() == 1
    assert "cannot be started: No such file or directory: /no/such/program" in running.text
    assert "good ended" in running.lines


def test_a_program_that_cannot_be_started_is_not_tried_again(launch):
    running = launch(launch_file('<executable cmd="/no/such/program" respawn="true"/>'))
    assert running.end() == 1
    assert running.text.count("cannot be started") == 1


def test_a_folder_that_is_not_there_is_named(launch):
    running = launch(launch_file(actor("a", "exit=0", cwd="/no/such/folder")))
    assert running.end() == 1
    assert "cannot be started: No such file or directory: /no/such/folder" in running.text


def test_emulated_terminal_is_a_terminal(launch):
    code = "import sys\\; print\\('tty', sys.stdout.isatty\\(\\)\\)"
    cmd = f"{sys.executable} -S -c &quot;{code.replace(chr(39), chr(34)).replace(chr(34), chr(39))}&quot;"
    running = launch(f'<launch><executable cmd="{cmd}" name="t" output="screen" emulate_tty="true"/></launch>')
    assert running.end() == 0
    assert "[t] tty True" in running.lines


def test_closing_the_terminal_side_stops_the_launch(launch, alive, wait_until):
    running = launch(launch_file(actor("a"), actor("talks", "exit=0", respawn="true", respawn_delay=0.05)))
    pid = running.pid_of("a")
    running.process.stdout.close()
    wait_until(lambda: running.process.poll() is not None, "the launcher's end")
    assert not alive(pid)


def test_who_prints_without_end_does_not_keep_a_signal_waiting(launch, alive, wait_until, tmp_path):
    flood = f'<executable cmd="{sys.executable} -S {ACTOR} flood floods=1" name="flood" output="log"/>'
    running = launch(launch_file(actor("calm"), flood))
    pid = running.pid_of("calm")
    wait_until(
        lambda: sum(file.stat().st_size for file in (tmp_path / "log").glob("launch-*.log")) > 1_000_000, "a flood"
    )
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 128 + signal.SIGINT
    assert not alive(pid)

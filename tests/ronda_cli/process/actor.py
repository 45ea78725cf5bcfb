# SPDX-License-Identifier: Apache-2.0
"""A process of the launcher's tests: prints `NAME is PID`, then does what its arguments say.

actor.py NAME [ignore=2,15] [exit=N] [detach] [meets=FIFO] [after=FIFO] [floods=1]

Without `exit` it waits for a signal; `detach` starts `NAME-child`, in a session of its own, that waits too. Of two
actors with the same named pipe, the one that `meets` the other has printed its line when the one `after` it goes on.
"""

import os
import signal
import subprocess
import sys

name, *words = sys.argv[1:]
options = dict(word.partition("=")[::2] for word in words)
# The kernel's own reaction: an interpreter that first unwinds may take its time on a busy machine.
signal.signal(signal.SIGINT, signal.SIG_DFL)
for number in filter(None, options.get("ignore", "").split(",")):
    signal.signal(int(number), signal.SIG_IGN)
if "detach" in options:
    command = [sys.executable, "-S", __file__, f"{name}-child", "ignore=2,15"]
    child = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True)
    print(child.stdout.readline(), end="")
print(f"{name} is {os.getpid()}", flush=True)
print("a word on standard error", file=sys.stderr, flush=True)
# Opening a named pipe waits for its other end.
if "meets" in options:
    os.close(os.open(options["meets"], os.O_WRONLY))
if "after" in options:
    os.close(os.open(options["after"], os.O_RDONLY))
while "floods" in options:
    os.write(1, b"more and more\n" * 4000)
if "exit" in options:
    sys.exit(int(options["exit"]))
while True:
    signal.pause()

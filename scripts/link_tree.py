# SPDX-License-Identifier: Apache-2.0
"""Let an editable install use the tree's own launch files, worlds and nodes: share/ronda/* and lib/ronda/*.

A normal install (`pip install .`, `colcon build`) copies them; CMakeLists.txt says where to.
"""

import sys
from pathlib import Path

FOLDERS = ("launch", "config", "urdf", "worlds", "maps", "firmware")
STARTER = """#!/usr/bin/env python3
import signal
import sys

# Until the node takes over, Ctrl-C ends it without the traceback of an interrupted import.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from {module} import main

sys.exit(main())
"""

tree = Path(__file__).resolve().parent.parent
prefix = Path(sys.prefix)

share = prefix / "share" / "ronda"
share.mkdir(parents=True, exist_ok=True)
for folder in FOLDERS:
    link = share / folder
    if link.is_symlink() and link.readlink() == tree / folder:
        continue
    link.unlink(missing_ok=True)
    link.symlink_to(tree / folder)

starters = prefix / "lib" / "ronda"
starters.mkdir(parents=True, exist_ok=True)
wanted = {file.stem: f"{file.parent.name}.{file.stem}" for file in tree.glob("src/*/*_node.py")}
for starter in starters.iterdir():
    if starter.name not in wanted:
        starter.unlink()
for name, module in wanted.items():
    starter, text = starters / name, STARTER.format(module=module)
    if not starter.exists() or starter.read_text() != text:
        starter.write_text(text)
        starter.chmod(0o755)

# SPDX-License-Identifier: Apache-2.0
"""Print the requirements that pyproject.toml states, with those of the named extras, one a line."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
for requirement in project["dependencies"] + [r for e in sys.argv[1:] for r in project["optional-dependencies"][e]]:
    print(requirement)

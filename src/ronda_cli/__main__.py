# SPDX-License-Identifier: Apache-2.0
"""`python -m ronda_cli`."""

import sys

from ronda_cli.main import main

sys.exit(main())

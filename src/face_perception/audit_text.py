# SPDX-License-Identifier: Apache-2.0
"""Words of people about people in the audit log: the log outlives a person's deletion, so it must not name anybody."""

from __future__ import annotations

import re

_SHORTEST_PART = 3


def without_name(words: str, name: str) -> str:
    """Return ``words`` with the name, and each part of it of three or more letters, replaced by a dash."""
    if name.strip():
        words = re.sub(re.escape(name.strip()), "-", words, flags=re.IGNORECASE)
    parts = {part.casefold() for part in re.findall(r"\w+", name) if len(part) >= _SHORTEST_PART}
    return re.sub(r"\w+", lambda found: "-" if found[0].casefold() in parts else found[0], words)

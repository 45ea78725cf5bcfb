# SPDX-License-Identifier: Apache-2.0
"""How far two plates are apart."""

from __future__ import annotations


def edits(first: str, second: str) -> int:
    """Return the Levenshtein distance: the least number of characters to change, add or leave out."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]

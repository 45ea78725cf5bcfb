# SPDX-License-Identifier: Apache-2.0
"""Did you mean ...?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "did you mean 'X'?" for the most similar known word, or an empty text where none is similar."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else ""

# SPDX-License-Identifier: Apache-2.0
"""Read the one Hangul syllable of a Korean plate, which the line reader does not know.

The line reader shows the digits and drops the syllable or takes it for a Han character. Where its characters look like
a Korean plate (two or three digits, something or a gap, four digits), a small network of the package looks at what
stands between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from face_perception.runtime import Network
from parking_robot.errors import PlateError
from parking_robot.plates.formats import DIGITS
from parking_robot.plates.geometry import Picture
from parking_robot.plates.reader import Slot

SIDE = 48
BEFORE = (3, 2)
AFTER = 4
# A gap between two groups of digits that is narrower than this share of the line's height holds no syllable.
NARROWEST = 0.9
# What the reader makes of a syllable lies within this share of the line's height around its centre.
FARTHEST = 0.4
LEAST = 0.5
# Digits of Korean plates follow one another by half the line's height to two thirds; the line of a short plate, which
# is tall and narrow, by a quarter to a third. From NARROW on such a line is widened to USUAL for the network.
USUAL_PITCH = 0.55
NARROW_PITCH = 0.45


@dataclass(frozen=True, slots=True)
class Middle:
    """Where a syllable may stand: between the characters `before` and `after`; `place` is its centre (0 to 1)."""

    before: int
    after: int
    place: float


class SyllableReader:
    """The package's third network; its syllables are in the file's metadata."""

    def __init__(self, path: Path) -> None:
        """Raises PlateError when the file does not say which syllables it knows."""
        self._network = Network(path, "plate-syllable")
        known = self._network.metadata("syllables")
        if not known:
            raise PlateError(f"{path} has no 'syllables' metadata", hint="use the network that comes with the package")
        self.syllables = known

    def read(self, cut: Picture) -> dict[str, float]:
        """Return the probabilities of the syllables in a cut of a line (BGR or grey); what is missing to 1 is none."""
        grey = cut if cut.ndim == 2 else cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
        logits = self._network(evened(cv2.resize(grey, (SIDE, SIDE)))[None, None])[0][0]
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = np.argsort(-shares[:-1])[:6]
        return {self.syllables[i]: float(shares[i]) for i in best if shares[i] > 1e-4}

    def complete(self, line: Picture, read: Sequence[Slot], likely: bool = True) -> list[Slot]:
        """Return the characters with the syllable where a Korean plate has one; unchanged where there is none.

        A narrow line, as short plates have, is widened where Korea is ``likely``; elsewhere, narrow gaps hold seals.
        What the line reader saw in its place stays possible, as far as the network doubts.
        """
        slots, aspect = list(read), line.shape[1] / line.shape[0]
        wider = widening(slots, aspect) if likely else 1.0
        seen = [(self.read(cut_at(line, middle.place, wider)), middle) for middle in middles(slots, aspect * wider)]
        if not seen:
            return slots
        scores, middle = max(seen, key=lambda one: sum(one[0].values()))
        sure = sum(scores.values())
        if sure < LEAST:
            return slots
        for slot in slots[middle.before + 1 : middle.after]:
            scores |= {character: (1 - sure) * score for character, score in slot.scores.items()}
        return [*slots[: middle.before + 1], Slot(scores, middle.place), *slots[middle.after :]]


def middles(read: Sequence[Slot], aspect: float) -> list[Middle]:
    """Return where a Korean plate's syllable may stand among characters of a line `aspect` times as wide as high.

    None where the characters do not end with four digits after two or three, or leave no room between. A syllable that
    the line reader took for a digit counts too: it takes a clear 가 for a 7.
    """
    after = len(read) - AFTER
    if after < min(BEFORE) or not all(_is_digit(slot) for slot in read[after:]):
        return []
    found = []
    for between in (0, 1, 2):
        before = after - 1 - between
        if before + 1 not in BEFORE or not all(_is_digit(slot) for slot in read[: before + 1]):
            continue
        left, right = read[before].place, read[after].place
        place = read[after - 1].place if between == 1 else (left + right) / 2
        apart = max((abs(slot.place - place) for slot in read[before + 1 : after]), default=0.0)
        # A digit beside the syllable, however well it fits into the cut, is not a part of it.
        if (right - left) * aspect >= NARROWEST and apart * aspect <= FARTHEST:
            found.append(Middle(before, after, place))
    return found


def widening(read: Sequence[Slot], aspect: float) -> float:
    """Return by how much a line `aspect` times as wide as high must be widened for its last four characters' sake."""
    places = [slot.place * aspect for slot in read[-AFTER:]]
    if len(places) < AFTER:
        return 1.0
    pitch = float(np.median(np.diff(places)))
    return USUAL_PITCH / pitch if 0 < pitch < NARROW_PITCH else 1.0


def _is_digit(slot: Slot) -> bool:
    return any(slot.scores.get(digit, 0.0) >= 0.3 for digit in DIGITS)


def cut_at(line: Picture, place: float, wider: float = 1.0) -> Picture:
    """Return the square around `place` (0 left, 1 right) of a line of characters that is made `wider` before."""
    height, width = line.shape[:2]
    matrix = np.array([[wider, 0.0, height / 2 - place * width * wider], [0.0, 1.0, 0.0]])
    cut: Picture = cv2.warpAffine(line, matrix, (height, height), borderMode=cv2.BORDER_REPLICATE)
    return cut


def evened(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a grey picture with mean 0 and deviation 1, dark ink or light alike."""
    values = grey.astype(np.float32)
    return np.asarray((values - values.mean()) / max(float(values.std()), 4.0), dtype=np.float32)

# SPDX-License-Identifier: Apache-2.0
"""Read a line of characters with a CTC text network: for each character the scores of all that plates may carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_perception.runtime import Network
from parking_robot.errors import PlateError
from parking_robot.plates.alphabet import is_plate_character
from parking_robot.plates.geometry import Picture

HEIGHT = 48
LONGEST = 320


@dataclass(frozen=True, slots=True)
class Slot:
    """One character of the line: probabilities of the likely ones, and where it is (0 left, 1 right).

    ``lead``, of the first character only: the probabilities, small as they may be, of Han characters up to there.
    """

    scores: Mapping[str, float]
    place: float
    lead: Mapping[str, float] = field(default_factory=dict)

    @property
    def best(self) -> str:
        """The likeliest character."""
        return max(self.scores, key=lambda character: self.scores[character])


class LineReader:
    """A PaddleOCR recognition model; its characters are in the file's metadata."""

    def __init__(self, path: Path, alphabet: str = "") -> None:
        """Raises PlateError when the file does not say which characters it knows."""
        self._network = Network(path, "plate-reader")
        listed = self._network.metadata("character")
        if not listed:
            raise PlateError(f"{path} has no 'character' metadata", hint="use a text reader that lists its characters")
        known = ["", *listed.split("\n")]
        groups: dict[str, list[int]] = {}
        for index, character in enumerate(known):
            # Lower case is read as upper case: plates have one case.
            upper = character.upper()
            if len(upper) == 1 and is_plate_character(upper) and (upper.isascii() or not alphabet or upper in alphabet):
                groups.setdefault(upper, []).append(index)
        self.characters = tuple(groups)
        self._columns = np.array([groups[c][0] for c in self.characters])
        # Of a reader that is not told which characters plates carry, none is looked for that it does not show.
        self._han = tuple(place for place, c in enumerate(self.characters) if alphabet and not c.isascii())
        self._also = [(place, i) for place, c in enumerate(self.characters) for i in groups[c][1:]]

    def read(self, line: Picture) -> list[Slot]:
        """Return the characters of a straight line of text (BGR, 48 pixels high), from left to right."""
        tensor = np.ascontiguousarray(line.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(127.5) - np.float32(
            1
        )
        frames = self._network(tensor)[0][0]
        scores = frames[:, self._columns]
        for place, index in self._also:
            scores[:, place] += frames[:, index]
        return slots(scores, self.characters, han=self._han)


def slots(
    scores: NDArray[np.float32], characters: tuple[str, ...], least: float = 0.12, han: Sequence[int] = ()
) -> list[Slot]:
    """Collapse frames (time, characters) into characters, as CTC does: a run of one likeliest character is one.

    Frames in which no character reaches ``least`` part the runs. What remains of probability in a frame is the blank's.
    ``han`` are the characters (their places among all) whose probabilities become the first one's ``lead``.
    """
    result: list[Slot] = []
    best, top = scores.argmax(axis=1), scores.max(axis=1)
    frame = 0
    while frame < len(scores):
        if top[frame] < least:
            frame += 1
            continue
        end = frame + 1
        while end < len(scores) and top[end] >= least and best[end] == best[frame]:
            end += 1
        peak = scores[frame:end].max(axis=0)
        likely = np.argsort(-peak)[:8]
        found = {characters[i]: float(peak[i]) for i in likely if peak[i] > 1e-4}
        # A blank hides a Han character that the reader doubts; which one it would be shows in what is left of it.
        hidden = [] if result else [(characters[i], float(scores[:end, i].max())) for i in han]
        result.append(Slot(found, (frame + end) / 2 / len(scores), dict(hidden)))
        frame = end
    return result

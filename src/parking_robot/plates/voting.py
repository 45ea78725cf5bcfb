# SPDX-License-Identifier: Apache-2.0
"""Several frames of one passage vote: the plate of the passage, or none if too few frames agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from parking_robot.plates.alphabet import fold
from parking_robot.plates.decoding import Decoded

# What mud or a tow bar leaves of a plate is one to three characters, and no country's format fits them.
LEAST_UNFORMATTED = 4


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome: ``confidence`` is the winner's share of all weight, ``agreeing`` the frames that said exactly it."""

    text: str
    region: str
    rule: str
    confidence: float
    frames: int
    agreeing: int
    candidates: tuple[str, ...]


def vote(frames: Sequence[Decoded], least_agreeing: int = 2) -> Vote:
    """Return the plate that the frames of one passage give; an empty text where too few agree.

    Frames are grouped by folded key (look-alikes count together); within the winning group each place is decided by the
    characters' confidences. A frame weighs as much as its confidence, so blurred ones cannot outvote sharp ones. Scraps
    that fit no format do not count: a stay under a few characters would be nobody's.
    """
    read = [frame for frame in frames if frame.region or len(frame.text) >= LEAST_UNFORMATTED]
    groups: dict[str, list[Decoded]] = defaultdict(list)
    for frame in read:
        groups[fold(frame.text)].append(frame)
    weights = {key: sum(frame.confidence for frame in group) for key, group in groups.items()}
    ranked = sorted(groups, key=lambda key: (-weights[key], key))
    total = sum(weights.values())
    if not ranked or len(groups[ranked[0]]) < least_agreeing or total <= 0:
        seen = tuple(dict.fromkeys(groups[key][0].text for key in ranked))
        return Vote("", "", "", 0.0, len(frames), 0, seen)
    winner = groups[ranked[0]]
    text = "".join(_place(winner, index) for index in range(len(winner[0].text)))
    like = max(winner, key=lambda frame: (frame.text == text, frame.confidence))
    others = tuple(dict.fromkeys(f.text for key in ranked for f in groups[key] if f.text != text))
    agreeing = sum(frame.text == text for frame in read)
    return Vote(text, like.region, like.rule, weights[ranked[0]] / total, len(frames), agreeing, others[:5])


def _place(group: Sequence[Decoded], index: int) -> str:
    weight: dict[str, float] = defaultdict(float)
    for frame in group:
        weight[frame.text[index]] += frame.confidence * frame.characters[index].confidence
    return max(sorted(weight), key=lambda character: weight[character])

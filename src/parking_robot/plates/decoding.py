# SPDX-License-Identifier: Apache-2.0
"""From the reader's scores to a plate: country formats decide between look-alikes, and the applied rule is named.

For each format the best assignment of the read characters is scored in log probability; up to two characters at either
end may be dropped (a country band, a frame, a screw read as a letter), or one in between (a seal, a sticker). No format
at all is a hypothesis too, so that a plate that fits nothing is returned as it was read.

A Han character that must stand first (the province of Chinese plates) may be there though the reader shows none, or a
letter instead: it is then the likeliest of the format's, by what the reader thought of them alone. Only a country that
is likelier than all others together is asked: six letters and digits of any other would fit as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from parking_robot.plates.alphabet import LOOKALIKES
from parking_robot.plates.formats import Country, PlateFormat
from parking_robot.plates.reader import Slot

# Log costs, chosen on a labelled development set of 140 real photographs that is not part of the project; the figures
# in docs/parking.md are of the same pictures.
DROP_BASE = 1.0
DROP_SCORE = 2.0
DROP_BETWEEN = 3.5
UNFORMATTED = 5.0
# Hardly any plate has more characters: what is beyond them is a country band or a sticker.
USUAL_LENGTH = 7
BEYOND = 2.0
# A Han character that the reader does not show: true of a third of the Chinese plates that training/plates draws.
HIDDEN = 1.0
FLOOR = 1e-5
MOST_DROPPED = 2


@dataclass(frozen=True, slots=True)
class Character:
    """One character with its confidence and the other candidates, best first (confidences sum to at most 1)."""

    text: str
    confidence: float
    others: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A plate: ``region`` is the country of the format (empty: none fitted), ``rule`` says what the format changed."""

    text: str
    region: str
    rule: str
    confidence: float
    characters: tuple[Character, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    score: float
    text: str
    format: PlateFormat | None
    kept: tuple[int, ...]
    line: _Line


def decode(read: Sequence[Slot], countries: Mapping[str, Country], priors: Mapping[str, float]) -> Decoded:
    """Return the likeliest plate for the characters ``read``; ``priors`` are the probabilities of the countries."""
    line = _Line(read, [smoothed(slot.scores) for slot in read], [slot.best for slot in read])
    hypotheses = [_plain(line, kept) for kept in _cuts(len(read))]
    hidden: list[_Hypothesis] = []
    all_priors = sum(priors.values())
    for code, prior in priors.items():
        if prior <= 0 or code not in countries:
            continue
        for plate_format in countries[code].formats:
            share = math.log(prior * plate_format.share)
            hypotheses += _fit(line, plate_format, share)
            if prior > all_priors / 2:
                for other in line.with_lead(plate_format.slots[0]):
                    hidden += _fit(other, plate_format, share + other.cost)
    if not hypotheses:
        return Decoded("", "", "", 0.0, (), ())
    best = max(hypotheses, key=lambda hypothesis: hypothesis.score)
    # What does not win leaves the confidence of the others alone.
    if any(hypothesis.score > best.score for hypothesis in hidden):
        hypotheses += hidden
    hypotheses.sort(key=lambda hypothesis: -hypothesis.score)
    best = hypotheses[0]
    by_text: dict[str, float] = {}
    for hypothesis in hypotheses:
        by_text[hypothesis.text] = by_text.get(hypothesis.text, 0.0) + math.exp(hypothesis.score - best.score)
    total = sum(by_text.values())
    ranked = sorted(by_text, key=lambda text: -by_text[text])
    used = [best.line.smooth[place] for place in best.kept]
    characters = tuple(_character(text, scores) for text, scores in zip(best.text, used, strict=True))
    certain = min((character.confidence for character in characters), default=0.0)
    return Decoded(
        best.text,
        best.format.country if best.format else "",
        _rule(best),
        certain * by_text[best.text] / total,
        characters,
        tuple(text for text in ranked[:5] if text != best.text),
    )


def smoothed(scores: Mapping[str, float]) -> dict[str, float]:
    """Return the scores with a share given to each look-alike of what was read."""
    result = dict(scores)
    for character, score in scores.items():
        for pair, share in LOOKALIKES.items():
            if character in pair:
                (other,) = pair - {character}
                result[other] = max(result.get(other, 0.0), score * share)
    return result


@cache
def _cuts(length: int) -> tuple[tuple[int, ...], ...]:
    """Return which places may be kept of so many read characters."""
    ends = [
        tuple(range(first, last))
        for first in range(min(MOST_DROPPED, length - 1) + 1)
        for last in range(length, max(first, length - MOST_DROPPED - 1), -1)
    ]
    whole = tuple(range(length))
    return (*ends, *(whole[:place] + whole[place + 1 :] for place in range(2, length - 2)))


def _dropped(read: Sequence[Slot], kept: Sequence[int]) -> float:
    cost = 0.0
    for place in set(range(len(read))) - set(kept):
        score = max(read[place].scores.values())
        # A clear character between others is hardly ever a seal.
        cost += DROP_BASE + (DROP_SCORE if not kept[0] < place < kept[-1] else DROP_BETWEEN) * score
    return -cost


def _plain(line: _Line, kept: tuple[int, ...]) -> _Hypothesis:
    text = "".join(line.read[place].best for place in kept)
    score = sum(math.log(max(line.smooth[place][line.read[place].best], FLOOR)) for place in kept)
    unlikely = UNFORMATTED + BEYOND * max(0, len(kept) - USUAL_LENGTH)
    return _Hypothesis(score - unlikely + _dropped(line.read, kept), text, None, kept, line)


class _Line:
    """What was read, with what most formats ask of it: the best of a class at a place, the cost of what is dropped.

    ``cost`` is added to what it scores, ``shown`` is what the reader showed at each place.
    """

    def __init__(
        self, read: Sequence[Slot], smooth: Sequence[Mapping[str, float]], shown: Sequence[str], cost: float = 0.0
    ) -> None:
        self.read, self.smooth, self.shown, self.cost = read, smooth, shown, cost
        self.cuts: dict[int, list[tuple[tuple[int, ...], float]]] = {}
        for kept in _cuts(len(read)):
            self.cuts.setdefault(len(kept), []).append((kept, _dropped(read, kept)))
        self._known: dict[tuple[int, frozenset[str]], tuple[float, str] | None] = {}
        self._with_lead: dict[frozenset[str], tuple[_Line, ...]] = {}

    def best(self, place: int, allowed: frozenset[str]) -> tuple[float, str] | None:
        """Return the log score and the character, None where none of them was seen."""
        key = (place, allowed)
        if key not in self._known:
            fitting = [(value, character) for character, value in self.smooth[place].items() if character in allowed]
            value, character = max(fitting, default=(0.0, ""))
            self._known[key] = (math.log(max(value, FLOOR)), character) if character else None
        return self._known[key]

    def with_lead(self, allowed: frozenset[str]) -> tuple[_Line, ...]:
        """Return the line with a hidden Han character before the first character, and with one in its place.

        Nothing where more than Han characters are ``allowed`` there, or the reader shows one.
        """
        if allowed not in self._with_lead:
            self._with_lead[allowed] = tuple(self._led(allowed))
        return self._with_lead[allowed]

    def _led(self, allowed: frozenset[str]) -> Iterator[_Line]:
        if not self.read or not self.read[0].best.isascii():
            return
        first = self.read[0]
        seen = {character: score for character, score in first.lead.items() if character in allowed}
        total = sum(seen.values())
        if not seen or total <= 0 or any(character.isascii() for character in allowed):
            return
        scores = {character: score / total for character, score in seen.items()}
        lead = Slot(scores, 0.0)
        yield _Line([lead, *self.read], [scores, *self.smooth], ["nothing", *self.shown], -HIDDEN)
        misread = -HIDDEN - DROP_SCORE * max(first.scores.values())
        yield _Line([lead, *self.read[1:]], [scores, *self.smooth[1:]], self.shown, misread)


def _fit(line: _Line, plate_format: PlateFormat, prior: float) -> list[_Hypothesis]:
    result = []
    for kept, dropped in line.cuts.get(len(plate_format.slots), ()):
        score, text = prior + dropped, ""
        for place, allowed in zip(kept, plate_format.slots, strict=True):
            found = line.best(place, allowed)
            if found is None:
                break
            score += found[0]
            text += found[1]
        else:
            result.append(_Hypothesis(score, text, plate_format, kept, line))
    return result


def _character(text: str, scores: Mapping[str, float]) -> Character:
    total = max(1.0, sum(scores.values()))
    others = sorted(((c, v / total) for c, v in scores.items() if c != text), key=lambda item: -item[1])
    return Character(text, scores[text] / total, tuple(others[:4]))


def _rule(best: _Hypothesis) -> str:
    if best.format is None:
        return ""
    shown = [best.line.shown[place] for place in best.kept]
    changes = [
        f"place {place} {seen}->{text}"
        for place, (text, seen) in enumerate(zip(best.text, shown, strict=True), 1)
        if seen != text
    ]
    left_out = "".join(seen for place, seen in enumerate(best.line.shown) if place not in best.kept)
    if left_out:
        changes.append(f"dropped {left_out}")
    return best.format.label + (": " + ", ".join(changes) if changes else "")

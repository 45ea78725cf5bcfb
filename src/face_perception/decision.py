# SPDX-License-Identifier: Apache-2.0
"""Decide per track, never per frame: views vote with their quality, and the fused template must pass the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from face_perception.index import Hit
from face_perception.tracker import Track


class Outcome(Enum):
    """What is known about a track."""

    WAITING = "too few or too poor views"
    UNKNOWN = "nobody on the lists"
    AMBIGUOUS = "two people on the lists are equally near"
    MATCH = "one person on the lists"


@dataclass(frozen=True, slots=True)
class DecisionRules:
    """``min_views`` views of ``min_view_quality`` or better must exist and weigh ``min_weight`` together;
    ``min_share`` of the voting weight must be for the person; the runner-up must stay ``min_margin`` below.
    A view votes when its own score lies at most ``vote_slack`` below the threshold (single views are noisier).
    Margin and slack are shares of the recogniser's spread (:attr:`Calibration.spread`)."""

    min_views: int = 2
    min_view_quality: float = 0.1
    min_weight: float = 0.5
    min_share: float = 0.6
    min_margin: float = 0.14
    vote_slack: float = 0.35


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a track; ``person_id`` is empty unless the outcome is MATCH or AMBIGUOUS."""

    outcome: Outcome
    person_id: str = ""
    score: float = 0.0
    threshold: float = 0.0
    quality: float = 0.0
    votes: int = 0
    views: int = 0


def decide(
    track: Track, fused_hits: Sequence[Hit], view_hits: Sequence[Sequence[Hit]], rules: DecisionRules, spread: float
) -> Verdict:
    """Return the verdict on a track.

    :param fused_hits: the nearest people to the track's fused template, best first (two are enough)
    :param view_hits: for each of the track's views the nearest people, best first
    :param spread: of the recogniser's cosines
    """
    good = [
        (view, hits)
        for view, hits in zip(track.views, view_hits, strict=True)
        if view.quality >= rules.min_view_quality
    ]
    weight = sum(view.quality for view, _ in good)
    quality = max((view.quality for view, _ in good), default=0.0)
    if len(good) < rules.min_views or weight < rules.min_weight:
        return Verdict(Outcome.WAITING, views=len(good), quality=quality)
    if not fused_hits:
        return Verdict(Outcome.UNKNOWN, views=len(good), quality=quality)
    best = fused_hits[0]
    voters = [
        view
        for view, hits in good
        if hits and hits[0].person_id == best.person_id and hits[0].score >= best.threshold - rules.vote_slack * spread
    ]
    share = sum(view.quality for view in voters) / weight
    enough = best.score >= best.threshold and len(voters) >= rules.min_views and share >= rules.min_share
    if not enough:
        return Verdict(Outcome.UNKNOWN, "", best.score, best.threshold, quality, len(voters), len(good))
    runner_up = fused_hits[1].score if len(fused_hits) > 1 else -1.0
    outcome = Outcome.MATCH if best.score - runner_up >= rules.min_margin * spread else Outcome.AMBIGUOUS
    return Verdict(outcome, best.person_id, best.score, best.threshold, quality, len(voters), len(good))

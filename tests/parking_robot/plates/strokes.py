# SPDX-License-Identifier: Apache-2.0
"""Hangul syllables drawn from straight strokes, for tests: no typeface that the networks were trained with."""

import cv2
import numpy as np

# Strokes in a unit square, y down: consonants fill the square that they are given, vowels the whole syllable.
CONSONANTS = {
    "ㄱ": [[(0, 0.1), (1, 0.1), (0.85, 1)]],
    "ㄴ": [[(0.1, 0), (0.1, 0.9), (1, 0.9)]],
    "ㄷ": [[(1, 0.1), (0.1, 0.1), (0.1, 0.9), (1, 0.9)]],
    "ㅁ": [[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1)]],
}
UPRIGHT = {"ㅏ": 1, "ㅓ": -1}
LYING = {"ㅗ": -1, "ㅜ": 1}
SYLLABLES = {
    "가": "ㄱㅏ", "거": "ㄱㅓ", "고": "ㄱㅗ", "구": "ㄱㅜ", "나": "ㄴㅏ", "너": "ㄴㅓ", "노": "ㄴㅗ", "누": "ㄴㅜ",
    "다": "ㄷㅏ", "더": "ㄷㅓ", "도": "ㄷㅗ", "두": "ㄷㅜ", "마": "ㅁㅏ", "머": "ㅁㅓ", "모": "ㅁㅗ", "무": "ㅁㅜ",
}  # fmt: skip


def syllable(character: str, tall: int = 84, thick: int = 11) -> np.ndarray:
    """Return the ink (0 to 255) of one syllable in a square of `tall` pixels."""
    consonant, vowel = SYLLABLES[character]
    lines = []
    if vowel in UPRIGHT:
        lines += [[(0.5 * x, 0.1 + 0.65 * y) for x, y in stroke] for stroke in CONSONANTS[consonant]]
        stem = 0.75 if UPRIGHT[vowel] > 0 else 0.9
        tick = stem + 0.22 * UPRIGHT[vowel]
        lines += [[(stem, 0), (stem, 1)], [(stem, 0.45), (tick, 0.45)]]
    else:
        top = 0.0
        lines += [[(0.15 + 0.7 * x, top + 0.48 * y) for x, y in stroke] for stroke in CONSONANTS[consonant]]
        bar = 0.9 if LYING[vowel] < 0 else 0.66
        lines += [[(0, bar), (1, bar)], [(0.5, bar), (0.5, bar + 0.3 * LYING[vowel])]]
    ink = np.zeros((tall, tall), np.uint8)
    room = tall - thick - 1
    for stroke in lines:
        points = (np.array(stroke) * room + thick / 2).round().astype(np.int32)
        cv2.polylines(ink, [points], False, 255, thick, cv2.LINE_AA)
    return ink

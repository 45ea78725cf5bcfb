# SPDX-License-Identifier: Apache-2.0
"""Hangul syllables and Han characters drawn from straight strokes, for tests: no typeface that training knows."""

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
HAN = {
    "甘": [[(0.25, 0), (0.25, 1)], [(0.75, 0), (0.75, 1)], [(0, 0.25), (1, 0.25)], [(0.25, 0.6), (0.75, 0.6)],
          [(0.25, 0.97), (0.75, 0.97)]],
    "吉": [[(0, 0.17), (1, 0.17)], [(0.5, 0), (0.5, 0.43)], [(0.15, 0.43), (0.85, 0.43)],
          [(0.15, 0.62), (0.85, 0.62), (0.85, 1), (0.15, 1), (0.15, 0.62)]],
}  # fmt: skip


STROKES = frozenset(SYLLABLES) | frozenset(HAN)


def drawn(character: str, tall: int = 84, thick: int = 11) -> np.ndarray:
    """Return the ink (0 to 255) of one of `STROKES` in a square of `tall` pixels."""
    ink = np.zeros((tall, tall), np.uint8)
    room = tall - thick - 1
    for stroke in HAN.get(character) or syllable(character):
        points = (np.array(stroke) * room + thick / 2).round().astype(np.int32)
        cv2.polylines(ink, [points], False, 255, thick, cv2.LINE_AA)
    return ink


def syllable(character: str) -> list[list[tuple[float, float]]]:
    """Return the strokes of one syllable in a unit square."""
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
    return lines

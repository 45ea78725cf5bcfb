# SPDX-License-Identifier: Apache-2.0
"""Draw what stands between the digits of a Korean plate: a syllable, or something that is none.

A sample is a grey picture of `SIDE` x `SIDE` pixels, as `parking_robot.plates.syllable` cuts it from a straightened
line of characters: the line's height fills the square, parts of the neighbouring digits may show at its sides.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from parking_robot.plates.formats import DIGITS, LETTERS, builtin_formats
from parking_robot.plates.syllable import SIDE, evened
from training.plates.fonts import HAN_FACES, PLATE_FACES, collected, faces, font

# Debian packages: fonts-nanum fonts-nanum-extra fonts-unfonts-core fonts-unfonts-extra fonts-alee fonts-noto-cjk
LEARNT = (
    "nanum/NanumGothicBold", "nanum/NanumGothicExtraBold", "nanum/NanumGothic", "nanum/NanumSquareB",
    "nanum/NanumSquareEB", "nanum/NanumSquareR", "nanum/NanumSquareRoundB", "nanum/NanumSquareRoundEB",
    "nanum/NanumSquareRoundR", "nanum/NanumBarunGothicBold", "nanum/NanumBarunGothic", "nanum/NanumMyeongjoExtraBold",
    "nanum/NanumMyeongjoBold", "nanum/NanumGothicCodingBold", "nanum/NanumBarunpenB", "unfonts-core/UnDotum",
    "unfonts-core/UnDotumBold", "unfonts-core/UnBatangBold", "unfonts-core/UnDinaruBold", "unfonts-extra/UnShinmun",
    "unfonts-extra/UnVada", "alee/Bandal", "alee/Bangwool", "noto/NotoSerifCJK-Bold",
)  # fmt: skip
# Families that training does not see; `fonts-baekmuk`, and two of the above packages.
KEPT_APART = (
    "baekmuk/dotum", "baekmuk/gulim", "baekmuk/hline", "noto/NotoSansCJK-Bold", "unfonts-core/UnGraphicBold",
)  # fmt: skip
# Those of Chinese plates, in an order of their own: the order is part of what the seed fixes.
HAN = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
TALL = 96


@lru_cache
def alphabet() -> str:
    """The syllables of Korean plates, in the order of the network's outputs."""
    return "".join(
        sorted({c for form in builtin_formats()["KR"].formats for slot in form.slots for c in slot if c >= "가"})
    )


def hangul_faces(names: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the font files of `names`; all must be installed."""
    found = faces(names)
    if len(found) < len(names):
        raise SystemExit(f"only {len(found)} of {len(names)} typefaces are installed: see training/README.md")
    return found


@lru_cache(maxsize=8192)
def mask(path: Path, character: str) -> np.ndarray:
    """Return the ink of one character, `TALL` pixels high, of its own width."""
    face = font(path, round(TALL * 1.35), collected(path, character))
    left, top, right, bottom = face.getbbox(character)
    sheet = Image.new("L", (max(2, right - left), max(2, bottom - top)), 0)
    ImageDraw.Draw(sheet).text((-left, -top), character, 255, face)
    ink = np.asarray(sheet)
    return cv2.resize(ink, (max(2, ink.shape[1] * TALL // ink.shape[0]), TALL), interpolation=cv2.INTER_AREA)


def sample(rng: random.Random, hangul: tuple[Path, ...], *, none: bool = False) -> tuple[np.ndarray, int]:
    """Return a picture (float32, evened out) and its class: the syllable's place in `alphabet()`, or their number."""
    syllables = alphabet()
    latin = faces(PLATE_FACES)
    if none:
        label = len(syllables)
        kind = rng.choice(("letter", "digit", "han", "gap", "edge"))
        character = {"letter": rng.choice(LETTERS), "digit": rng.choice(DIGITS), "han": rng.choice(HAN)}.get(kind, "")
        face = rng.choice(faces(HAN_FACES)) if kind == "han" else rng.choice(latin)
    else:
        kind, label = "syllable", rng.randrange(len(syllables))
        character, face = syllables[label], rng.choice(hangul)
    line = np.zeros((TALL, 4 * TALL), np.float32)
    middle = 2 * TALL
    room = TALL * rng.uniform(0.55, 0.95)
    if character:
        ink = mask(face, character)
        share = rng.uniform(0.62, 1.0) if kind in ("syllable", "han") else rng.uniform(0.85, 1.0)
        high = max(8, round(TALL * share))
        wide = max(4, round(ink.shape[1] * share * rng.uniform(0.75, 1.2)))
        top = round((TALL - high) * rng.uniform(0.2, 0.9))
        line[top : top + high, middle - wide // 2 : middle - wide // 2 + wide] = cv2.resize(ink, (wide, high))
        room = wide + TALL * rng.uniform(0.05, 0.35) * 2
    elif kind == "edge":
        # The cut fell between two digits that stand close.
        room = TALL * rng.uniform(0.05, 0.3)
    digits = rng.choice(latin)
    for side in (-1, 1):
        ink = mask(digits, rng.choice(DIGITS))
        wide = max(4, round(ink.shape[1] * rng.uniform(0.8, 1.1)))
        start = round(middle - room / 2 - wide if side < 0 else middle + room / 2)
        if start < 0 or start + wide > line.shape[1]:
            continue
        line[:, start : start + wide] = np.maximum(line[:, start : start + wide], cv2.resize(ink, (wide, TALL)))
    return seen(rng, line), label


def seen(rng: random.Random, ink: np.ndarray) -> np.ndarray:
    """Cut the middle of a line of ink as a camera and the straightening would show it."""
    random_state = np.random.default_rng(rng.getrandbits(32))
    # What the straightened line holds: the characters with a margin, sheared and shifted by wrong corners.
    scale = SIDE / (TALL * rng.uniform(0.95, 1.35))
    across = scale * rng.uniform(0.7, 1.15)
    shear, turn = rng.uniform(-0.15, 0.15), rng.uniform(-0.05, 0.05)
    matrix = np.array([[across, shear * scale, 0.0], [turn * across, scale, 0.0]])
    centre = matrix[:, :2] @ np.array([ink.shape[1] / 2, TALL / 2])
    matrix[:, 2] = (SIDE / 2 + SIDE * rng.uniform(-0.16, 0.16), SIDE / 2 + SIDE * rng.uniform(-0.1, 0.1)) - centre
    cut = cv2.warpAffine(ink, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA) / 255.0
    tall = rng.uniform(9, 40)
    small = max(6, round(tall * SIDE / (TALL * scale)))
    cut = cv2.resize(cut, (small, small), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        cut = cv2.GaussianBlur(cut, (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < 0.15:
        kernel = np.zeros((3, 3), np.float32)
        kernel[1 if rng.random() < 0.7 else slice(None), :] = 1
        cut = cv2.filter2D(cut, -1, kernel / kernel.sum())
    dark, light = rng.uniform(0, 90), rng.uniform(120, 255)
    if rng.random() < 0.25:
        dark, light = light, dark
    grey = light + (dark - light) * cut
    if rng.random() < 0.3:
        ramp = np.linspace(rng.uniform(0.5, 1.0), rng.uniform(0.5, 1.0), small)
        grey = grey * (ramp[None, :] if rng.random() < 0.5 else ramp[:, None])
    grey = grey + random_state.normal(0, rng.uniform(0, 8), grey.shape)
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(30, 95)])[1]
        grey = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return evened(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))

# SPDX-License-Identifier: Apache-2.0
"""Measure the whole chain on drawn Chinese plates: blue ones, green ones of eight characters, ones with a Han ending.

    PYTHONPATH=src:. python -m training.plates.measure_chinese --count 300 --photographs photos/x

The plates are those of `drawing.py` in the proportions and colours of Chinese plates: Han characters in one of the
typefaces `HAN`, of which training saw the last only, the rest in typefaces of the training. They stand in perspective,
90 to 220 pixels wide, over the photographs that training/README.md names (without `--photographs`: on a plain noisy
ground). Every province is drawn as often as any other (but 粤 alone with 港 and 澳). Each picture is read twice: with
nothing told, and with `countries: {CN: 1}`; the figures by typeface are of all kinds, told. Needs the environment of
Ronda and the packages fonts-noto-cjk and fonts-wqy-microhei.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from parking_robot.plates.chain import PlateChain, load_settings
from training.plates import drawing
from training.plates.drawing import Drawn, Look
from training.plates.fonts import faces
from training.plates.measuring import Seen, figures, scene, seen
from training.plates.photographs import load

HAN = ("noto/NotoSansCJK-Bold", "noto/NotoSansCJK-Regular", "noto/NotoSerifCJK-Bold", "wqy/wqy-microhei")
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
TOLD = {"untold": None, "told": {"CN": 1.0}}


def province_right(row: Seen) -> bool:
    return row.text[:1] == row.plate[0]


def rest_right(row: Seen) -> bool:
    """Return whether all but the province is right, be the province wrong or missing."""
    rest = row.text if row.text[:1].isascii() else row.text[1:]
    return rest == row.plate[1:]


RIGHT = {"province_right": province_right, "rest_right": rest_right}


def serial(rng: random.Random, length: int = 5) -> str:
    """Return so many characters: at most two letters, more often fewer."""
    characters = [rng.choice(DIGITS) for _ in range(length)]
    for place in rng.sample(range(length), rng.choice((0, 1, 1, 2))):
        characters[place] = rng.choice(LETTERS)
    return "".join(characters)


def electric_serial(rng: random.Random) -> str:
    """Return six characters of a green plate: those of small cars begin with the drive's letter, large ones end so."""
    if rng.random() < 0.15:
        return "".join(rng.choice(DIGITS) for _ in range(5)) + rng.choice("DF")
    first = rng.choice("DDDFFABCEGHJK")
    return first + rng.choice(DIGITS * 3 + LETTERS) + "".join(rng.choice(DIGITS) for _ in range(4))


def blue(rng: random.Random, province: str) -> tuple[str, Look]:
    back = (rng.randint(0, 40), rng.randint(40, 90), rng.randint(140, 210))
    look = Look(440 / 140, back, light(rng), gap_at=2, ornament="dot", han_width=rng.uniform(0.5, 0.65))
    return province + rng.choice(LETTERS) + serial(rng), look


def green(rng: random.Random, province: str) -> tuple[str, Look]:
    back = (rng.randint(205, 245), rng.randint(230, 250), rng.randint(210, 240))
    low = (rng.randint(60, 130), rng.randint(180, 215), rng.randint(100, 150))
    look = Look(480 / 140, back, dark(rng), fade=low, gap_at=2, ornament="ring", han_width=rng.uniform(0.48, 0.6))
    return province + rng.choice(LETTERS) + electric_serial(rng), look


def ending(rng: random.Random, province: str) -> tuple[str, Look]:
    """A learner's plate (yellow), police (white), a car of Hong Kong or Macau (black)."""
    end = rng.choice("学警港澳")
    start = "粤Z" if end in "港澳" else province + rng.choice(LETTERS)
    yellow = (rng.randint(215, 250), rng.randint(170, 200), rng.randint(0, 50))
    back, ink = {"学": (yellow, dark(rng)), "警": (light(rng), dark(rng))}.get(end, (dark(rng), light(rng)))
    look = Look(440 / 140, back, ink, gap_at=2, ornament="dot", han_width=rng.uniform(0.5, 0.65))
    return start + serial(rng, 4) + end, look


def dark(rng: random.Random) -> tuple[int, int, int]:
    return (rng.randint(0, 40),) * 3


def light(rng: random.Random) -> tuple[int, int, int]:
    return (rng.randint(215, 255),) * 3


KINDS = {"blue": blue, "green": green, "ending": ending}


def plate(rng: random.Random, kind: str, number: int) -> tuple[Drawn, str]:
    """Return a drawn plate with one province after the other, and its Han typeface."""
    face = rng.choice(HAN)
    drawing.HAN_FACES = (face,)
    characters, look = KINDS[kind](rng, PROVINCES[number % len(PROVINCES)])
    return drawing.draw(rng, "CN", characters, look), face


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="plates of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--photographs", type=Path)
    options = parser.parse_args()
    if len(faces(HAN)) < len(HAN):
        raise SystemExit(f"only {len(faces(HAN))} of {len(HAN)} typefaces are installed: see training/README.md")
    photographs = load(options.photographs) if options.photographs else ()
    chain = PlateChain(load_settings())
    rows: dict[str, list[Seen]] = {}
    for kind in KINDS:
        rng = random.Random(f"{options.seed} {kind}")
        for number in range(options.count):
            drawn, face = plate(rng, kind, number)
            picture, placed = scene(rng, drawn, photographs)
            for told, countries in TOLD.items():
                row = seen(chain.read(picture, countries), placed)
                rows.setdefault(f"{kind}, {told}", []).append(row)
            rows.setdefault(face, []).append(row)
    print(json.dumps({name: figures(rows[name], RIGHT) for name in rows}, indent=2))


if __name__ == "__main__":
    main()

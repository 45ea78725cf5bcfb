# SPDX-License-Identifier: Apache-2.0
"""Draw one number plate, flat: background, characters, everything else that real plates carry.

A plate is drawn 112 px high with a margin around it (frame, dealer text), in BGR. `Drawn.plate` and `Drawn.text` are
the corner points (4x2, clockwise from the top left) of the plate and of the line of its registration characters.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from parking_robot.plates.formats import DIGITS, LETTERS, builtin_formats
from training.plates.fonts import HAN_FACES, HANGUL_FACES, OTHER_FACES, PLATE_FACES, collected, faces, font

HEIGHT = 112
MARGIN = 26
REGIONS = ("US", "EU", "BR", "CN", "KR")
STATES = (
    "California", "TEXAS", "MISSOURI", "Illinois", "ARIZONA", "Florida", "NEW YORK", "OHIO", "GEORGIA", "Nevada",
    "WASHINGTON", "Oregon", "MICHIGAN", "Virginia", "IDAHO", "UTAH", "COLORADO", "KANSAS", "Alabama", "MAINE",
)  # fmt: skip
SLOGANS = ("THE LONE STAR STATE", "SHOW ME STATE", "Land of Lincoln", "GRAND CANYON STATE", "GREAT LAKES", "dmv.ca.gov")
DEALERS = (
    "AUTO MOBIL",
    "FORD CITY",
    "SERVICE CENTER",
    "Toyota of Linn",
    "MOTORS",
    "HONDA",
    "RACING TEAM",
    "SUPER CARS",
)


@dataclass(frozen=True)
class Drawn:
    picture: np.ndarray
    plate: np.ndarray
    text: np.ndarray
    characters: str
    region: str


@dataclass(frozen=True)
class Look:
    """What does not follow from the characters: width by height, colours of ground and ink, and what a kind prescribes.

    ``fade`` is the ground's colour at the lower edge, ``gap_at`` the character that a gap stands before, ``ornament``
    what is in the gap, ``han_width`` the width of a Han character by its height. None or empty: by chance, or natural.
    """

    aspect: float
    back: tuple[int, int, int]
    ink: tuple[int, int, int]
    fade: tuple[int, int, int] | None = None
    gap_at: int | None = None
    ornament: str = ""
    han_width: float | None = None


def draw_plate(rng: random.Random, region: str | None = None) -> Drawn:
    """Return a drawn plate of a random (or the named) region."""
    region = region or rng.choices(REGIONS, (36, 34, 12, 9, 9))[0]
    characters = registration(rng, region)
    aspect = {
        "US": rng.uniform(1.9, 2.15), "EU": rng.uniform(4.2, 4.8), "BR": rng.uniform(2.9, 3.3),
        "CN": rng.uniform(3.0, 3.3), "KR": rng.choice((rng.uniform(4.4, 4.8), rng.uniform(1.9, 2.2), 3.0)),
    }[region]  # fmt: skip
    return draw(rng, region, characters, Look(aspect, *colours(rng, region)))


def draw(rng: random.Random, region: str, characters: str, look: Look) -> Drawn:
    """Return a plate that says ``characters``; what ``look`` leaves open is by chance."""
    width = round(HEIGHT * look.aspect)
    back, ink = look.back, look.ink
    canvas = Image.new("RGB", (width + 2 * MARGIN, HEIGHT + 2 * MARGIN), shade(rng))
    draw = ImageDraw.Draw(canvas)
    frame(rng, draw, width)
    draw.rounded_rectangle((MARGIN, MARGIN, MARGIN + width, MARGIN + HEIGHT), rng.uniform(2, 12), back)
    if region == "US" and rng.random() < 0.4:
        picture_background(rng, canvas, width, back)
    if look.fade is not None:
        fade(canvas, width, np.array(back, np.float32), np.array(look.fade, np.float32), np.linspace(0, 1, HEIGHT - 6))
    if rng.random() < 0.6:
        inset = rng.uniform(1, 5)
        box = (MARGIN + inset, MARGIN + inset, MARGIN + width - inset, MARGIN + HEIGHT - inset)
        draw.rounded_rectangle(box, 8, outline=ink, width=rng.choice((1, 1, 2, 3)))
    left, right, top, bottom = layout(rng, region, draw, width, ink)
    text = characters_on(rng, canvas, characters, region, (left, right, top, bottom), look)
    extras(rng, draw, width, ink)
    corners = np.float32(
        [[MARGIN, MARGIN], [MARGIN + width, MARGIN], [MARGIN + width, MARGIN + HEIGHT], [MARGIN, MARGIN + HEIGHT]]
    )
    return Drawn(cv2.cvtColor(np.asarray(canvas), cv2.COLOR_RGB2BGR), corners, text, characters, region)


def registration(rng: random.Random, region: str) -> str:
    """Return random registration characters in a format of the region (Europe: any other country)."""
    countries = builtin_formats()
    codes = [c for c in countries if c not in {"US", "BR", "CN", "KR"}] if region == "EU" else [region]
    drawn = countries[rng.choice(codes)].sample(rng)
    if region == "US" and rng.random() < 0.25:
        return "".join(rng.choice(LETTERS + DIGITS) for _ in range(rng.randint(4, 7)))
    return drawn


def colours(rng: random.Random, region: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    light = tuple(rng.randint(205, 255) for _ in range(3))
    grey = (rng.randint(150, 215),) * 3
    dark = tuple(rng.randint(0, 70) for _ in range(3))
    blue, red, green = (rng.randint(0, 50), rng.randint(20, 70), rng.randint(80, 160)), (150, 20, 30), (10, 90, 40)
    yellow = (rng.randint(220, 255), rng.randint(170, 215), rng.randint(0, 60))
    styles = {
        "US": [
            (light, dark),
            (light, dark),
            (light, blue),
            (light, red),
            (light, green),
            (yellow, dark),
            (blue, light),
        ],
        "EU": [(light, dark)] * 8 + [(yellow, dark), (dark, light)],
        "BR": [(grey, dark)] * 4 + [(light, dark), (red, light)],
        "CN": [((rng.randint(0, 40), rng.randint(40, 90), rng.randint(140, 210)), light)] * 4
        + [(yellow, dark), ((140, 220, 160), dark), (light, dark)],
        "KR": [(light, dark)] * 4 + [((20, 110, 60), light), ((250, 200, 30), dark), ((90, 180, 230), dark)],
    }
    return rng.choice(styles[region])


def shade(rng: random.Random) -> tuple[int, int, int]:
    base = rng.choice((rng.randint(5, 60), rng.randint(20, 230)))
    return tuple(max(0, min(255, base + rng.randint(-25, 25))) for _ in range(3))


def frame(rng: random.Random, draw: ImageDraw.ImageDraw, width: int) -> None:
    """A holder around the plate, sometimes with a dealer's words below or above."""
    if rng.random() < 0.45:
        return
    grow = rng.uniform(3, 12)
    low = grow + (rng.uniform(0, 12) if rng.random() < 0.5 else 0)
    colour = rng.choice(((15, 15, 18), (25, 25, 30), (200, 200, 205), (120, 120, 125)))
    draw.rounded_rectangle(
        (MARGIN - grow, MARGIN - grow, MARGIN + width + grow, MARGIN + HEIGHT + low), rng.uniform(2, 10), colour
    )
    words = rng.choice(DEALERS)
    face = font(rng.choice(faces(OTHER_FACES)), rng.randint(9, 15))
    ink = (225, 225, 220) if sum(colour) < 300 else (20, 20, 20)
    if low > 8:
        draw.text((MARGIN + width * rng.uniform(0.1, 0.5), MARGIN + HEIGHT), words, ink, face)


def picture_background(rng: random.Random, canvas: Image.Image, width: int, back: tuple[int, int, int]) -> None:
    """A washed-out landscape behind the characters, as many US states print."""
    other = np.array([rng.randint(90, 255) for _ in range(3)], np.float32)
    ramp = np.linspace(0, rng.uniform(0.3, 0.9), HEIGHT - 6) ** rng.uniform(0.7, 3)
    if rng.random() < 0.5:
        ramp = ramp[::-1]
    fade(canvas, width, np.array(back, np.float32), other, ramp)


def fade(canvas: Image.Image, width: int, back: np.ndarray, other: np.ndarray, ramp: np.ndarray) -> None:
    """Fill the plate within its rim: ``ramp`` is how much of ``other`` each row from the top has."""
    block = back * (1 - ramp[:, None, None]) + other * ramp[:, None, None]
    block = np.broadcast_to(block, (HEIGHT - 6, width - 6, 3)).astype(np.uint8)
    canvas.paste(Image.fromarray(np.ascontiguousarray(block)), (MARGIN + 3, MARGIN + 3))


def layout(
    rng: random.Random, region: str, draw: ImageDraw.ImageDraw, width: int, ink: tuple[int, int, int]
) -> tuple[float, float, float, float]:
    """Draw what stands beside the characters; return the room (left, right, top, bottom) left for them."""
    left, right, top, bottom = MARGIN + 6.0, MARGIN + width - 6.0, MARGIN + 12.0, MARGIN + HEIGHT - 12.0
    small = font(rng.choice(faces(OTHER_FACES)), rng.randint(14, 24))
    if region == "EU" and rng.random() < 0.75:
        band = rng.uniform(28, 46)
        draw.rectangle((MARGIN, MARGIN, MARGIN + band, MARGIN + HEIGHT), (15, 40 + rng.randint(0, 50), 160))
        code = rng.choice(("SK", "CZ", "D", "F", "I", "PL", "A", "H", "NL", "E", "GB"))
        draw.text((MARGIN + band / 2, MARGIN + HEIGHT - 20), code, (240, 240, 240), small, anchor="mm")
        left += band
    elif region == "KR" and rng.random() < 0.4:
        draw.rectangle((MARGIN, MARGIN, MARGIN + 40, MARGIN + HEIGHT), (30, 70, 170))
        left += 40
    elif region == "BR":
        top += rng.uniform(12, 26)
        word = rng.choice(("BA-SALVADOR", "SP-SAO PAULO", "RJ-NITEROI", "ES-VITORIA", "BRASIL"))
        draw.text((MARGIN + width / 2, MARGIN + rng.uniform(13, 18)), word, ink, small, anchor="mm")
    elif region == "US":
        top, bottom = MARGIN + HEIGHT * rng.uniform(0.18, 0.32), MARGIN + HEIGHT * rng.uniform(0.74, 0.9)
        colour = rng.choice((ink, ink, (180, 30, 40), (30, 50, 130)))
        name = font(rng.choice(faces(OTHER_FACES)), rng.randint(14, 23))
        if rng.random() < 0.85:
            draw.text((MARGIN + width / 2, (MARGIN + top) / 2 + 1), rng.choice(STATES), colour, name, anchor="mm")
        if rng.random() < 0.5:
            tiny = font(rng.choice(faces(OTHER_FACES)), rng.randint(8, 14))
            draw.text(
                (MARGIN + width / 2, (MARGIN + HEIGHT + bottom) / 2), rng.choice(SLOGANS), colour, tiny, anchor="mm"
            )
        for corner in (left + 2, right - 34):
            if rng.random() < 0.35:
                sticker = tuple(rng.randint(30, 255) for _ in range(3))
                draw.rectangle((corner, MARGIN + 4, corner + 30, MARGIN + 20), sticker)
    return left, right, top, bottom


def characters_on(
    rng: random.Random,
    canvas: Image.Image,
    characters: str,
    region: str,
    room: tuple[float, float, float, float],
    look: Look,
) -> np.ndarray:
    """Draw the registration into ``room``; return the corners of the drawn line."""
    left, right, top, bottom = room
    ink = look.ink
    tall = (bottom - top) * rng.uniform(0.78, 1.0)
    top += (bottom - top - tall) * rng.uniform(0.2, 0.8)
    latin = rng.choice(faces(PLATE_FACES))
    if look.gap_at is not None:
        gap_at, gap = look.gap_at, rng.uniform(0.15, 0.45)
    else:
        gap_at = (
            rng.choice(tuple(range(1, len(characters))) + ((2, 3) if region != "US" else (3,)))
            if len(characters) > 3
            else 0
        )
        gap = rng.uniform(0.0, 1.0) if rng.random() < 0.75 else 0.0
    tracking = rng.uniform(0.02, 0.22)
    glyphs = [glyph(rng, c, latin, round(tall)) for c in characters]
    if look.han_width is not None:
        narrow = (max(2, round(tall * look.han_width)), round(tall))
        glyphs = [
            cv2.resize(g, narrow, interpolation=cv2.INTER_AREA) if "z" < c < "가" else g
            for c, g in zip(characters, glyphs, strict=True)
        ]
    natural = sum(g.shape[1] for g in glyphs) + tall * (tracking * (len(glyphs) - 1) + gap)
    fill = (right - left) * rng.uniform(0.84, 0.99)
    squeeze = fill / natural if fill < natural else min(fill / natural, rng.uniform(1.0, 1.25))
    x = left + ((right - left) - natural * squeeze) / 2
    start = x
    for index, mask in enumerate(glyphs):
        if index == gap_at and gap:
            middle = (x + gap * tall * squeeze / 2, top + tall / 2)
            ornament(rng, canvas, *middle, gap * tall * squeeze, ink, look.ornament)
            x += gap * tall * squeeze
        size = (max(2, round(mask.shape[1] * squeeze)), max(2, round(tall)))
        alpha = Image.fromarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA))
        canvas.paste(ink, (round(x), round(top)), alpha)
        x += (mask.shape[1] + tracking * tall) * squeeze
    end = x - tracking * tall * squeeze
    return np.float32([[start, top], [end, top], [end, top + tall], [start, top + tall]])


def glyph(rng: random.Random, character: str, latin: object, tall: int) -> np.ndarray:
    """Return one character as a mask that is exactly as tall as the line."""
    path = latin
    if character >= "가":
        path = rng.choice(faces(HANGUL_FACES))
    elif character > "z":
        path = rng.choice(faces(HAN_FACES))
    face = font(path, round(tall * 1.35), collected(path, character))
    box = face.getbbox(character)
    # The room of a narrow glyph (1, I) stays a little wider than its ink, as on real plates.
    pad = round(tall * 0.12) if character in "1I" and rng.random() < 0.7 else 0
    mask = Image.new("L", (max(2, box[2] - box[0] + 2 * pad), max(2, box[3] - box[1])), 0)
    ImageDraw.Draw(mask).text((pad - box[0], -box[1]), character, 255, face)
    return cv2.resize(np.asarray(mask), (mask.width * tall // mask.height or 2, tall), interpolation=cv2.INTER_AREA)


def ornament(
    rng: random.Random, canvas: Image.Image, x: float, y: float, room: float, ink: tuple[int, int, int], kind: str = ""
) -> None:
    """What stands between two groups, unless named by chance: nothing, a dash, a dot, a sticker, seals; or a ring."""
    draw = ImageDraw.Draw(canvas)
    size = min(room / 2.6, 14)
    kind = kind or rng.choice(("nothing", "dash", "dot", "sticker", "seals", "state"))
    bright = tuple(rng.randint(20, 255) for _ in range(3))
    if size < 2 or kind == "nothing":
        return
    if kind == "dash":
        draw.rectangle((x - size, y - 3, x + size, y + 3), ink)
    elif kind == "dot":
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), ink)
    elif kind == "ring":
        draw.ellipse((x - size, y - size - 12, x + size, y + size - 12), outline=ink, width=3)
    elif kind == "sticker":
        draw.rectangle((x - size, y - size * 1.5, x + size, y + size * 1.5), bright)
    elif kind == "seals":
        draw.ellipse((x - size, y - 2 * size - 3, x + size, y - 3), bright)
        draw.ellipse((x - size, y + 3, x + size, y + 2 * size + 3), (200, 40, 40))
    else:
        draw.polygon([(x + rng.uniform(-1, 1) * size, y + rng.uniform(-1.5, 1.5) * size) for _ in range(6)], bright)


def extras(rng: random.Random, draw: ImageDraw.ImageDraw, width: int, ink: tuple[int, int, int]) -> None:
    """Screws, and a tow hook or a lamp's shadow before the plate."""
    if rng.random() < 0.5:
        y = MARGIN + rng.choice((8, HEIGHT / 2, HEIGHT - 8))
        for share in (rng.uniform(0.1, 0.3), rng.uniform(0.7, 0.9)):
            x = MARGIN + width * share
            draw.ellipse((x - 4, y - 4, x + 4, y + 4), rng.choice((ink, (120, 120, 120), (230, 230, 230))))
    if rng.random() < 0.06:
        x = MARGIN + width * rng.uniform(0.3, 0.7)
        draw.ellipse((x - 9, MARGIN + HEIGHT - 16, x + 9, MARGIN + HEIGHT + 8), (60, 60, 60))

# SPDX-License-Identifier: Apache-2.0
"""Draws number plates for simulated cars, flat and clean, with the typeface that Pillow carries (Aileron).

Sizes and layouts follow the real ones loosely: a European long plate (520 x 110 mm), the US plate (305 x 152 mm) and
the Brazilian Mercosul plate (400 x 130 mm). Nothing else of them is copied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from robot_simulation.errors import WorldError

PIXELS_PER_M = 2000.0
_BLACK, _WHITE, _BLUE = (18, 18, 20), (238, 238, 234), (20, 60, 150)


@dataclass(frozen=True, slots=True)
class PlateStyle:
    """Size in metres, colours as RGB, room for the characters as shares (left, top, right, bottom) and a heading."""

    width: float
    height: float
    ink: tuple[int, int, int] = _BLACK
    back: tuple[int, int, int] = _WHITE
    room: tuple[float, float, float, float] = (0.11, 0.16, 0.98, 0.84)
    heading: str = ""


_EUROPE = PlateStyle(0.52, 0.11)
_STYLES = {
    "US": PlateStyle(0.305, 0.152, ink=(20, 34, 90), room=(0.04, 0.28, 0.96, 0.82), heading="CALIFORNIA"),
    "BR": PlateStyle(0.40, 0.13, room=(0.03, 0.30, 0.97, 0.92), heading="BRASIL"),
}
EUROPE = (
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT", "NL", "PL", "PT", "RO",
    "SE", "SI", "SK",
)  # fmt: skip
COUNTRIES = (*EUROPE, *_STYLES)


def style_of(country: str) -> PlateStyle:
    """Return how a country's plates look. Raises WorldError for a country that cannot be drawn."""
    if country in EUROPE:
        return _EUROPE
    if country not in _STYLES:
        raise WorldError(f"plates of '{country}' cannot be drawn", hint=f"countries: {', '.join(sorted(COUNTRIES))}")
    return _STYLES[country]


def draw_plate(characters: str, country: str) -> NDArray[np.uint8]:
    """Return a plate as a picture (height, width, 3), blue green red, two pixels for each millimetre.

    Raises WorldError for a country or characters that cannot be drawn.
    """
    style = style_of(country)
    if not characters or not all(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for c in characters):
        raise WorldError(
            f"plate '{characters}' cannot be drawn", hint="use capital Latin letters and digits, without separators"
        )
    width, height = round(style.width * PIXELS_PER_M), round(style.height * PIXELS_PER_M)
    sheet = Image.new("RGB", (width, height), style.back)
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((3, 3, width - 4, height - 4), height * 0.07, outline=style.ink, width=max(2, height // 50))
    if country in EUROPE:
        draw.rectangle((6, 6, round(width * 0.085), height - 7), _BLUE)
        small = ImageFont.load_default(height * 0.26)
        draw.text((width * 0.047, height * 0.78), country[0] if country == "DE" else country, _WHITE, small, "mm")
    elif country == "BR":
        draw.rectangle((6, 6, width - 7, round(height * 0.26)), _BLUE)
        draw.text((width / 2, height * 0.15), style.heading, _WHITE, ImageFont.load_default(height * 0.17), "mm")
    else:
        draw.text((width / 2, height * 0.15), style.heading, (160, 30, 40), ImageFont.load_default(height * 0.14), "mm")
    left, top, right, bottom = style.room
    _characters(sheet, characters, (left * width, top * height, right * width, bottom * height), style.ink)
    return np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1])


def _characters(
    sheet: Image.Image, characters: str, room: tuple[float, float, float, float], ink: tuple[int, int, int]
) -> None:
    """Spread the characters over the room, one cell for each, bold, narrowed where the room is short."""
    left, top, right, bottom = room
    tall = round(bottom - top)
    cell = min((right - left) / len(characters), tall * 0.82)
    start = (left + right - cell * len(characters)) / 2
    face = ImageFont.load_default(tall * 1.36)
    bold = max(1, round(tall * 0.035))
    for index, character in enumerate(characters):
        box = face.getbbox(character, stroke_width=bold)
        mask = Image.new("L", (int(box[2] - box[0]), int(box[3] - box[1])), 0)
        ImageDraw.Draw(mask).text((-box[0], -box[1]), character, 255, face, stroke_width=bold)
        # Every glyph fills the line's height, as on plates; only too wide ones are squeezed.
        wide = min(mask.width * tall / mask.height, cell * 0.86)
        glyph = mask.resize((max(2, round(wide)), tall), Image.Resampling.LANCZOS)
        x = start + cell * index + (cell - glyph.width) / 2
        sheet.paste(ink, (round(x), round(top)), glyph)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the pictures of worlds/airport.sdf into worlds/textures/: floor, ceiling, views, signs and featureless heads.

Everything is drawn here; no photograph and no foreign artwork. Run: python worlds/tools/make_textures.py
"""

from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
FOLDER = Path(__file__).resolve().parents[1] / "textures"
YELLOW: Colour = (30, 190, 250)
WHITE: Colour = (245, 245, 245)
NIGHT: Colour = (52, 34, 20)
FONT = cv2.FONT_HERSHEY_DUPLEX


def main() -> None:
    """Draw every texture and write it as PNG."""
    FOLDER.mkdir(exist_ok=True)
    for name, image in textures().items():
        cv2.imwrite(str(FOLDER / f"{name}.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def textures() -> dict[str, Image]:
    """Every texture by name, BGR."""
    drawn = {
        "floor": floor(),
        "ceiling": ceiling(),
        "street": street(),
        "apron": apron(),
        "departures": departures(),
        "lounge": sign("SKY LOUNGE", width=720, colour=WHITE),
        "cafe": sign("CAFE  RONDA", width=720, colour=YELLOW),
        "to_gates": sign("Gates A1 - A3  >", width=480, colour=YELLOW),
        "to_exit": sign("<  Exit", width=480, colour=WHITE),
    }
    for number in (1, 2, 3, 4):
        drawn[f"check_in_{number}"] = sign(f"Check-in  {number}", width=800, colour=YELLOW, height=144)
    for number in (1, 2, 3):
        drawn[f"gate_{number}"] = sign(f"A{number}", width=272, colour=YELLOW, height=128)
    for number, cloth in enumerate(((95, 80, 60), (70, 90, 105), (90, 70, 90))):
        drawn[f"head_{number}"] = head(cloth)
    return drawn


def canvas(width: int, height: int, colour: Colour) -> Image:
    """A plain picture."""
    return np.full((height, width, 3), colour, np.uint8)


def floor() -> Image:
    """11 m x 7 m of pale stone slabs of 1 m with joints, a few slabs a shade off."""
    size = 48
    image = canvas(11 * size, 7 * size, (202, 208, 210))
    shades = np.random.default_rng(7).integers(-5, 6, (7, 11))
    for row in range(7):
        for column in range(11):
            slab = image[row * size : (row + 1) * size, column * size : (column + 1) * size]
            slab[:] = np.array((202, 208, 210)) + shades[row, column]
            slab[0], slab[:, 0] = (172, 178, 180), (172, 178, 180)
    return image


def ceiling() -> Image:
    """11 m x 7 m of white panels with rows of lamps."""
    size = 32
    image = canvas(11 * size, 7 * size, (205, 205, 203))
    image[::size], image[:, ::size] = (182, 182, 180), (182, 182, 180)
    for row in range(1, 7, 2):
        for column in range(0, 11, 2):
            x, y = column * size + 3, row * size + 9
            cv2.rectangle(image, (x, y), (x + size - 6, y + size - 18), (255, 255, 255), -1)
    return image


def _sky(width: int, height: int, horizon: int) -> Image:
    image = canvas(width, height, (120, 125, 125))
    top, low = np.array((215, 160, 105.0)), np.array((240, 225, 200.0))
    for row in range(horizon):
        image[row] = (top + (low - top) * row / horizon).astype(np.uint8)
    return image


def _frame(image: Image, panes: int) -> Image:
    height, width = image.shape[:2]
    cv2.rectangle(image, (0, 0), (width - 1, height - 1), (70, 60, 50), 9)
    for pane in range(1, panes):
        x = pane * width // panes
        cv2.line(image, (x, 0), (x, height), (70, 60, 50), 6)
    return image


def street() -> Image:
    """The kerb in front of the terminal through three panes: towers, trees, a bus."""
    image = _sky(480, 208, 150)
    towers = np.random.default_rng(3)
    for x in range(0, 480, 30):
        height = int(towers.integers(20, 90))
        cv2.rectangle(image, (x, 150 - height), (x + 26, 150), (165, 150, 140), -1)
    for x in range(20, 480, 80):
        cv2.circle(image, (x, 132), 16, (70, 120, 70), -1, cv2.LINE_AA)
        cv2.line(image, (x, 140), (x, 160), (50, 70, 90), 4)
    cv2.rectangle(image, (190, 118), (330, 172), (60, 120, 220), -1)
    cv2.rectangle(image, (200, 124), (320, 144), (230, 220, 200), -1)
    for x in (216, 304):
        cv2.circle(image, (x, 174), 9, (30, 30, 30), -1, cv2.LINE_AA)
    return _frame(image, 3)


def apron() -> Image:
    """The apron through three panes: an airliner in side view, drawn from ellipses."""
    image = _sky(480, 208, 120)
    body = np.array([[70, 120], [110, 105], [360, 105], [410, 122], [360, 142], [110, 142]], np.int32)
    cv2.fillPoly(image, [cv2.convexHull(body)], (240, 240, 240), cv2.LINE_AA)
    cv2.ellipse(image, (365, 124), (52, 18), 0, 0, 360, (240, 240, 240), -1, cv2.LINE_AA)
    tail = np.array([[70, 120], [60, 62], [88, 62], [128, 108]], np.int32)
    cv2.fillPoly(image, [tail], (60, 130, 235), cv2.LINE_AA)
    wing = np.array([[200, 128], [250, 128], [190, 166], [168, 166]], np.int32)
    cv2.fillPoly(image, [wing], (190, 190, 190), cv2.LINE_AA)
    for x in range(130, 360, 12):
        cv2.circle(image, (x, 118), 2, (120, 90, 60), -1, cv2.LINE_AA)
    for x in (180, 196, 350):
        cv2.circle(image, (x, 152), 6, (40, 40, 40), -1, cv2.LINE_AA)
    return _frame(image, 3)


def sign(text: str, *, width: int, colour: Colour, height: int = 128) -> Image:
    """White or yellow words on a dark panel, as large as they fit."""
    image = canvas(width, height, NIGHT)
    (wide, tall), _ = cv2.getTextSize(text, FONT, 1.0, 2)
    scale = min(width * 0.88 / wide, height * 0.5 / tall)
    (wide, tall), _ = cv2.getTextSize(text, FONT, scale, 3)
    cv2.putText(image, text, ((width - wide) // 2, (height + tall) // 2), FONT, scale, colour, 3, cv2.LINE_AA)
    return image


def departures() -> Image:
    """The departures board; flights and places are made up."""
    image = canvas(800, 240, (28, 20, 12))
    cv2.putText(image, "DEPARTURES", (20, 42), FONT, 1.2, YELLOW, 2, cv2.LINE_AA)
    rows = (
        ("09:40", "NORTHPORT", "RN 204", "A1", "Boarding"),
        ("09:55", "LAKE CITY", "RN 118", "A3", "On time"),
        ("10:10", "SOUTH BAY", "QX 730", "A2", "On time"),
        ("10:25", "GREENFIELD", "RN 512", "A1", "Delayed"),
    )
    for line, row in enumerate(rows):
        for text, x in zip(row, (20, 150, 390, 530, 620), strict=True):
            cv2.putText(image, text, (x, 92 + 42 * line), FONT, 0.85, WHITE, 1, cv2.LINE_AA)
    return image


def head(cloth: Colour) -> Image:
    """A mannequin: head, neck and shoulders without a face, which no detector may take for a person's."""
    image = canvas(256, 256, (150, 146, 142))
    cv2.ellipse(image, (128, 262), (112, 62), 0, 0, 360, cloth, -1, cv2.LINE_AA)
    cv2.rectangle(image, (106, 160), (150, 214), (150, 165, 185), -1)
    cv2.ellipse(image, (128, 118), (50, 66), 0, 0, 360, (160, 176, 196), -1, cv2.LINE_AA)
    return image


if __name__ == "__main__":
    main()

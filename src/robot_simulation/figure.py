# SPDX-License-Identifier: Apache-2.0
"""A standing person: legs and a trunk that a lidar sees, and a flat board at head height that carries a picture."""

import math
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from robot_simulation.sdf_write import Material, Rgb, add_box, add_cylinder, add_picture, static_model, upright

EYE_HEIGHT_M = 1.6
LEG_LENGTH_M = 0.84
LEG_RADIUS_M = 0.09
TRUNK_RADIUS_M = 0.18
SHOULDER_HEIGHT_M = 1.42
BOARD_FORWARD_M = 0.2
"""The picture hangs this far in front of the body's axis, so that the trunk never cuts through it."""
BOARD_GLOW = 0.35
"""Own light of the picture: a face in the shade of a lamp must stay readable, as under an airport's ceiling."""


@dataclass(frozen=True, slots=True)
class Board:
    """A picture at head height: texture path from the world file, its size in metres and the height of its centre."""

    texture: str
    width_m: float
    height_m: float
    centre_z_m: float


def add_figure(
    world: ET.Element, name: str, x: float, y: float, yaw: float, *, board: Board, clothes: Rgb, trousers: Rgb
) -> None:
    """Append a standing figure at x, y (metres, world) that looks towards `yaw` (radians)."""
    link = static_model(world, name, (x, y, 0.0, 0.0, 0.0, yaw))
    for side, offset in (("left", 0.1), ("right", -0.1)):
        pose = (0.0, offset, LEG_LENGTH_M / 2, 0.0, 0.0, 0.0)
        add_cylinder(link, f"{side}_leg", LEG_RADIUS_M, LEG_LENGTH_M, pose, Material(trousers))
    trunk = SHOULDER_HEIGHT_M - LEG_LENGTH_M
    add_cylinder(
        link, "trunk", TRUNK_RADIUS_M, trunk, (0.0, 0.0, LEG_LENGTH_M + trunk / 2, 0.0, 0.0, 0.0), Material(clothes)
    )
    # The back of the board: a picture has only one side.
    back = (0.01, board.width_m, board.height_m)
    add_box(
        link,
        "board",
        back,
        (BOARD_FORWARD_M - 0.015, 0.0, board.centre_z_m, 0.0, 0.0, 0.0),
        Material(clothes),
        solid=False,
    )
    add_picture(
        link,
        "picture",
        board.width_m,
        board.height_m,
        upright(BOARD_FORWARD_M, 0.0, board.centre_z_m, 0.0),
        Material(texture=board.texture, glow=BOARD_GLOW),
    )


def facing(from_x: float, from_y: float, to_x: float, to_y: float) -> float:
    """Heading in radians from one point to another."""
    return math.atan2(to_y - from_y, to_x - from_x)

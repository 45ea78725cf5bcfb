# SPDX-License-Identifier: Apache-2.0
"""Draws the map that a flat lidar would make of a world, from the shapes that stand in it.

The caller turns its world file into `Solid`s; this module knows no file format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_navigation.errors import WorldMapError
from robot_navigation.grid import FREE, OCCUPIED, UNKNOWN, GridMap

CIRCLE_SIDES = 48


@dataclass(frozen=True)
class Solid:
    """A convex body: `vertices` is (N, 3) in metres in the map frame, its hull is the body."""

    vertices: NDArray[np.float64]


def box(size: tuple[float, float, float], pose: NDArray[np.float64]) -> Solid:
    """A box of `size` x, y, z in metres centred on the (4, 4) `pose`."""
    corners = np.array([[sx, sy, sz] for sx in (-0.5, 0.5) for sy in (-0.5, 0.5) for sz in (-0.5, 0.5)])
    return Solid(_place(corners * size, pose))


def cylinder(radius: float, length: float, pose: NDArray[np.float64]) -> Solid:
    """A cylinder along its own z, centred on the (4, 4) `pose`."""
    angles = np.linspace(0.0, 2 * np.pi, CIRCLE_SIDES, endpoint=False)
    # Circumscribed, so that the drawn circle is never smaller than the real one.
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * (radius / np.cos(np.pi / CIRCLE_SIDES))
    ends = [np.column_stack([ring, np.full(CIRCLE_SIDES, z)]) for z in (-length / 2, length / 2)]
    return Solid(_place(np.vstack(ends), pose))


def sphere(radius: float, pose: NDArray[np.float64]) -> Solid:
    """A sphere centred on the (4, 4) `pose`."""
    rings = []
    for elevation in np.linspace(-np.pi / 2, np.pi / 2, 13):
        angles = np.linspace(0.0, 2 * np.pi, CIRCLE_SIDES, endpoint=False)
        across = radius * np.cos(elevation)
        z = np.full(CIRCLE_SIDES, radius * np.sin(elevation))
        rings.append(np.column_stack([across * np.cos(angles), across * np.sin(angles), z]))
    return Solid(_place(np.vstack(rings), pose))


def draw_map(
    solids: Iterable[Solid],
    *,
    resolution: float,
    band: tuple[float, float],
    margin: float = 1.0,
    seed_point: tuple[float, float] | None = None,
    limits: tuple[float, float, float, float] | None = None,
) -> GridMap:
    """Occupied where a solid has substance at a height inside `band` (metres), free where the floor can be reached.

    Free space is what is connected with `seed_point` (by default: everything that the border of the picture cannot
    reach, that is the inside of the building). The rest is unknown. `limits` (west, south, east, north; metres) is
    where the map ends; without them it ends `margin` around the outermost solid. Raises WorldMapError when nothing
    stands in the band, or when there is no inside.
    """
    outlines = [outline for solid in solids if (outline := slice_outline(solid, band)) is not None]
    if not outlines:
        raise WorldMapError(
            f"nothing in the world stands between {band[0]:g} m and {band[1]:g} m",
            hint="check the lidar height and that the world has static models with collisions",
        )
    points = np.vstack(outlines)
    ends = (points.min(axis=0) - margin, points.max(axis=0) + margin)
    if limits is not None:
        ends = (np.array(limits[:2]), np.array(limits[2:]))
        if not (ends[0] < ends[1]).all():
            raise WorldMapError(
                f"the limits {limits} enclose nothing", hint="--limits WEST SOUTH EAST NORTH, in metres"
            )
    low = np.floor(ends[0] / resolution) * resolution
    shape = np.ceil((ends[1] - low) / resolution).astype(int)
    columns, rows = int(shape[0]), int(shape[1])
    if columns * rows > 100_000_000:
        raise WorldMapError(
            f"the map would have {columns} x {rows} cells", hint="use a coarser --resolution or remove far models"
        )
    occupied = np.zeros((rows, columns), np.uint8)
    shift = 4  # 1/16 cell, so that thin walls keep their place
    for outline in outlines:
        cells = (outline - low) / resolution - 0.5  # cv2 puts whole numbers on cell centres
        cv2.fillConvexPoly(
            occupied, np.rint(cells * (1 << shift)).astype(np.int32), 1, lineType=cv2.LINE_8, shift=shift
        )
    cells_out = np.full((rows, columns), UNKNOWN, np.int8)
    cells_out[_reachable(occupied, low, resolution, seed_point)] = FREE
    cells_out[occupied > 0] = OCCUPIED
    if not (cells_out == FREE).any():
        raise WorldMapError(
            "the world encloses no floor", hint="its outer walls leave a gap; name a point inside with --inside X Y"
        )
    return GridMap(cells_out, resolution, float(low[0]), float(low[1]))


def bounded(grid: GridMap, west: float, south: float, east: float, north: float) -> GridMap:
    """Return the map with all floor outside the bounds (metres) unknown. Raises WorldMapError for empty bounds."""
    if west >= east or south >= north:
        raise WorldMapError("the bounds hold nothing", hint="--bounds WEST SOUTH EAST NORTH, in metres")
    x = grid.origin_x + (np.arange(grid.columns) + 0.5) * grid.resolution
    y = grid.origin_y + (np.arange(grid.rows) + 0.5) * grid.resolution
    within = ((y > south) & (y < north))[:, None] & ((x > west) & (x < east))[None, :]
    cells = np.where(within | (grid.cells != FREE), grid.cells, np.int8(UNKNOWN))
    return GridMap(cells, grid.resolution, grid.origin_x, grid.origin_y)


def slice_outline(solid: Solid, band: tuple[float, float]) -> NDArray[np.float64] | None:
    """Convex outline (N, 2) in x, y of the part of `solid` between the two heights; None where it has none.

    The part of a convex body between two planes is convex; its corners are the body's corners in the band and the
    points where lines between corners cross the planes.
    """
    low, high = band
    z = solid.vertices[:, 2]
    if z.max() <= low or z.min() >= high:
        return None
    candidates = [solid.vertices[(z >= low) & (z <= high), :2]]
    for plane in (low, high):
        below, above = solid.vertices[z < plane], solid.vertices[z > plane]
        if len(below) and len(above):
            ratio = (plane - below[:, None, 2]) / (above[None, :, 2] - below[:, None, 2])
            crossing = below[:, None, :2] + ratio[..., None] * (above[None, :, :2] - below[:, None, :2])
            candidates.append(crossing.reshape(-1, 2))
    points = np.vstack(candidates).astype(np.float32)
    return np.asarray(cv2.convexHull(points)[:, 0, :], dtype=np.float64)


def _place(points: NDArray[np.float64], pose: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points @ pose[:3, :3].T + pose[:3, 3])


def _reachable(
    occupied: NDArray[np.uint8], low: NDArray[np.float64], resolution: float, seed_point: tuple[float, float] | None
) -> NDArray[np.bool_]:
    count, labels = cv2.connectedComponents((occupied == 0).astype(np.uint8), connectivity=4)
    if seed_point is None:
        outside = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
        inside = np.setdiff1d(np.arange(1, count), outside)
        return np.asarray(np.isin(labels, inside))
    column, row = (int(np.floor((value - start) / resolution)) for value, start in zip(seed_point, low, strict=True))
    if not (0 <= row < labels.shape[0] and 0 <= column < labels.shape[1]) or occupied[row, column]:
        raise WorldMapError(f"the point {seed_point} is not on free floor", hint="choose another --inside X Y")
    return np.asarray(labels == labels[row, column])

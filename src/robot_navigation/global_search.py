# SPDX-License-Identifier: Apache-2.0
"""Finds the places of the map that a scan fits, without any idea of where the robot is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robot_navigation.grid import GridMap
from robot_navigation.likelihood_field import LikelihoodField
from robot_navigation.scan import Scan, thin


@dataclass(frozen=True)
class SearchSettings:
    """Spacing of the poses that are tried (metres, radians), beams used, and how many survive each round."""

    spacing: float = 0.5
    yaw_step: float = 0.1745
    beams: int = 40
    survivors: int = 1500
    hypotheses: int = 200
    wide_sigma: float = 0.35


def search(
    grid: GridMap,
    field: LikelihoodField,
    scan: Scan,
    rng: np.random.Generator,
    settings: SearchSettings | None = None,
) -> NDArray[np.float64]:
    """(H, 3) poses that fit the scan, best first; empty when the scan holds no hit or the map no free cell.

    A lattice over the free floor is scored with a wide field; the best are refined twice with a narrower one and ranked
    by the share of beams that they explain.
    """
    settings = settings or SearchSettings()
    points = thin(scan.points, settings.beams)
    lattice = free_lattice(grid, settings.spacing, settings.yaw_step)
    if not len(points) or not len(lattice):
        return np.empty((0, 3))
    scores = _score(field, lattice, points, field.wide_table(settings.wide_sigma))
    kept = lattice[_best(scores, settings.survivors)]
    for spread in ((0.15, 0.06), (0.06, 0.025)):
        jitter = rng.standard_normal((8, *kept.shape)) * (spread[0], spread[0], spread[1])
        tries = np.concatenate([kept[None], kept[None] + jitter])
        fine = _score(field, tries.reshape(-1, 3), points, None).reshape(len(tries), -1)
        kept = tries[fine.argmax(axis=0), np.arange(len(kept))]
        kept = kept[_best(fine.max(axis=0), max(settings.hypotheses, len(kept) // 2))]
    kept = kept[: settings.hypotheses]
    explained = field.explained(kept, thin(scan.points, 2 * settings.beams), scan.sensor)
    order = np.argsort(-explained, kind="stable")
    good = explained[order] >= 0.8 * explained[order[0]]
    return np.asarray(kept[order][good])


def free_lattice(grid: GridMap, spacing: float, yaw_step: float) -> NDArray[np.float64]:
    """(N, 3) poses about `spacing` metres and `yaw_step` radians apart on the free cells."""
    stride = max(1, round(spacing / grid.resolution))
    rows, columns = np.nonzero(grid.free[stride // 2 :: stride, stride // 2 :: stride])
    cells = np.column_stack([rows, columns]) * stride + stride // 2
    places = grid.to_points(cells)
    yaws = np.linspace(-np.pi, np.pi, max(1, round(2 * np.pi / yaw_step)), endpoint=False)
    return np.column_stack([np.repeat(places, len(yaws), axis=0), np.tile(yaws, len(places))])


def _score(
    field: LikelihoodField,
    poses: NDArray[np.float64],
    points: NDArray[np.float64],
    table: NDArray[np.float32] | None,
) -> NDArray[np.float64]:
    # In pieces, so that the temporary arrays stay in the processor's cache.
    pieces = [field.log_likelihood(poses[at : at + 2000], points, table) for at in range(0, len(poses), 2000)]
    return np.concatenate(pieces)


def _best(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    count = min(count, len(scores))
    chosen = np.argpartition(-scores, count - 1)[:count]
    return np.asarray(chosen[np.argsort(-scores[chosen], kind="stable")])

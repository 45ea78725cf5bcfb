# SPDX-License-Identifier: Apache-2.0
"""Reads and writes maps in the format of ROS's map_server: a YAML file beside a picture.

Semantics as documented for Nav2's map server: a pixel p gives the occupancy probability (255 - p) / 255 (or p / 255
with `negate`); above `occupied_thresh` is occupied, below `free_thresh` is free, between is unknown.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from robot_navigation.errors import MapFileError
from robot_navigation.grid import FREE, OCCUPIED, UNKNOWN, GridMap
from ronda_core.parameters import check_keys

# Trinary pictures hold unknown as grey 205, which is an occupancy of 0.196. With map_server's default free_thresh of
# 0.25 unknown would come back as free, so what is written says 0.196, and 205 (exactly 0.19608) is not below it.
WRITTEN_FREE_THRESH = 0.196
WRITTEN_OCCUPIED_THRESH = 0.65
PIXELS = {FREE: 254, OCCUPIED: 0, UNKNOWN: 205}
KEYS = ("image", "mode", "resolution", "origin", "negate", "occupied_thresh", "free_thresh")


def load_map(path: Path | str) -> GridMap:
    """Read `path` (YAML) and its picture. Raises MapFileError naming the file and what is wrong with it."""
    yaml_path = Path(path)
    values = _read_yaml(yaml_path)
    picture = _read_picture(yaml_path, values["image"])
    mode = values.get("mode", "trinary")
    if mode not in ("trinary", "scale", "raw"):
        raise MapFileError(f"{yaml_path}: unknown mode {mode!r}", hint="use trinary, scale or raw")
    resolution = _number(yaml_path, values, "resolution")
    if resolution <= 0:
        raise MapFileError(f"{yaml_path}: resolution must be positive, not {resolution}", hint="metres per pixel")
    origin_x, origin_y = _origin(yaml_path, values["origin"])
    if mode == "raw":
        cells = _raw_cells(picture)
    else:
        negate = bool(int(_number(yaml_path, values, "negate", 0.0)))
        cells = _threshold_cells(
            picture if negate else 255 - picture,
            _number(yaml_path, values, "free_thresh", 0.25),
            _number(yaml_path, values, "occupied_thresh", 0.65),
            scale=mode == "scale",
        )
    return GridMap(np.ascontiguousarray(cells[::-1]), resolution, origin_x, origin_y)


def save_map(grid: GridMap, path: Path | str) -> tuple[Path, Path]:
    """Write `<path>.yaml` and `<path>.pgm` (trinary) and return both paths.

    Loading them gives back each cell that is -1, 0 or 100 exactly. Raises MapFileError where the files cannot be
    written.
    """
    base = Path(path)
    if base.suffix in (".yaml", ".pgm"):
        base = base.with_suffix("")
    picture = np.full(grid.cells.shape, PIXELS[UNKNOWN], np.uint8)
    picture[grid.free] = PIXELS[FREE]
    picture[grid.occupied] = PIXELS[OCCUPIED]
    image_path, yaml_path = base.with_suffix(".pgm"), base.with_suffix(".yaml")
    header = f"P5\n{grid.columns} {grid.rows}\n255\n".encode()
    values = {
        "image": image_path.name,
        "mode": "trinary",
        "resolution": grid.resolution,
        "origin": [grid.origin_x, grid.origin_y, 0.0],
        "negate": 0,
        "occupied_thresh": WRITTEN_OCCUPIED_THRESH,
        "free_thresh": WRITTEN_FREE_THRESH,
    }
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        image_path.write_bytes(header + picture[::-1].tobytes())
        yaml_path.write_text(yaml.safe_dump(values, sort_keys=False, default_flow_style=None))
    except OSError as error:
        raise MapFileError(f"cannot write the map to {base}: {error.strerror}", hint="choose another --out") from error
    return yaml_path, image_path


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MapFileError(
            f"cannot read map {path}: {error.strerror}", hint="make one with: ronda map from-world WORLD --out MAP"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MapFileError(f"{path} is not YAML: {error}", hint="it must be a map_server map file") from error
    if not isinstance(values, dict):
        raise MapFileError(f"{path} does not hold a map description", hint="it must be a map_server map file")
    check_keys(values, KEYS, str(path))
    for key in ("image", "resolution", "origin"):
        if key not in values:
            raise MapFileError(f"{path}: key {key!r} is missing", hint="see docs/navigation.md for the format")
    return values


def _read_picture(yaml_path: Path, image: Any) -> NDArray[np.uint8]:
    if not isinstance(image, str):
        raise MapFileError(f"{yaml_path}: image must be a file name, not {image!r}")
    image_path = yaml_path.parent / image
    if not image_path.is_file():
        raise MapFileError(f"{yaml_path}: picture {image_path} does not exist", hint="keep both files together")
    picture = cv2.imread(str(image_path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise MapFileError(f"{image_path} is not a readable picture", hint="use PGM or PNG with 8 bits per pixel")
    return np.asarray(picture, dtype=np.uint8)


def _number(path: Path, values: dict[str, Any], key: str, default: float | None = None) -> float:
    value = values.get(key, default)
    if isinstance(value, bool) and key == "negate":
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MapFileError(f"{path}: {key} must be a number, not {value!r}")
    return float(value)


def _origin(path: Path, origin: Any) -> tuple[float, float]:
    if not isinstance(origin, list) or len(origin) != 3 or not all(isinstance(v, int | float) for v in origin):
        raise MapFileError(f"{path}: origin must be [x, y, yaw], not {origin!r}")
    x, y, yaw = (float(v) for v in origin)
    if abs(math.remainder(yaw, 2 * math.pi)) > 1e-6:
        raise MapFileError(
            f"{path}: origin yaw {yaw} is not supported", hint="turn the picture so that its rows run along x"
        )
    return x, y


def _threshold_cells(shade: NDArray[np.uint8], free: float, occupied: float, *, scale: bool) -> NDArray[np.int8]:
    probability = shade.astype(np.float64) / 255.0
    cells = np.full(shade.shape, UNKNOWN, np.int8)
    if scale:
        between = (probability >= free) & (probability <= occupied)
        ratio = (probability[between] - free) / max(occupied - free, 1e-9)
        cells[between] = np.rint(1 + 97 * ratio).astype(np.int8)
    cells[probability < free] = FREE
    cells[probability > occupied] = OCCUPIED
    return cells


def _raw_cells(picture: NDArray[np.uint8]) -> NDArray[np.int8]:
    return np.where(picture <= OCCUPIED, picture, 255).astype(np.uint8).view(np.int8)

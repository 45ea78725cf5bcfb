# SPDX-License-Identifier: Apache-2.0
"""The photographs that scenes are composed over: pictures inside Debian packages, none of them shipped here.

Packages (see training/README.md): opencv-doc, mate-backgrounds, ukui-wallpapers, lomiri-wallpapers-16.04,
lomiri-wallpapers-20.04, gnome-backgrounds.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

LONGEST = 900
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def load(folder: Path, limit: int = 500) -> list[np.ndarray]:
    """Return up to ``limit`` photographs (BGR, longest side 900 px) below a folder, without drawings and icons."""
    pictures = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        if path.stat().st_size < 15_000 or len(pictures) >= limit:
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None or min(picture.shape[:2]) < 240 or _is_drawing(picture):
            continue
        scale = min(1.0, LONGEST / max(picture.shape[:2]))
        pictures.append(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    if not pictures:
        raise SystemExit(f"no photographs below {folder}: see training/README.md")
    return pictures


def _is_drawing(picture: np.ndarray) -> bool:
    """A drawing or a screen shot has one flat colour over a good part of it."""
    small = cv2.resize(picture, (96, 96), interpolation=cv2.INTER_NEAREST)
    _, counts = np.unique(small.reshape(-1, 3), axis=0, return_counts=True)
    return bool(counts.max() > 0.25 * 96 * 96)

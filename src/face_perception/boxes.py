# SPDX-License-Identifier: Apache-2.0
"""Non-maximum suppression over detections."""

from __future__ import annotations

from collections.abc import Iterable

from face_perception.faces import Detection


def suppress(detections: Iterable[Detection], overlap: float, contained: float = 0.8) -> list[Detection]:
    """Return the best-scored detections of which no two describe one face, best first.

    A box is dropped when its intersection over union with a better one exceeds ``overlap``, or when more than
    ``contained`` of the smaller of the two lies inside the other (a half face found at a tile's border).
    """
    kept: list[Detection] = []
    for candidate in sorted(detections, key=lambda d: -d.score):
        if not any(_same_face(candidate, best, overlap, contained) for best in kept):
            kept.append(candidate)
    return kept


def _same_face(one: Detection, two: Detection, overlap: float, contained: float) -> bool:
    iou = one.box.iou(two.box)
    if iou > overlap:
        return True
    if iou <= 0.0:
        return False
    intersection = iou * (one.box.area + two.box.area) / (1 + iou)
    return intersection > contained * min(one.box.area, two.box.area)

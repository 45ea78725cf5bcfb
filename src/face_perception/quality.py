# SPDX-License-Identifier: Apache-2.0
"""How fit a view of a face is for recognition, each component and the whole in [0, 1].

The components follow the idea of ISO/IEC 29794-5: size, sharpness, pose and exposure. The whole is the product of the
components, so that one bad component cannot be hidden by the others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np

from face_perception.faces import Picture, Points

# Pixels between the eyes where recognition starts to work and where more pixels stop to help (docs/faces.md).
_EYES_NONE, _EYES_FULL = 6.0, 22.0
# Share of the aligned face's contrast that one more blur (sigma 1.5) takes away: of smeared and of sharp faces.
# At the lower end the cosine to the sharp picture of the same face has fallen below 0.4.
_SHARP_NONE, _SHARP_FULL = 0.04, 0.12


@dataclass(frozen=True, slots=True)
class Quality:
    """Components in [0, 1], 1 is best; ``overall`` is their product."""

    size: float
    sharpness: float
    frontal: float
    upright: float
    exposure: float

    @property
    def overall(self) -> float:
        return self.size * self.sharpness * self.frontal * self.upright * self.exposure

    def components(self) -> dict[str, float]:
        """Return the components by name."""
        return asdict(self)

    def weakest(self) -> tuple[str, float]:
        """Return name and value of the worst component."""
        return min(self.components().items(), key=lambda item: item[1])


def assess(points: Points, aligned: Picture) -> Quality:
    """Return the quality of a face from its five points (frame pixels) and its aligned 112x112 picture."""
    grey = cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY)[16:104, 20:92]
    return Quality(
        size=_ramp(eye_distance(points), _EYES_NONE, _EYES_FULL),
        sharpness=_sharpness(grey),
        frontal=_frontal(points),
        upright=_upright(points),
        exposure=_exposure(grey),
    )


def eye_distance(points: Points) -> float:
    """Return pixels between the eyes, corrected for yaw by taking the eye-mouth distance where that is longer."""
    eyes = float(np.linalg.norm(points[1] - points[0]))
    upper, lower = (points[0] + points[1]) / 2, (points[3] + points[4]) / 2
    return max(eyes, float(np.linalg.norm(lower - upper)) * 0.9)


def yaw_ratio(points: Points) -> float:
    """Return where the nose stands between the eyes: 0 in the middle, -1 and 1 at an eye (profile)."""
    axis = points[1] - points[0]
    length = float(axis @ axis)
    if length == 0:
        return 1.0
    along = float((points[2] - points[0]) @ axis) / length
    return float(np.clip(2 * along - 1, -1.5, 1.5))


def _frontal(points: Points) -> float:
    return 1.0 - _ramp(abs(yaw_ratio(points)), 0.35, 1.1)


def _upright(points: Points) -> float:
    x, y = points[1] - points[0]
    return 1.0 - _ramp(abs(float(np.degrees(np.arctan2(y, x)))), 30.0, 75.0)


def _sharpness(grey: Picture) -> float:
    # In float: rounding to 8 bits would leave enough noise to make the smoothest face look detailed.
    values = grey.astype(np.float32)
    detail = values - cv2.GaussianBlur(values, (0, 0), 1.5)
    return _ramp(float(detail.std()) / (float(values.std()) + 4.0), _SHARP_NONE, _SHARP_FULL)


def _exposure(grey: Picture) -> float:
    mean, deviation = float(grey.mean()), float(grey.std())
    clipped = float(((grey < 4) | (grey > 251)).mean())
    dark, bright = _ramp(mean, 15.0, 55.0), 1.0 - _ramp(mean, 205.0, 245.0)
    return dark * bright * _ramp(deviation, 4.0, 18.0) * (1.0 - _ramp(clipped, 0.15, 0.6))


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))

# SPDX-License-Identifier: Apache-2.0
"""From pictures to network input as a registry entry describes it."""

from __future__ import annotations

import cv2
import numpy as np

from face_perception.faces import Picture
from face_perception.models import Colour, ModelSpec
from face_perception.runtime import Tensor


def to_tensor(picture: Picture, spec: ModelSpec) -> Tensor:
    """Return a BGR picture, already of the network's size, as its NCHW float32 tensor with batch 1."""
    if spec.colour is Colour.GREY:
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[None].astype(np.float32)
    else:
        ordered = picture[:, :, ::-1] if spec.colour is Colour.RGB else picture
        planes = ordered.transpose(2, 0, 1).astype(np.float32)
    planes -= np.array(spec.mean, np.float32).reshape(-1, 1, 1)
    planes /= np.array(spec.scale, np.float32).reshape(-1, 1, 1)
    return np.ascontiguousarray(planes[None])

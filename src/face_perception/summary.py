# SPDX-License-Identifier: Apache-2.0
"""What search needs of a person: one template fused from all pictures, and the person's own threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from face_perception.errors import GalleryError
from face_perception.faces import Template
from face_perception.people import Example
from face_perception.recogniser import fuse_templates

# A rejected stranger must come this much nearer than the rejected view before being named again.
IMPOSTOR_MARGIN = 0.05
HIGHEST_THRESHOLD = 0.9


@dataclass(frozen=True, slots=True)
class Summary:
    """A unit template, and the cosine that this person's matches must pass whatever the site's threshold (0: none)."""

    template: Template
    own_threshold: float = 0.0

    def to_bytes(self) -> bytes:
        """Return the little-endian bytes: threshold, then template, both float32."""
        return np.float32(self.own_threshold).astype("<f4").tobytes() + self.template.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> Summary:
        """Return what :meth:`to_bytes` wrote."""
        values = np.frombuffer(content, "<f4").astype(np.float32)
        return cls(values[1:], float(values[0]))


def summarise(enrolled: Sequence[Example], impostors: Sequence[Example]) -> Summary:
    """Return the summary of a person's pictures and of strangers who were taken for that person.

    Raises GalleryError when the templates differ in length.
    """
    if len({example.template.size for example in [*enrolled, *impostors]}) != 1:
        raise GalleryError(
            "a person's templates differ in length: other models made some of them",
            hint="use the same profile for all pictures, or migrate with 'ronda faces reembed'",
        )
    # The small constant keeps pictures of quality 0 from having no weight at all.
    fused = fuse_templates([one.template for one in enrolled], [one.quality + 1e-3 for one in enrolled])
    if not impostors:
        return Summary(fused)
    nearest = max(float(stranger.template @ fused) for stranger in impostors)
    return Summary(fused, min(nearest + IMPOSTOR_MARGIN, HIGHEST_THRESHOLD))

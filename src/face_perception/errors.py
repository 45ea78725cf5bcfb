# SPDX-License-Identifier: Apache-2.0
"""The exceptions of this package.

RondaError
└── FacePerceptionError
    ├── ModelError            a model is missing, unknown, damaged or has another input than its entry says
    ├── PictureError          a picture cannot be read or is larger than allowed
    ├── EnrolmentRefused      a picture is no good example of one person (says which check failed)
    ├── GalleryError          the store of people: other model, unknown person, busy, damaged, full
    │   └── WrongKeyError     the site key is not the one that the gallery was made with
    ├── WatchlistError        a watchlist or an entry that breaks the rules of the list
    ├── PolicyError           identification is not permitted by the site configuration
    ├── CalibrationError      no calibration for this pipeline, or too few comparisons behind it
    └── EvaluationError       an evaluation protocol or its pictures are unusable
"""

from __future__ import annotations

from ronda_core.errors import RondaError


class FacePerceptionError(RondaError):
    """Base of everything that this package raises on purpose."""


class ModelError(FacePerceptionError):
    """A model is missing, unknown, damaged or does not fit its registry entry."""


class PictureError(FacePerceptionError):
    """A picture cannot be read or is larger than allowed."""


class EnrolmentRefused(FacePerceptionError):
    """A picture is no good example of exactly one person."""


class GalleryError(FacePerceptionError):
    """The gallery cannot serve the request (key, model, unknown person)."""


class WrongKeyError(GalleryError):
    """The site key is not the gallery's."""


class WatchlistError(FacePerceptionError):
    """A watchlist entry breaks the rules of its list."""


class PolicyError(FacePerceptionError):
    """Identification is not permitted by the site configuration."""


class CalibrationError(FacePerceptionError):
    """No usable calibration for this pipeline."""


class EvaluationError(FacePerceptionError):
    """An evaluation protocol or its pictures are unusable."""

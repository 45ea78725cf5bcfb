# SPDX-License-Identifier: Apache-2.0
"""Everything that one place needs to work with faces, opened together: models, gallery, audit log, enrolment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from face_perception.analyser import Analyser
from face_perception.audit import AuditLog
from face_perception.calibration import load_calibration
from face_perception.enrolment import Enroller, EnrolmentRules
from face_perception.gallery import Gallery
from face_perception.models import ModelRegistry
from face_perception.profiles import load_profile
from face_perception.site import load_site
from ronda_core.clock import Clock, SystemClock
from ronda_core.paths import data_dir, models_dir

FOLDER, SITE_FILE, AUDIT_FILE = "faces", "site.yaml", "audit.jsonl"
DATABASE_VARIABLE = "RONDA_FACES_DATABASE"


@dataclass(frozen=True, slots=True)
class StationSettings:
    """Paths left None take their defaults: ``<data folder>/faces``, ``site.yaml`` in it where it exists, the models
    folder, the built-in profiles and calibrations. ``database`` is the URL of a PostgreSQL server that holds the
    gallery instead of the folder; left empty, that of RONDA_FACES_DATABASE."""

    profile: str = "fast"
    folder: Path | None = None
    site_file: Path | None = None
    models: Path | None = None
    profiles_file: Path | None = None
    calibration_file: Path | None = None
    keep_pictures: bool = True
    database: str = ""


@dataclass(frozen=True, slots=True)
class Station:
    """Opened parts. Close the gallery when done."""

    analyser: Analyser
    gallery: Gallery
    audit: AuditLog
    enroller: Enroller


def database_url() -> str:
    """Return the URL in RONDA_FACES_DATABASE; an argument would show its password to everybody on the machine."""
    return os.environ.get(DATABASE_VARIABLE, "")


def open_station(settings: StationSettings | None = None, clock: Clock | None = None) -> Station:
    """Load models and open the gallery. Without a site file identification stays off. Raises RondaError."""
    settings = settings or StationSettings()
    clock = clock or SystemClock()
    folder = settings.folder or data_dir() / FOLDER
    site_file = settings.site_file or folder / SITE_FILE
    site = load_site(site_file) if settings.site_file or site_file.exists() else None
    registry = ModelRegistry.load(settings.models or models_dir())
    analyser = Analyser.load(load_profile(settings.profile, settings.profiles_file), registry)
    recogniser = analyser.recogniser
    calibration = load_calibration(recogniser.identity, settings.calibration_file)
    return Station(
        analyser=analyser,
        gallery=Gallery.open(
            folder,
            site,
            calibration,
            recogniser.template_size,
            clock,
            database=settings.database or database_url(),
        ),
        audit=AuditLog(folder / AUDIT_FILE, clock),
        enroller=Enroller(analyser, EnrolmentRules(keep_pictures=settings.keep_pictures)),
    )

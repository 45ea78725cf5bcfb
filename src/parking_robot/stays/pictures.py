# SPDX-License-Identifier: Apache-2.0
"""Pictures of cars as files that are named by what is in them: nobody changes one unnoticed."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from datetime import datetime, timedelta
from pathlib import Path

import cv2

from parking_robot.errors import ParkingError
from parking_robot.plates.geometry import Picture
from parking_robot.stays.cases import list_reviews
from parking_robot.stays.ledger import Ledger

# In a data folder: gates and robots keep theirs for times of their own, so each has its folder.
PASSAGES, FINDINGS = "pictures", "finding_pictures"


class PictureStore:
    """A folder of JPEG files, `<first two digits>/<SHA-256>.jpg`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, picture: Picture) -> tuple[str, bytes]:
        """Write a BGR picture; return its name (SHA-256) and its JPEG. Raises ParkingError when it cannot be kept."""
        encoded, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
        if not encoded:
            raise ParkingError(f"a picture of shape {picture.shape} could not be encoded", hint="check the camera")
        jpeg = data.tobytes()
        return self.keep_jpeg(jpeg), jpeg

    def keep_jpeg(self, jpeg: bytes) -> str:
        """Write a JPEG; return its name (SHA-256). Raises ParkingError when it cannot be kept."""
        name = hashlib.sha256(jpeg).hexdigest()
        path = self.path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(jpeg)
            part.replace(path)
        except OSError as error:
            raise ParkingError(
                f"the picture could not be kept in {self._folder}: {error}", hint="check the disk"
            ) from error
        return name

    def path(self, name: str) -> Path:
        """Return where the picture of this name lies."""
        return self._folder / name[:2] / f"{name}.jpg"

    def drop_older(self, days: int, now: datetime, needed: Set[str]) -> int:
        """Delete the pictures that were kept more than ``days`` days before ``now``, but none whose name is ``needed``.

        Return how many. Raises ParkingError when one cannot be deleted. Another gate may do the same at the same time.
        """
        oldest = (now - timedelta(days=days)).timestamp()
        dropped = 0
        try:
            for path in self._folder.glob("??/*"):
                # Half-written ones go too: what a full disk or a power cut left.
                if path.suffix not in (".jpg", ".part") or path.stem in needed:
                    continue
                try:
                    if path.stat().st_mtime < oldest:
                        path.unlink()
                        dropped += 1
                except FileNotFoundError:
                    continue
        except OSError as error:
            raise ParkingError(
                f"old pictures could not be deleted in {self._folder}: {error}", hint="check the folder's owner"
            ) from error
        return dropped


def find_picture(data: Path, name: str) -> Path | None:
    """Return where in a data folder the picture of this name lies; None: it is not there."""
    paths = (PictureStore(data / folder).path(name) for folder in (PASSAGES, FINDINGS))
    return next((path for path in paths if path.is_file()), None)


def drop_unneeded(store: PictureStore, ledger: Ledger, days: int, now: datetime) -> int:
    """Delete the pictures older than ``days`` that no open case needs; return how many. Raises ParkingError.

    Without the ledger nobody knows which pictures a person still needs: none goes then.
    """
    return store.drop_older(days, now, needed_pictures(ledger))


def needed_pictures(ledger: Ledger) -> frozenset[str]:
    """Return the names of the pictures of the cases that wait for a person. Raises LedgerError."""
    names = (case.facts.get("picture") for case in list_reviews(ledger))
    return frozenset(name for name in names if name)

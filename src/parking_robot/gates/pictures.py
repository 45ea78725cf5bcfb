# SPDX-License-Identifier: Apache-2.0
"""Pictures of passages as files that are named by what is in them: nobody changes one unnoticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2

from parking_robot.errors import ParkingError
from parking_robot.plates.geometry import Picture


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
        return name, jpeg

    def path(self, name: str) -> Path:
        """Return where the picture of this name lies."""
        return self._folder / name[:2] / f"{name}.jpg"

# SPDX-License-Identifier: Apache-2.0
"""The site key of a gallery: found, made on first use, changed; a change that was cut off is finished."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from face_perception.errors import GalleryError, WrongKeyError
from face_perception.store import GalleryStore
from face_perception.vault import KEY_VARIABLE, Key, load_site_key, write_site_key

GALLERY_FILE, KEY_FILE = "gallery.db", "site.key"


def open_store(folder: Path, database: str = "", create: bool = False) -> GalleryStore:
    """Open the gallery in ``folder``, or at the URL ``database`` with the key in ``folder``.

    Raises GalleryError, also when there is none and ``create`` does not allow to begin one.
    """
    place = database or folder / GALLERY_FILE
    if isinstance(place, Path) and not place.exists() and not create:
        raise GalleryError(f"there is no gallery in {folder}", hint="enrol somebody first, or give --faces-dir")
    if os.environ.get(KEY_VARIABLE):
        return GalleryStore(place, load_site_key(folder / KEY_FILE))
    path, pending = folder / KEY_FILE, _pending(folder)
    # For a server the key is made here too: one that already holds a gallery then refuses it.
    fresh = create and not pending.exists() and (isinstance(place, str) or not place.exists())
    try:
        return GalleryStore(place, load_site_key(path, create=fresh))
    except GalleryError as error:
        if not pending.exists() or not (isinstance(error, WrongKeyError) or not path.exists()):
            raise
        # A change of the key was cut off after the gallery took the new one.
        store = GalleryStore(place, load_site_key(pending))
        _put_in_place(pending, path)
        return store


def change_site_key(folder: Path, database: str = "") -> int:
    """Make a new site key and wrap every person's key under it; return the number of people.

    The new key is on disk before the gallery needs it and takes the old one's place afterwards: whenever this is cut
    off, :func:`open_store` still finds the right one. Raises GalleryError.
    """
    if os.environ.get(KEY_VARIABLE):
        raise GalleryError(
            f"the site key comes from {KEY_VARIABLE}, which no command can change",
            hint="unset it and use a key file, or rotate where the secret is kept",
        )
    with _alone(folder):
        store = open_store(folder, database)
        try:
            new, pending = Key.new(), _pending(folder)
            write_site_key(pending, new)
            count = store.rotate(new)
            _put_in_place(pending, folder / KEY_FILE)
        finally:
            store.close()
    return count


def _pending(folder: Path) -> Path:
    return folder / f"{KEY_FILE}.new"


def _put_in_place(pending: Path, path: Path) -> None:
    try:
        pending.replace(path)
    except FileNotFoundError:
        # Another process was quicker with the same.
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder against another change of the key at the same time."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise GalleryError(f"there is no gallery in {folder}", hint="give --faces-dir") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise GalleryError("the site key is being changed already", hint="wait for the other command") from error
    finally:
        os.close(handle)

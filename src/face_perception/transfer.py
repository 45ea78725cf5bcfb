# SPDX-License-Identifier: Apache-2.0
"""Carry a gallery on a stick: one file, sealed under a key that comes from a passphrase (scrypt)."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from face_perception.errors import GalleryError
from face_perception.store import GalleryStore
from face_perception.vault import Key

_MIN_PASSPHRASE = 12
# About 0.1 s and 64 MiB: what a guess costs whoever finds the stick.
_COST, _BLOCK, _PARALLEL = 2**16, 8, 1
_SALT = "salt"


def passphrase_key(passphrase: str, salt: bytes) -> Key:
    """Return the key of a passphrase. Raises GalleryError for one of fewer than 12 characters."""
    if len(passphrase) < _MIN_PASSPHRASE:
        raise GalleryError(
            f"the passphrase has {len(passphrase)} characters",
            hint=f"use {_MIN_PASSPHRASE} or more, such as four words",
        )
    return Key(Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_PARALLEL).derive(passphrase.encode()))


def export_gallery(gallery_file: Path, site_key: Key, out: Path, passphrase: str) -> int:
    """Write the gallery to ``out`` and return the number of people. Raises GalleryError when ``out`` exists."""
    salt = secrets.token_bytes(16)
    key = passphrase_key(passphrase, salt)
    if out.exists():
        raise GalleryError(f"{out} exists", hint="choose another name or remove it")
    temporary = out.with_name(f".{out.name}.part")
    temporary.unlink(missing_ok=True)
    try:
        source = sqlite3.connect(gallery_file)
        source.execute("vacuum into ?", [str(temporary)])
        source.close()
        store = GalleryStore(temporary, site_key)
        count = store.rotate(key)
        store.close()
        copy = sqlite3.connect(temporary)
        with copy:
            copy.execute("insert or replace into site values (?, ?)", [_SALT, salt])
        # One plain file: no write-ahead log may be left behind on the stick's side.
        copy.execute("pragma journal_mode=delete")
        copy.execute("vacuum")
        copy.close()
        temporary.replace(out)
    except (OSError, sqlite3.Error) as error:
        raise GalleryError(f"{out} cannot be written: {error}", hint="check the path and the space there") from error
    finally:
        for leftover in temporary.parent.glob(f"{temporary.name}*"):
            leftover.unlink()
    return count


def import_gallery(source: Path, passphrase: str, store: GalleryStore) -> tuple[int, int]:
    """Add the people of an exported file; return (added, already there). Raises GalleryError."""
    if not source.is_file():
        raise GalleryError(f"{source} is missing", hint="give the file that 'ronda faces export' wrote")
    try:
        raw = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        row = raw.execute("select value from site where name=?", [_SALT]).fetchone()
        raw.close()
    except sqlite3.Error as error:
        raise GalleryError(f"{source} is no exported gallery: {error}", hint="check the file") from error
    if row is None:
        raise GalleryError(f"{source} is no exported gallery", hint="give the file that 'ronda faces export' wrote")
    exported = GalleryStore(source, passphrase_key(passphrase, row[0]), read_only=True)
    known = {person.person_id for person in store.people()}
    added = present = 0
    for person in exported.people():
        if person.person_id in known:
            present += 1
            continue
        store.add_person(person, exported.examples(person.person_id))
        if impostors := exported.examples(person.person_id, impostors=True):
            store.add_examples(person.person_id, impostors, impostor=True)
        added += 1
    exported.close()
    return added, present

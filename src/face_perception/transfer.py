# SPDX-License-Identifier: Apache-2.0
"""Carry a gallery on a stick: one file, sealed under a key that comes from a passphrase (scrypt)."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy import Connection, insert, select

from face_perception.errors import GalleryError, WrongKeyError
from face_perception.store import GalleryStore
from face_perception.store_engine import Database
from face_perception.store_tables import EXAMPLES, PEOPLE, SITE
from face_perception.vault import Key

_MIN_PASSPHRASE = 12
# About 0.1 s and 64 MiB: what a guess costs whoever finds the stick.
_COST, _BLOCK, _PARALLEL = 2**16, 8, 1
_SALT, _MANIFEST = "salt", "manifest"
_NO_EXPORT = "give the file that 'ronda faces export' wrote"


def passphrase_key(passphrase: str, salt: bytes) -> Key:
    """Return the key of a passphrase. Raises GalleryError for one of fewer than 12 characters."""
    if len(passphrase) < _MIN_PASSPHRASE:
        raise GalleryError(
            f"the passphrase has {len(passphrase)} characters",
            hint=f"use {_MIN_PASSPHRASE} or more, such as four words",
        )
    return Key(Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_PARALLEL).derive(passphrase.encode()))


def export_gallery(gallery: GalleryStore, out: Path, passphrase: str) -> int:
    """Write the gallery to ``out`` and return the number of people. Raises GalleryError when ``out`` exists."""
    salt = secrets.token_bytes(16)
    key = passphrase_key(passphrase, salt)
    if out.exists():
        raise GalleryError(f"{out} exists", hint="choose another name or remove it")
    if not out.parent.is_dir():
        raise GalleryError(f"there is no folder {out.parent}", hint="check the path, or mount the stick")
    temporary = out.with_name(f".{out.name}.part")
    temporary.unlink(missing_ok=True)
    try:
        copy = GalleryStore(temporary, key)
        try:
            count, _ = copy.copy_from(gallery)
            with copy.database.transaction(write=True) as connection:
                sealed = key.seal(_digest(connection), _MANIFEST)
                connection.execute(insert(SITE), [{"name": _SALT, "value": salt}, {"name": _MANIFEST, "value": sealed}])
        finally:
            copy.close()
        # One plain file: no write-ahead log may be needed to read it, nor be left behind.
        whole = Database(temporary)
        with whole.translated(), whole.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=delete")
        whole.close()
        temporary.replace(out)
    except OSError as error:
        raise GalleryError(
            f"{out} cannot be written: {error.strerror}", hint="check the path and the space there"
        ) from error
    finally:
        for leftover in temporary.parent.glob(f"{temporary.name}*"):
            leftover.unlink()
    return count


def import_gallery(source: Path, passphrase: str, gallery: GalleryStore) -> tuple[int, int]:
    """Add the people of an exported file, all or nothing; return (added, already there).

    Raises GalleryError for a wrong passphrase, a file that was changed, and people of another model.
    """
    if not source.is_file():
        raise GalleryError(f"{source} is missing", hint=_NO_EXPORT)
    key = passphrase_key(passphrase, _salt(source))
    try:
        exported = GalleryStore(source, key, read_only=True)
    except WrongKeyError as error:
        raise GalleryError(
            f"{source} does not open: wrong passphrase, or the file was changed",
            hint="type the passphrase of the export, or make the export again",
        ) from error
    try:
        _check_whole(exported, key, source)
        models = {person.model for person in exported.people()}
        for model in models:
            if (other := gallery.other_model(model)) is not None:
                raise GalleryError(
                    f"{source} was made with {model}, this gallery with {other}",
                    hint="migrate one of them with 'ronda faces reembed' first",
                )
        return gallery.copy_from(exported)
    finally:
        exported.close()


def _salt(source: Path) -> bytes:
    database = Database(source, read_only=True)
    try:
        with database.transaction() as connection:
            salt = connection.scalar(select(SITE.c.value).where(SITE.c.name == _SALT))
    except GalleryError as error:
        raise GalleryError(f"{source} is no exported gallery, or damaged ({error})", hint=_NO_EXPORT) from error
    finally:
        database.close()
    if salt is None:
        raise GalleryError(f"{source} is no exported gallery", hint=_NO_EXPORT)
    return bytes(salt)


def _check_whole(exported: GalleryStore, key: Key, source: Path) -> None:
    """Compare the rows with the sealed digest: single rows are sealed, but rows may also be taken out or put back."""
    try:
        with exported.database.transaction() as connection:
            sealed = connection.scalar(select(SITE.c.value).where(SITE.c.name == _MANIFEST))
            whole = key.open(sealed or b"", _MANIFEST) == _digest(connection)
    except GalleryError as error:
        raise GalleryError(f"{source} was changed or damaged ({error})", hint="make the export again") from error
    if not whole:
        raise GalleryError(f"{source} was changed after the export", hint="make the export again")


def _digest(connection: Connection) -> bytes:
    """Return the SHA-256 of everything about everybody, in a fixed order."""
    digest = hashlib.sha256()
    for table, order in ((PEOPLE, PEOPLE.c.person_id), (EXAMPLES, EXAMPLES.c.example_id)):
        columns = [column for column in table.c if column.name != "number"]
        for row in connection.execute(select(*columns).order_by(order)):
            for value in row:
                content = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(len(content).to_bytes(8, "little") + content)
    return digest.digest()

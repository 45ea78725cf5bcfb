# SPDX-License-Identifier: Apache-2.0
"""Keys: one site key wraps one key per person; everything about a person is sealed under the person's key.

AES-256-GCM throughout; the associated data ties each ciphertext to its place, so that rows cannot be swapped. Losing
the wrapped key of a person makes whatever is left of that person unreadable.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from face_perception.errors import GalleryError
from ronda_core import atomic

KEY_VARIABLE = "RONDA_FACES_KEY"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Key:
    """A 256-bit key that seals and opens."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise ValueError(f"a key has {_KEY_BYTES} bytes, not {len(secret)}")
        self._secret = secret
        self._cipher = AESGCM(secret)

    @classmethod
    def new(cls) -> Key:
        """Return a random key."""
        return cls(secrets.token_bytes(_KEY_BYTES))

    def seal(self, plain: bytes, place: str) -> bytes:
        """Return nonce and ciphertext of ``plain``, bound to ``place``."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for ``place``. Raises GalleryError for another key, place or changed bytes."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise GalleryError(
                f"{place} of the gallery cannot be opened: wrong site key or damaged data",
                hint=f"use the key that this gallery was made with ({KEY_VARIABLE} or its key file)",
            ) from error

    def wrap(self, other: Key, place: str) -> bytes:
        """Return ``other`` sealed under this key."""
        return self.seal(other._secret, place)

    def unwrap(self, wrapped: bytes, place: str) -> Key:
        """Return the key that :meth:`wrap` sealed. Raises GalleryError."""
        return Key(self.open(wrapped, place))

    def encoded(self) -> str:
        """Return the key as text for a key file or the environment."""
        return base64.b64encode(self._secret).decode()

    @classmethod
    def decoded(cls, text: str, where: str) -> Key:
        """Return the key written in ``text``. Raises GalleryError naming ``where``."""
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError) as error:
            raise GalleryError(f"{where} holds no key: {error}", hint="32 bytes in base64 are expected") from error


def load_site_key(path: Path, create: bool = False) -> Key:
    """Return the site key from the environment or from ``path``, made there (0600) on first use if ``create``.

    Raises GalleryError when there is none, or when others may read the file.
    """
    if text := os.environ.get(KEY_VARIABLE):
        return Key.decoded(text, f"environment variable {KEY_VARIABLE}")
    if not path.exists():
        if not create:
            raise GalleryError(f"site key {path} is missing", hint=f"restore it, or set {KEY_VARIABLE}")
        write_site_key(path, Key.new(), replace=False)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise GalleryError(f"site key {path} is readable by others (mode {mode:04o})", hint=f"chmod 600 {path}")
    return Key.decoded(path.read_text("ascii", errors="replace"), str(path))


def write_site_key(path: Path, key: Key, replace: bool = True) -> None:
    """Write a key file that only its owner can read, in one step; an existing one stays unless ``replace``.

    Raises GalleryError when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_file(path, f"{key.encoded()}\n".encode("ascii"), mode=0o600, replace=replace)
    except OSError as error:
        raise GalleryError(
            f"key file {path} cannot be written: {error.strerror}", hint="check the folder and the space on the disk"
        ) from error

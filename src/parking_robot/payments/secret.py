# SPDX-License-Identifier: Apache-2.0
"""The garage's secret, which signs the links in QR codes and what gates tell the server: a file for its owner alone."""

from __future__ import annotations

import secrets
from pathlib import Path

from parking_robot.errors import ConfigurationError, PaymentError
from ronda_core import atomic

SHORTEST = 32


def garage_secret(path: Path) -> str:
    """Return the secret of the file, made on the first call. Raises ConfigurationError where others may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # The gates and the server of a garage start together: one of them makes it.
            atomic.write_file(path, f"{secrets.token_hex(32)}\n".encode("ascii"), mode=0o600, replace=False)
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"{path} may be read by others", hint=f"chmod 600 {path}")
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the garage's secret {path} cannot be read: {error}", hint="check the file"
        ) from error
    if len(secret) < SHORTEST:
        raise ConfigurationError(f"the garage's secret {path} is too short", hint="remove it: another one is made")
    return secret


def known_secret(folder: Path, hint: str) -> str:
    """Return the garage's secret in a folder, which somebody else has made. Raises PaymentError where there is none."""
    if not (folder / "secret").exists():
        raise PaymentError(f"there is no garage's secret in {folder}", hint=hint)
    return garage_secret(folder / "secret")

# SPDX-License-Identifier: Apache-2.0
"""Files and folders that are there whole or not at all, also after a power cut."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".partial-"
"""Begins the name of everything that is still being written."""


@contextmanager
def new_folder(target: Path, *, replace: bool = False, make: bool = True) -> Iterator[Path]:
    """Fill a folder under a temporary name; it gets its name when the block ends well, and goes when it does not.

    Everything in it is on the disk before it is renamed. Raises FileExistsError if `target` is there and `replace`
    is false; with `replace` the old folder goes only when the new one is complete. With `make` false the block itself
    makes the folder, for writers that insist on it.
    """
    if target.exists() and not replace:
        raise FileExistsError(f"{target} is there already")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.parent / f"{PREFIX}{target.name}-{secrets.token_hex(4)}"
    scratch.mkdir()
    # Its own name already while it is filled: some writers name their files after the folder.
    partial = scratch / target.name
    try:
        if make:
            partial.mkdir()
        yield partial
        sync_tree(partial)
        if target.exists():
            target.rename(scratch / "replaced")
        partial.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_file(target: Path, content: bytes, *, mode: int = 0o666, replace: bool = True) -> None:
    """Write a file in one step; a reader sees the old content or the new.

    `mode`: who may do what with it, less the umask. Without `replace` a file that is there stays: of two processes that
    write at once one wins, and both find its content.
    """
    partial = target.parent / f"{PREFIX}{target.name}-{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            partial.rename(target)
        else:
            # Unlike rename() this keeps what is there.
            with suppress(FileExistsError):
                os.link(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)


def sweep(folder: Path) -> int:
    """Remove what an interrupted run left half written directly in `folder`; returns how many entries."""
    count = 0
    for entry in folder.glob(f"{PREFIX}*"):
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
        count += 1
    return count


def sync_tree(folder: Path) -> None:
    """Bring every file and folder below `folder` to the disk."""
    for root, _, files in os.walk(folder):
        for name in files:
            _sync(Path(root, name))
        sync_folder(Path(root))


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

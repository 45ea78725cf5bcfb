# SPDX-License-Identifier: Apache-2.0
"""``ronda faces export | import | rotate-key | reembed``: a gallery on the move, a new site key, new models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face_perception.cli_options import Folder, Profile, ProfilesFile, Requester, requester

if TYPE_CHECKING:
    from face_perception.audit import AuditLog
    from face_perception.vault import Key

_VARIABLE = "RONDA_EXPORT_PASSPHRASE"


def export(
    out: Annotated[Path, typer.Argument(help="File to write")], by: Requester = "", folder: Folder = None
) -> None:
    """Write the gallery to one file, sealed with a passphrase (asked for, or RONDA_EXPORT_PASSPHRASE).

    Example: ronda faces export /media/stick/gallery.ronda
    """
    from face_perception.transfer import export_gallery

    file, key, audit = _parts(folder)
    count = export_gallery(file, key, out, _passphrase(confirm=True))
    audit.append("export", requested_by=requester(by), people=count)
    typer.echo(f"{out}: {count} people")


def import_people(
    source: Annotated[Path, typer.Argument(help="File that 'ronda faces export' wrote")],
    by: Requester = "",
    folder: Folder = None,
) -> None:
    """Add the people of an exported gallery.

    Example: ronda faces import /media/stick/gallery.ronda
    """
    from face_perception.store import GalleryStore
    from face_perception.transfer import import_gallery

    file, key, audit = _parts(folder)
    store = GalleryStore(file, key)
    added, present = import_gallery(source, _passphrase(confirm=False), store)
    store.close()
    audit.append("import", requested_by=requester(by), people=added)
    typer.echo(f"{added} people added, {present} were there")


def rotate_key(by: Requester = "", folder: Folder = None) -> None:
    """Make a new site key and wrap every person's key under it; stop the nodes that use the gallery first."""
    from face_perception.errors import GalleryError
    from face_perception.gallery import KEY_FILE
    from face_perception.store import GalleryStore
    from face_perception.vault import KEY_VARIABLE, Key, write_site_key

    if os.environ.get(KEY_VARIABLE):
        raise GalleryError(
            f"the site key comes from {KEY_VARIABLE}, which no command can change",
            hint="unset it and use a key file, or rotate where the secret is kept",
        )
    file, key, audit = _parts(folder)
    new, path = Key.new(), file.with_name(KEY_FILE)
    # The new key must be on disk before the gallery needs it: a crash in between leaves both.
    pending = path.with_name(f"{KEY_FILE}.new")
    write_site_key(pending, new)
    store = GalleryStore(file, key)
    count = store.rotate(new)
    store.close()
    pending.replace(path)
    audit.append("rotate-key", requested_by=requester(by), people=count)
    typer.echo(f"{path}: new key, {count} people")


def reembed(
    profile: Profile = "fast", profiles_file: ProfilesFile = None, by: Requester = "", folder: Folder = None
) -> None:
    """Make all templates anew with another profile, from the kept enrolment pictures.

    Example: ronda faces reembed --profile mine --profiles-file profiles.yaml
    """
    from face_perception.analyser import Analyser
    from face_perception.models import ModelRegistry
    from face_perception.profiles import load_profile
    from face_perception.reembed import reembed as migrate
    from face_perception.store import GalleryStore
    from ronda_core.paths import models_dir

    file, key, audit = _parts(folder)
    analyser = Analyser.load(load_profile(profile, profiles_file), ModelRegistry.load(models_dir()))
    store = GalleryStore(file, key)
    result = migrate(store, analyser, lambda person: typer.echo(f"{person.person_id} {person.name}"))
    store.close()
    audit.append("reembed", requested_by=requester(by), people=len(result.done), model=analyser.recogniser.identity)
    typer.echo(f"{len(result.done)} people migrated")
    if result.left:
        names = ", ".join(f"{person.name} ({person.person_id})" for person in result.left)
        typer.echo(f"no usable picture is kept of: {names}; enrol them again", err=True)
        raise typer.Exit(1)


def _parts(folder: Path | None) -> tuple[Path, Key, AuditLog]:
    from face_perception.audit import AuditLog
    from face_perception.errors import GalleryError
    from face_perception.gallery import GALLERY_FILE, KEY_FILE
    from face_perception.station import AUDIT_FILE, FOLDER
    from face_perception.vault import load_site_key
    from ronda_core.clock import SystemClock
    from ronda_core.paths import data_dir

    place = folder or data_dir() / FOLDER
    file = place / GALLERY_FILE
    if not file.exists():
        raise GalleryError(f"there is no gallery in {place}", hint="enrol somebody first, or give --faces-dir")
    return file, load_site_key(place / KEY_FILE), AuditLog(place / AUDIT_FILE, SystemClock())


def _passphrase(confirm: bool) -> str:
    return os.environ.get(_VARIABLE) or str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))

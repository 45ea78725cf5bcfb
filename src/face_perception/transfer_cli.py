# SPDX-License-Identifier: Apache-2.0
"""``ronda faces export | import | rotate-key | reembed``: a gallery on the move, a new site key, new models."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from face_perception.cli_options import Folder, Profile, ProfilesFile, Requester, audit_log, faces_folder, requester

if TYPE_CHECKING:
    from face_perception.audit import AuditLog
    from face_perception.store import GalleryStore

_VARIABLE = "RONDA_EXPORT_PASSPHRASE"


def export(
    out: Annotated[Path, typer.Argument(help="File to write")], by: Requester = "", folder: Folder = None
) -> None:
    """Write the gallery to one file, sealed with a passphrase (asked for, or RONDA_EXPORT_PASSPHRASE).

    Example: ronda faces export /media/stick/gallery.ronda
    """
    from face_perception.transfer import export_gallery

    store, audit = _parts(folder)
    with closing(store):
        count = export_gallery(store, out, _passphrase(confirm=True))
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
    from face_perception.transfer import import_gallery

    store, audit = _parts(folder, create=True)
    with closing(store):
        added, present = import_gallery(source, _passphrase(confirm=False), store)
    audit.append("import", requested_by=requester(by), people=added)
    typer.echo(f"{added} people added, {present} were there")


def rotate_key(by: Requester = "", folder: Folder = None) -> None:
    """Make a new site key and wrap every person's key under it; restart the nodes that use the gallery afterwards.

    Cut off at any moment, the next command finds the right key and finishes the change.
    """
    from face_perception.site_key import KEY_FILE, change_site_key
    from face_perception.station import database_url

    place = faces_folder(folder)
    count = change_site_key(place, database_url())
    audit_log(place).append("rotate-key", requested_by=requester(by), people=count)
    typer.echo(f"{place / KEY_FILE}: new key, {count} people")


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
    from ronda_core.paths import models_dir

    store, audit = _parts(folder)
    analyser = Analyser.load(load_profile(profile, profiles_file), ModelRegistry.load(models_dir()))
    with closing(store):
        result = migrate(store, analyser, lambda person: typer.echo(f"{person.person_id} {person.name}"))
    audit.append("reembed", requested_by=requester(by), people=len(result.done), model=analyser.recogniser.identity)
    typer.echo(f"{len(result.done)} people migrated")
    if result.left:
        names = ", ".join(f"{person.name} ({person.person_id})" for person in result.left)
        typer.echo(f"no usable picture is kept of: {names}; enrol them again", err=True)
        raise typer.Exit(1)


def _parts(folder: Path | None, create: bool = False) -> tuple[GalleryStore, AuditLog]:
    from face_perception.site_key import open_store
    from face_perception.station import database_url

    place = faces_folder(folder)
    return open_store(place, database_url(), create), audit_log(place)


def _passphrase(confirm: bool) -> str:
    return os.environ.get(_VARIABLE) or str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))

# SPDX-License-Identifier: Apache-2.0
"""``ronda faces enrol | list | show | search | remove | audit``: the people of a site."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from face_perception.cli_options import (
    Folder,
    Json,
    Profile,
    Requester,
    SiteFile,
    audit_log,
    date,
    faces_folder,
    requester,
    show,
    station,
)


def enrol(
    name: Annotated[str, typer.Argument(help="Name that a match shows")],
    pictures: Annotated[list[Path], typer.Argument(help="Pictures of this one person")],
    watchlist: Annotated[str, typer.Option("--watchlist", "-w", help="List of the site file")],
    reason: Annotated[str, typer.Option(help="Why this person is looked for [default: the list's reason]")] = "",
    valid_until: Annotated[
        str, typer.Option(help="Last day of this entry, 2027-01-31 [default: as long as the list]")
    ] = "",
    person_id: Annotated[str, typer.Option("--person", help="Add the pictures to this person")] = "",
    allow_duplicate: Annotated[bool, typer.Option(help="Enrol although the face is known under another name")] = False,
    central: Annotated[bool, typer.Option(help="Of several faces take the large one nearest to the middle")] = False,
    by: Requester = "",
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
    as_json: Json = False,
) -> None:
    """Enrol a person from one or more pictures.

    Example: ronda faces enrol "Ann Example" ann1.jpg ann2.jpg --watchlist missing
    """
    from face_perception.picture import read_picture
    from face_perception.site import end_of

    until = end_of(valid_until, "--valid-until") if valid_until else 0.0
    here = station(folder, site, profile)
    with closing(here.gallery):
        here.gallery.watchlist(watchlist)
        examples = [here.enroller.example(read_picture(path), str(path), central=central) for path in pictures]
        person = here.enroller.enrol(
            here.gallery,
            name,
            watchlist,
            examples,
            reason=reason,
            valid_until=until,
            person_id=person_id,
            allow_duplicate=allow_duplicate,
            # The reason is kept with the person, sealed: the log outlives the person's deletion.
            record=lambda person: here.audit.append(
                "enrol",
                person_id=person.person_id,
                requested_by=requester(by),
                watchlist_id=person.watchlist_id,
                pictures=len(examples),
            ),
        )
    rows = [{"person_id": person.person_id, "name": person.name, "pictures": len(examples), "watchlist": watchlist}]
    show(rows, as_json, ["person_id", "name", "pictures", "watchlist"])


def list_people(
    watchlist: Annotated[str, typer.Option("--watchlist", "-w", help="Only this list")] = "",
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
    as_json: Json = False,
) -> None:
    """List the people of the gallery."""
    here = station(folder, site, profile)
    with closing(here.gallery):
        rows = [
            {
                "person_id": person.person_id,
                "name": person.name,
                "watchlist": person.watchlist_id,
                "reason": person.reason,
                "enrolled": date(person.enrolled_at),
                "valid_until": date(person.valid_until),
                "pictures": person.pictures,
            }
            for person in here.gallery.people(watchlist)
        ]
    show(rows, as_json, ["person_id", "name", "watchlist", "reason", "enrolled", "valid_until", "pictures"])


def show_person(
    person_id: Annotated[str, typer.Argument(help="As shown by 'ronda faces list'")],
    picture: Annotated[Path | None, typer.Option(help="Write the enrolled picture to this file")] = None,
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
    as_json: Json = False,
) -> None:
    """Show one person, and the enrolled picture where the site keeps it."""
    from dataclasses import asdict

    here = station(folder, site, profile)
    with closing(here.gallery):
        person = here.gallery.person(person_id)
        portrait = here.gallery.portrait(person_id)
    if picture is not None and portrait:
        picture.write_bytes(portrait)
    rows = [{"field": key, "value": value} for key, value in asdict(person).items()]
    show(asdict(person) if as_json else rows, as_json, ["field", "value"])


def search(
    picture: Annotated[Path, typer.Argument(help="Picture with one face")],
    count: Annotated[int, typer.Option(min=1, max=50, help="How many candidates")] = 5,
    by: Requester = "",
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
    as_json: Json = False,
) -> None:
    """Show who in the gallery is nearest to the face in a picture. Writes to the audit log."""
    from face_perception.errors import PolicyError
    from face_perception.picture import read_picture

    here = station(folder, site, profile)
    with closing(here.gallery):
        if not here.gallery.permitted:
            raise PolicyError("identification is off for this site", hint="write a site file, see docs/faces.md")
        example = here.enroller.example(read_picture(picture), str(picture))
        hits = here.gallery.search(example.template, count)
        here.audit.append("search", requested_by=requester(by), results=len(hits))
        rows = [
            {
                "person_id": hit.person_id,
                "name": here.gallery.person(hit.person_id).name,
                "score": round(hit.score, 3),
                "threshold": round(hit.threshold, 3),
                "match": hit.score >= hit.threshold,
            }
            for hit in hits
        ]
    show(rows, as_json, ["person_id", "name", "score", "threshold", "match"])


def remove(
    person_id: Annotated[str, typer.Argument(help="As shown by 'ronda faces list'")],
    reason: Annotated[str, typer.Option(help="Why, for the audit log")] = "",
    by: Requester = "",
    folder: Folder = None,
    site: SiteFile = None,
    profile: Profile = "fast",
) -> None:
    """Remove a person: key, templates and pictures are destroyed."""
    from face_perception.audit_text import without_name

    here = station(folder, site, profile)
    with closing(here.gallery):
        here.gallery.remove(
            person_id,
            lambda person: here.audit.append(
                "remove",
                person_id=person_id,
                requested_by=requester(by),
                reason=without_name(reason, person.name),
            ),
        )
    typer.echo(f"{person_id} removed")


def audit(folder: Folder = None) -> None:
    """Check the hash chain of the audit log; exit status 1 when it is broken."""
    log = audit_log(faces_folder(folder))
    count, problem = log.verify()
    if problem is None:
        typer.echo(f"{log.path}: {count} events, the chain holds")
        return
    typer.echo(f"{log.path}: line {problem.line} {problem.reason}", err=True)
    raise typer.Exit(1)

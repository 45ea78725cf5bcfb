# SPDX-License-Identifier: Apache-2.0
"""The evidence store: one folder per incident, each file known by its SHA-256."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrol_robot.errors import EvidenceError
from ronda_core import atomic

DOCUMENT = "incident.json"
MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".json": "application/json",
    ".mcap": "application/mcap",
    ".yaml": "application/yaml",
}


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of an incident: its name relative to the incident's folder, size in bytes."""

    name: str
    media_type: str
    sha256: str
    size: int


def describe(name: str, content: bytes) -> EvidenceFile:
    """What is said about a file of this content."""
    media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
    return EvidenceFile(name, media_type, hashlib.sha256(content).hexdigest(), len(content))


class EvidenceStore:
    """Folders of incidents below `root`. What is half written from an earlier run is removed when it opens."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
            atomic.sweep(root)
        except OSError as error:
            raise EvidenceError(
                f"cannot use the evidence folder {root}: {error.strerror}", hint="make it writable or choose another"
            ) from error

    def folder(self, incident_id: str) -> Path:
        """The folder of an incident, there or not. Raises EvidenceError for a name that leaves the store."""
        if not incident_id or Path(incident_id).name != incident_id or incident_id.startswith("."):
            raise EvidenceError(f"'{incident_id}' is not an incident's name", hint="use the id from the incident")
        return self.root / incident_id

    def create(self, incident_id: str, files: Mapping[str, bytes], document: Mapping[str, Any]) -> None:
        """Write a new incident: all files and its document, or nothing. Raises EvidenceError."""
        target = self.folder(incident_id)
        with _disk_errors(f"cannot write incident {incident_id}"), atomic.new_folder(target) as folder:
            for name, content in files.items():
                (folder / name).write_bytes(content)
            (folder / DOCUMENT).write_bytes(_encode(document))

    @contextmanager
    def new_part(self, incident_id: str, name: str) -> Iterator[Path]:
        """Make and fill the sub-folder at the given path; it appears whole when the block ends well.

        Raises EvidenceError when the disk refuses, or when the part is there already.
        """
        target = self.folder(incident_id) / name
        with (
            _disk_errors(f"cannot write {name} of incident {incident_id}"),
            atomic.new_folder(target, make=False) as folder,
        ):
            yield folder

    def describe_part(self, incident_id: str, name: str) -> tuple[EvidenceFile, ...]:
        """Hash the files of a sub-folder, sorted by name."""
        base = self.folder(incident_id)
        paths = sorted(path for path in (base / name).rglob("*") if path.is_file())
        return tuple(describe(path.relative_to(base).as_posix(), path.read_bytes()) for path in paths)

    def update(self, incident_id: str, document: Mapping[str, Any]) -> None:
        """Replace an incident's document in one step. Raises EvidenceError."""
        with _disk_errors(f"cannot update incident {incident_id}"):
            atomic.write_file(self.folder(incident_id) / DOCUMENT, _encode(document))

    def read(self, incident_id: str) -> dict[str, Any]:
        """The incident's document. Raises EvidenceError if it is missing or not readable."""
        path = self.folder(incident_id) / DOCUMENT
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise EvidenceError(f"cannot read {path}: {error}", hint="restore it from a backup") from error
        if not isinstance(document, dict):
            raise EvidenceError(f"{path} is not an incident", hint="restore it from a backup")
        return document

    def incident_ids(self) -> list[str]:
        """All incidents that have a folder, oldest first."""
        return sorted(p.name for p in self.root.iterdir() if p.is_dir() and not p.name.startswith("."))

    def verify(self, incident_id: str) -> None:
        """Compare every file with its hash. Raises EvidenceError naming the first that differs."""
        base = self.folder(incident_id)
        for item in self.read(incident_id)["evidence"]:
            path = base / item["name"]
            content = path.read_bytes() if path.is_file() else None
            if content is None or describe(item["name"], content).sha256 != item["sha256"]:
                what = "is missing" if content is None else "was changed"
                raise EvidenceError(f"{path} {what}", hint="treat this incident's evidence as damaged")


def _encode(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


@contextmanager
def _disk_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvidenceError(f"{what}: {error.strerror or error}", hint="free disk space or check the folder") from error

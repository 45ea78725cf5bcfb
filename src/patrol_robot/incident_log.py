# SPDX-License-Identifier: Apache-2.0
"""The incident log: a table in SQLite that keeps what it acknowledged, also after a power cut."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, MetaData, String, Table, create_engine, event, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from patrol_robot.errors import IncidentLogError
from patrol_robot.incidents import ClipState, Incident

_metadata = MetaData()
_incidents = Table(
    "incidents",
    _metadata,
    Column("incident_id", String, primary_key=True),
    Column("match_id", String, nullable=False, unique=True),
    Column("person_id", String, nullable=False, index=True),
    Column("clip", String, nullable=False, index=True),
    Column("document", JSON, nullable=False),
)


class IncidentLog:
    """All incidents of a robot, one row each, keyed by incident and unique by match."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = _open(path)
            _metadata.create_all(self._engine)
        except (OSError, SQLAlchemyError) as error:
            raise IncidentLogError(
                f"cannot open the incident log {path}: {_short(error)}", hint="check the folder, or move a damaged file"
            ) from error

    def add(self, incident: Incident) -> bool:
        """Keep an incident; false if its match is in the log already. On the disk when it returns."""
        row = {
            "incident_id": incident.incident_id,
            "match_id": incident.match.match_id,
            "person_id": incident.match.person_id,
            "clip": incident.clip.value,
            "document": incident.document(),
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_incidents), row)
        except IntegrityError:
            return False
        except SQLAlchemyError as error:
            raise self._failed("write", error) from error
        return True

    def replace(self, incident: Incident) -> None:
        """Write an incident's new content over the old. Raises IncidentLogError if it is not in the log."""
        statement = (
            update(_incidents)
            .where(_incidents.c.incident_id == incident.incident_id)
            .values(clip=incident.clip.value, document=incident.document())
        )
        try:
            with self._engine.begin() as connection:
                changed = connection.execute(statement).rowcount
        except SQLAlchemyError as error:
            raise self._failed("write", error) from error
        if changed != 1:
            raise IncidentLogError(f"incident {incident.incident_id} is not in {self.path}", hint="add it first")

    def all(self) -> list[Incident]:
        """Every incident, oldest first."""
        return self._select(select(_incidents.c.document).order_by(_incidents.c.incident_id))

    def with_clip(self, state: ClipState) -> list[Incident]:
        """The incidents whose recording is in this state, oldest first."""
        chosen = select(_incidents.c.document).where(_incidents.c.clip == state.value)
        return self._select(chosen.order_by(_incidents.c.incident_id))

    def match_ids(self) -> list[str]:
        """The matches that are incidents already."""
        try:
            with self._engine.connect() as connection:
                return list(connection.execute(select(_incidents.c.match_id)).scalars())
        except SQLAlchemyError as error:
            raise self._failed("read", error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _select(self, statement: Any) -> list[Incident]:
        try:
            with self._engine.connect() as connection:
                return [Incident.from_document(row) for row in connection.execute(statement).scalars()]
        except (SQLAlchemyError, KeyError, TypeError, ValueError) as error:
            raise self._failed("read", error) from error

    def _failed(self, what: str, error: Exception) -> IncidentLogError:
        return IncidentLogError(f"cannot {what} the incident log {self.path}: {_short(error)}", hint="check the disk")


def _open(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", json_serializer=lambda value: json.dumps(value, allow_nan=False))

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=5000")

    return engine


def _short(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)

# SPDX-License-Identifier: Apache-2.0
"""The ROS services of the gallery: each answers ``success`` and a message a person can act on, and is audited."""

from __future__ import annotations

from threading import Lock
from typing import Any

from rclpy.node import Node
from ronda.msg import PersonScore
from ronda.srv import ConfirmMatch, EnrolPerson, ListPeople, RemovePerson, SearchPerson

from face_perception.audit_text import without_name
from face_perception.face_messages import person_message
from face_perception.match_book import MatchBook
from face_perception.people import Example, Person
from face_perception.picture import decode_picture
from face_perception.station import Station
from ronda_core.errors import RondaError
from ronda_core.stamps import to_seconds

_DEFAULT_RESULTS, _MOST_RESULTS, _MOST_PICTURES = 5, 50, 50


class FaceServices:
    """Offers enrol_person, remove_person, list_people, search_person and confirm_match on ``node``."""

    def __init__(self, node: Node, station: Station, book: MatchBook, lock: Lock) -> None:
        """``lock`` guards the models and the gallery, which the camera's thread uses too."""
        self._station = station
        self._book = book
        self._lock = lock
        node.create_service(EnrolPerson, "enrol_person", self._guarded(self._enrol))
        node.create_service(RemovePerson, "remove_person", self._guarded(self._remove))
        node.create_service(ListPeople, "list_people", self._guarded(self._list))
        node.create_service(SearchPerson, "search_person", self._guarded(self._search))
        node.create_service(ConfirmMatch, "confirm_match", self._guarded(self._confirm))

    def _guarded(self, serve: Any) -> Any:
        def answer(request: Any, response: Any) -> Any:
            try:
                with self._lock:
                    serve(request, response)
                response.success = True
            except RondaError as error:
                response.success = False
                response.message = f"{error}; {error.hint}" if error.hint else str(error)
            return response

        return answer

    def _enrol(self, request: Any, response: Any) -> None:
        if len(request.pictures) > _MOST_PICTURES:
            raise RondaError(f"{len(request.pictures)} pictures are too many", hint=f"at most {_MOST_PICTURES}")
        examples: list[Example] = []
        refused: list[RondaError] = []
        for number, picture in enumerate(request.pictures, start=1):
            try:
                where = f"picture {number}"
                pixels = decode_picture(bytes(picture.data), where)
                example = self._station.enroller.example(pixels, where, central=request.central)
                examples.append(example)
                response.picture_messages.append("")
                response.picture_qualities.append(example.quality)
            except RondaError as error:
                refused.append(error)
                response.picture_messages.append(f"{error}; {error.hint}")
                response.picture_qualities.append(0.0)
        if refused and not examples:
            raise refused[0]
        person = self._station.enroller.enrol(
            self._station.gallery,
            request.name,
            request.watchlist_id,
            examples,
            reason=request.reason,
            valid_until=to_seconds(request.valid_until),
            person_id=request.person_id,
            allow_duplicate=request.allow_duplicate,
            # The reason is kept with the person, sealed: the log outlives the person's deletion.
            record=lambda person: self._station.audit.append(
                "enrol",
                person_id=person.person_id,
                requested_by=request.requested_by,
                watchlist_id=person.watchlist_id,
                pictures=len(examples),
            ),
        )
        response.person_id = person.person_id

    def _remove(self, request: Any, _response: Any) -> None:
        self._station.gallery.remove(
            request.person_id,
            lambda person: self._station.audit.append(
                "remove",
                person_id=person.person_id,
                requested_by=request.requested_by,
                reason=without_name(request.reason, person.name),
            ),
        )

    def _list(self, request: Any, response: Any) -> None:
        gallery = self._station.gallery
        response.people = [person_message(person, gallery.site) for person in gallery.people(request.watchlist_id)]

    def _search(self, request: Any, response: Any) -> None:
        gallery = self._station.gallery
        example = self._station.enroller.example(decode_picture(bytes(request.picture.data)))
        count = min(request.max_results or _DEFAULT_RESULTS, _MOST_RESULTS)
        hits = gallery.search(example.template, count)
        self._station.audit.append("search", requested_by=request.requested_by, results=len(hits))
        response.results = [
            PersonScore(
                person=person_message(gallery.person(hit.person_id), gallery.site),
                score=hit.score,
                above_threshold=hit.score >= hit.threshold,
            )
            for hit in hits
        ]

    def _confirm(self, request: Any, _response: Any) -> None:
        match = self._book.take(request.match_id)

        def record(person: Person) -> None:
            self._station.audit.append(
                "confirm" if request.is_person else "reject",
                person_id=person.person_id,
                requested_by=request.requested_by,
                match_id=match.match_id,
                note=without_name(request.note, person.name),
            )

        gallery = self._station.gallery
        if request.is_person:
            record(gallery.person(match.person_id))
        else:
            gallery.reject(match.person_id, match.template, match.quality, record)

# SPDX-License-Identifier: Apache-2.0
"""The people a site looks for: enrolment, search with calibrated thresholds, verdicts of humans, deletion."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from face_perception.calibration import Calibration
from face_perception.errors import GalleryError, PolicyError
from face_perception.faces import Template
from face_perception.index import Hit, TemplateIndex, make_index
from face_perception.people import Example, Person
from face_perception.people_search import MemorySearch, PeopleSearch, ServerSearch
from face_perception.site import Site, Watchlist
from face_perception.site_key import open_store
from face_perception.store import GalleryStore
from ronda_core.clock import Clock

# Makes the audit log's entry about a person; when it raises, the change itself is undone.
Record = Callable[[Person], None]
_MOST_REMEMBERED = 10_000


class Gallery:
    """One site's people. Other processes may change the same gallery; searches see it at once."""

    def __init__(
        self,
        store: GalleryStore,
        site: Site | None,
        calibration: Calibration,
        template_size: int,
        clock: Clock,
        make_index: Callable[[int, int], TemplateIndex] = make_index,
    ) -> None:
        self.site = site
        self._store = store
        self._calibration = calibration
        self._template_size = template_size
        self._clock = clock
        self._search: PeopleSearch
        if store.sketches is None:
            self._search = MemorySearch(store, template_size, make_index)
        else:
            self._search = ServerSearch(store)
        # People who were found lately, by number, as they were at version ``_version``.
        self._found: dict[int, Person | None] = {}
        self._version = -1

    @property
    def calibration(self) -> Calibration:
        """What cosines of this gallery's recogniser mean."""
        return self._calibration

    @classmethod
    def open(
        cls,
        folder: Path,
        site: Site | None,
        calibration: Calibration,
        template_size: int,
        clock: Clock,
        make_index: Callable[[int, int], TemplateIndex] = make_index,
        database: str = "",
    ) -> Gallery:
        """Open the gallery in ``folder``, or at the URL ``database`` with the site key in ``folder``; created with a
        new site key on first use. Raises GalleryError."""
        return cls(open_store(folder, database, create=True), site, calibration, template_size, clock, make_index)

    def close(self) -> None:
        """Release the database."""
        self._store.close()

    @property
    def permitted(self) -> bool:
        """Whether the site permits identification now."""
        return self.site is not None and self.site.permits(self._clock.now())

    def people(self, watchlist_id: str = "") -> list[Person]:
        """Return everybody, or the people of one list, oldest first."""
        self._check_model()
        return self._store.people(watchlist_id)

    def person(self, person_id: str) -> Person:
        """Return one person. Raises GalleryError when unknown."""
        return self._store.person(person_id)

    def warm_up(self) -> int:
        """Make the search ready now instead of at the first search; return the number of people."""
        self._follow()
        return len(self._search)

    def watchlist(self, list_id: str) -> Watchlist:
        """Return a list that is in force. Raises PolicyError without a site permission, WatchlistError."""
        if self.site is None:
            raise PolicyError(
                "identification is off: no site file names who is looked for, why and until when",
                hint="write one and name it in 'site_file' (docs/faces.md)",
            )
        return self.site.watchlist(list_id, self._clock.now())

    def enrol(
        self,
        name: str,
        watchlist_id: str,
        examples: Sequence[Example],
        reason: str = "",
        valid_until: float = 0.0,
        record: Record | None = None,
    ) -> Person:
        """Add a person with examples to a list in force. Raises PolicyError, WatchlistError or GalleryError.

        ``record`` is called just before the person is committed.
        """
        entry = self.watchlist(watchlist_id)
        self._check(examples)
        if not name.strip():
            raise GalleryError("a person needs a name", hint="give the name that a match shall show")
        person = Person(
            person_id=f"p-{secrets.token_hex(6)}",
            name=name.strip(),
            watchlist_id=watchlist_id,
            reason=reason or entry.reason,
            enrolled_at=self._clock.now(),
            valid_until=valid_until,
            pictures=len(examples),
            model=self._calibration.recogniser,
        )
        self._store.add_person(person, examples, _bound(record, person))
        return person

    def add_examples(self, person_id: str, examples: Sequence[Example], record: Record | None = None) -> Person:
        """Add pictures to a person. Raises GalleryError."""
        self._check(examples)
        self._store.add_examples(person_id, examples, record=_bound(record, self.person(person_id)))
        return self.person(person_id)

    def remove(self, person_id: str, record: Record | None = None) -> None:
        """Destroy everything kept about a person. Raises GalleryError when unknown."""
        self._store.remove_person(person_id, _bound(record, self.person(person_id)))

    def reject(self, person_id: str, stranger: Template, quality: float, record: Record | None = None) -> None:
        """Keep a stranger's template as "not this person": it raises this person's own threshold."""
        example = [Example(stranger, quality)]
        self._store.add_examples(person_id, example, impostor=True, record=_bound(record, self.person(person_id)))

    def portrait(self, person_id: str) -> bytes:
        """Return the best enrolled picture (JPEG), empty when the site keeps none."""
        pictures = [example.jpeg for example in self._store.examples(person_id) if example.jpeg]
        return pictures[0] if pictures else b""

    def search(self, template: Template, count: int = 2) -> list[Hit]:
        """Return the nearest people of lists in force, best first, with the threshold each must pass.

        Empty unless the site permits identification.
        """
        now = self._clock.now()
        if self.site is None or not self.permitted:
            return []
        self._follow()
        size = len(self._search)
        threshold = self._calibration.threshold(self.site.false_positive_rate, size)
        wanted = count
        while True:
            hits: list[Hit] = []
            for candidate in self._search.search(template, wanted):
                person = self._numbered(candidate.number)
                if person is not None and self._is_sought(person, now):
                    own = max(threshold, candidate.own_threshold)
                    hits.append(Hit(person.person_id, candidate.score, own))
            # People of expired lists stay in the index until removed: look further down when they take places.
            if len(hits) >= count or wanted >= size:
                return hits[:count]
            wanted *= 4

    def _is_sought(self, person: Person, now: float) -> bool:
        entry = self.site.watchlists.get(person.watchlist_id) if self.site else None
        return entry is not None and entry.in_force(now) and person.in_force(now)

    def _numbered(self, number: int) -> Person | None:
        if number not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[number] = self._store.numbered(number)
        return self._found[number]

    def _follow(self) -> None:
        """Take in what any process has changed."""
        version = self._store.version()
        if version != self._version:
            self._check_model()
            self._search.refresh()
            self._found.clear()
            self._version = version

    def _check_model(self) -> None:
        other = self._store.other_model(self._calibration.recogniser)
        if other is not None:
            raise GalleryError(
                f"the gallery was made with {other}, this profile makes {self._calibration.recogniser}",
                hint="use the same profile, or migrate with 'ronda faces reembed'",
            )

    def _check(self, examples: Sequence[Example]) -> None:
        if not examples:
            raise GalleryError("a person needs at least one picture", hint="add a picture")
        for example in examples:
            if example.template.shape != (self._template_size,):
                raise GalleryError(
                    f"a template of length {example.template.size} does not fit this gallery's {self._template_size}",
                    hint="make it with the gallery's own profile",
                )


def _bound(record: Record | None, person: Person) -> Callable[[], None] | None:
    return None if record is None else lambda: record(person)

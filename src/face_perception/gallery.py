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
from face_perception.recogniser import fuse_templates
from face_perception.site import Site, Watchlist
from face_perception.store import GalleryStore
from face_perception.vault import load_site_key
from ronda_core.clock import Clock

GALLERY_FILE, KEY_FILE = "gallery.db", "site.key"
# A rejected stranger must come this much nearer than the rejected view before being named again.
_IMPOSTOR_MARGIN = 0.05
_HIGHEST_THRESHOLD = 0.9


class Gallery:
    """One site's people. Other processes may change the same file; searches see it at once."""

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
        self._make_index = make_index
        self._index = make_index(template_size, 0)
        self._people: dict[str, Person] = {}
        self._raised: dict[str, float] = {}
        self._version = -1

    @classmethod
    def open(
        cls,
        folder: Path,
        site: Site | None,
        calibration: Calibration,
        template_size: int,
        clock: Clock,
        make_index: Callable[[int, int], TemplateIndex] = make_index,
    ) -> Gallery:
        """Open the gallery in ``folder``, created with a new site key on first use. Raises GalleryError."""
        file = folder / GALLERY_FILE
        key = load_site_key(folder / KEY_FILE, create=not file.exists())
        return cls(GalleryStore(file, key), site, calibration, template_size, clock, make_index)

    def close(self) -> None:
        """Release the file."""
        self._store.close()

    @property
    def permitted(self) -> bool:
        """Whether the site permits identification now."""
        return self.site is not None and self.site.permits(self._clock.now())

    def people(self, watchlist_id: str = "") -> list[Person]:
        """Return everybody, or the people of one list, oldest first."""
        self._refresh()
        return [person for person in self._people.values() if watchlist_id in ("", person.watchlist_id)]

    def person(self, person_id: str) -> Person:
        """Return one person. Raises GalleryError when unknown."""
        self._refresh()
        if person_id not in self._people:
            raise GalleryError(f"no person '{person_id}' in the gallery", hint="list them: ronda faces list")
        return self._people[person_id]

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
    ) -> Person:
        """Add a person with examples to a list in force. Raises PolicyError, WatchlistError or GalleryError."""
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
        self._store.add_person(person, examples)
        return person

    def add_examples(self, person_id: str, examples: Sequence[Example]) -> None:
        """Add pictures to a person. Raises GalleryError."""
        self._check(examples)
        self._store.add_examples(person_id, examples)

    def remove(self, person_id: str) -> None:
        """Destroy everything kept about a person. Raises GalleryError when unknown."""
        self._store.remove_person(person_id)

    def reject(self, person_id: str, stranger: Template, quality: float) -> None:
        """Keep a stranger's template as "not this person": it raises this person's own threshold."""
        self._store.add_examples(person_id, [Example(stranger, quality)], impostor=True)

    def portrait(self, person_id: str) -> bytes:
        """Return the best enrolled picture (JPEG), empty when the site keeps none."""
        pictures = [example.jpeg for example in self._store.examples(person_id) if example.jpeg]
        return pictures[0] if pictures else b""

    def search(self, template: Template, count: int = 2) -> list[Hit]:
        """Return the nearest people of lists in force, best first, with the threshold each must pass.

        Empty unless the site permits identification.
        """
        self._refresh()
        now = self._clock.now()
        if self.site is None or not self.permitted:
            return []
        threshold = self._calibration.threshold(self.site.false_positive_rate, len(self._index))
        hits: list[Hit] = []
        wanted = count
        while True:
            hits = [
                Hit(person_id, score, max(threshold, self._raised.get(person_id, 0.0)))
                for person_id, score in self._index.search(template, wanted)
                if self._is_sought(person_id, now)
            ]
            # People of expired lists stay in the index until removed: look further down when they take places.
            if len(hits) >= count or wanted >= len(self._index):
                return hits[:count]
            wanted *= 4

    def _is_sought(self, person_id: str, now: float) -> bool:
        person = self._people[person_id]
        entry = self.site.watchlists.get(person.watchlist_id) if self.site else None
        return entry is not None and entry.in_force(now) and person.in_force(now)

    def _check(self, examples: Sequence[Example]) -> None:
        if not examples:
            raise GalleryError("a person needs at least one picture", hint="add a picture")
        for example in examples:
            if example.template.shape != (self._template_size,):
                raise GalleryError(
                    f"a template of length {example.template.size} does not fit this gallery's {self._template_size}",
                    hint="make it with the gallery's own profile",
                )

    def _refresh(self) -> None:
        """Load the file again if any process changed it."""
        version = self._store.version()
        if version == self._version:
            return
        people = {person.person_id: person for person in self._store.people()}
        for person in people.values():
            if person.model != self._calibration.recogniser:
                raise GalleryError(
                    f"the gallery was made with {person.model}, this profile makes {self._calibration.recogniser}",
                    hint="use the same profile, or migrate with 'ronda faces reembed'",
                )
        enrolled: dict[str, list[Example]] = {}
        impostors: dict[str, list[Example]] = {}
        for person_id, impostor, example in self._store.templates():
            if person_id in people:
                (impostors if impostor else enrolled).setdefault(person_id, []).append(example)
        fused_by_person: dict[str, Template] = {}
        raised = {}
        for person_id, examples in enrolled.items():
            fused = fuse_templates([one.template for one in examples], [one.quality + 1e-3 for one in examples])
            fused_by_person[person_id] = fused
            if strangers := impostors.get(person_id):
                nearest = max(float(stranger.template @ fused) for stranger in strangers)
                raised[person_id] = min(nearest + _IMPOSTOR_MARGIN, _HIGHEST_THRESHOLD)
        index = self._make_index(self._template_size, len(fused_by_person))
        index.put_many(fused_by_person)
        self._people, self._index, self._raised, self._version = people, index, raised, version

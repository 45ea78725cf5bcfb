# SPDX-License-Identifier: Apache-2.0
import pytest

from face_perception.analyser import Analyser
from face_perception.enrolment import Enroller
from face_perception.people import Example
from face_perception.profiles import load_profile
from face_perception.reembed import reembed
from face_perception.store import GalleryStore
from face_perception.vault import load_site_key

SINGLE = """
single:
  detector: {model: centerface, score: 0.4}
  recognisers: [{model: mobilefacenet}]
"""


@pytest.fixture
def single(tmp_path, registry):
    (tmp_path / "profiles.yaml").write_text(SINGLE)
    return Analyser.load(load_profile("single", tmp_path / "profiles.yaml"), registry)


def test_kept_pictures_move_to_another_model(gallery, analyser, single, obama, tmp_path):
    enroller = Enroller(analyser)
    kept = enroller.enrol(gallery, "Kept", "wanted", [enroller.example(obama[0])])
    bare = gallery.enrol("Bare", "wanted", [Example(enroller.example(obama[1]).template, 0.9)])
    gallery.reject(kept.person_id, enroller.example(obama[1]).template, 0.9)
    store = GalleryStore(tmp_path / "gallery.db", load_site_key(tmp_path / "site.key"))
    result = reembed(store, single)
    assert [person.name for person in result.done] == ["Kept"] and [person.name for person in result.left] == ["Bare"]
    [example] = store.examples(kept.person_id)
    [probe] = single.analyse(obama[1], limit=1)
    assert example.template.shape == (192,) and float(example.template @ probe.template) > 0.6
    assert store.examples(kept.person_id, impostors=True) == []
    models = {person.person_id: person.model for person in store.people()}
    assert models == {kept.person_id: single.recogniser.identity, bare.person_id: analyser.recogniser.identity}
    assert reembed(store, single).done == []
    store.close()

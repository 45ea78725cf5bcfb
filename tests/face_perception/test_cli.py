# SPDX-License-Identifier: Apache-2.0
"""`ronda faces` as people use it."""

import json

import pytest
from typer.testing import CliRunner

from face_perception.cli import app
from face_perception.errors import EnrolmentRefused, PolicyError, WatchlistError


@pytest.fixture
def faces(tmp_path, site_file):
    def call(*words, check=True):
        result = CliRunner().invoke(app, [*map(str, words)])
        if check and result.exception:
            raise result.exception
        return result

    call.folder = ["--faces-dir", tmp_path]
    return call


def test_enrol_list_search_remove(faces, people, tmp_path):
    obama = people / "watchlist" / "Barack Obama"
    made = faces("enrol", "Listed", obama / "enrol_1.jpg", "-w", "wanted", "--json", *faces.folder)
    [person] = json.loads(made.stdout)
    listed = json.loads(faces("list", "--json", *faces.folder).stdout)
    assert [entry["person_id"] for entry in listed] == [person["person_id"]]
    found = json.loads(faces("search", obama / "world.jpg", "--json", *faces.folder).stdout)
    assert found[0]["match"] is True
    stranger = json.loads(faces("search", people / "strangers" / "Stranger 2.jpg", "--json", *faces.folder).stdout)
    assert stranger[0]["match"] is False
    picture = tmp_path / "portrait.jpg"
    shown = json.loads(faces("show", person["person_id"], "--picture", picture, "--json", *faces.folder).stdout)
    assert shown["name"] == "Listed" and picture.stat().st_size > 1000
    faces("remove", person["person_id"], *faces.folder)
    assert json.loads(faces("list", "--json", *faces.folder).stdout) == []
    assert "the chain holds" in faces("audit", *faces.folder).stdout


def test_a_removed_person_is_in_no_byte_of_the_folder(faces, people, tmp_path):
    obama = people / "watchlist" / "Barack Obama" / "enrol_1.jpg"
    words = ["enrol", "Zebulon Quagmire", obama, "-w", "wanted", "--reason", "Quagmire took a xylophone", "--json"]
    [person] = json.loads(faces(*words, "--by", "ann", *faces.folder).stdout)
    portrait = tmp_path / "portrait.jpg"
    faces("show", person["person_id"], "--picture", portrait, *faces.folder)
    picture = portrait.read_bytes()
    portrait.unlink()
    faces("search", obama, *faces.folder)
    faces("remove", person["person_id"], "--reason", "Zebulon QUAGMIRE gave it back", "--by", "ann", *faces.folder)
    assert "- gave it back" in (tmp_path / "audit.jsonl").read_text()
    traces = [b"zebulon", b"quagmire", b"xylophone"]
    for file in tmp_path.rglob("*"):
        content = file.read_bytes()
        assert not [trace for trace in traces if trace in content.lower()], file
        assert picture[1000:1040] not in content, file


def test_an_entry_may_end_before_its_list(faces, people):
    obama = people / "watchlist" / "Barack Obama" / "enrol_1.jpg"
    faces("enrol", "Past", obama, "-w", "wanted", "--valid-until", "2020-01-31", *faces.folder)
    assert "2020-01-31" in faces("list", *faces.folder).stdout
    found = faces("search", people / "watchlist" / "Barack Obama" / "world.jpg", "--json", *faces.folder)
    assert json.loads(found.stdout) == []


def test_a_list_that_one_person_approved_stops_every_command(faces, site_file, people):
    site_file.write_text(site_file.read_text().replace("cooldown_s: 60", "alert_level: alarm, approved_by: [Ann, ann]"))
    picture = people / "watchlist" / "Barack Obama" / "enrol_1.jpg"
    for words in (["enrol", "X", picture, "-w", "wanted"], ["search", picture], ["list"], ["watch", picture]):
        with pytest.raises(WatchlistError, match="two different people"):
            faces(*words, *faces.folder)


def test_a_faceless_picture_is_refused(faces, tmp_path):
    import cv2
    import numpy as np

    cv2.imwrite(str(tmp_path / "grey.png"), np.full((100, 100, 3), 128, np.uint8))
    with pytest.raises(EnrolmentRefused, match="no face"):
        faces("enrol", "X", tmp_path / "grey.png", "-w", "wanted", *faces.folder)


def test_off_without_a_site(faces, site_file, people):
    site_file.unlink()
    with pytest.raises(PolicyError, match="off"):
        faces("search", people / "strangers" / "Stranger 2.jpg", *faces.folder)


def test_a_touched_audit_log_fails(faces, people, tmp_path):
    faces("enrol", "L", people / "watchlist" / "Barack Obama" / "enrol_1.jpg", "-w", "wanted", *faces.folder)
    log = tmp_path / "audit.jsonl"
    log.write_text(log.read_text().replace("wanted", "others"))
    assert faces("audit", *faces.folder, check=False).exit_code == 1


def test_models_are_listed_with_their_origin(faces):
    rows = json.loads(faces("models", "list", "--json").stdout)
    by_name = {row["model"]: row for row in rows}
    assert by_name["centerface"]["installed"] and by_name["centerface"]["licence"] == "MIT"
    assert by_name["fr-feature"]["training_data"].startswith("not stated")

# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import yaml

from ronda_core.errors import RondaError
from ronda_core.keep_out import load_keep_out, parse_keep_out

L_SHAPE = {"name": "yard", "points": [[0, 0], [4, 0], [4, 1], [1, 1], [1, 3], [0, 3]]}


def zones(*entries, **more):
    return parse_keep_out({"keep_out": {"zones": list(entries), **more}}, "site.yaml")


def test_a_zone_knows_what_lies_in_it():
    (zone,) = zones(L_SHAPE)
    assert zone.name == "yard"
    assert all(zone.contains(x, y) for x, y in [(0.5, 0.5), (3.5, 0.5), (0.5, 2.5)])
    assert not any(zone.contains(x, y) for x, y in [(2.0, 2.0), (-0.1, 0.5), (4.1, 0.5), (0.5, 3.1)])


def test_its_edges_are_points_without_a_gap_that_a_robot_would_miss():
    (zone,) = zones(L_SHAPE)
    points = zone.edge_points(0.05)
    ring = np.vstack([points, points[:1]])
    assert np.hypot(*np.diff(ring, axis=0).T).max() <= 0.05 + 1e-9
    assert np.hypot(*np.diff(ring, axis=0).T).sum() == pytest.approx(14.0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "expected keys"),
        ({"keepout": {}}, "did you mean 'keep_out'"),
        ({"keep_out": {"zones": {}}}, "zones is missing or not a list"),
        ({"keep_out": {"frame": "odom", "zones": []}}, "in the frame 'map', not in 'odom'"),
        ({"keep_out": {"zones": [{"name": "a", "point": []}]}}, "zone 1: .*did you mean 'points'"),
        ({"keep_out": {"zones": [{"points": [[0, 0], [1, 0], [1, 1]]}]}}, "zone 1: name is missing"),
        ({"keep_out": {"zones": [{"name": "a", "points": [[0, 0], [1, 0]]}]}}, "zone 1 'a': points must be three"),
        ({"keep_out": {"zones": [{"name": "a", "points": [[0, 0], [1, 0], [1, "x"]]}]}}, "points must be three"),
        ({"keep_out": {"zones": [{"name": "a", "points": [[0, 0], [1, 0], [1, float("nan")]]}]}}, "must be three"),
        ({"keep_out": {"zones": [{"name": "a", "points": [[0, 0], [1, 1], [2, 2]]}]}}, "enclose no area"),
        ({"keep_out": {"zones": [L_SHAPE, L_SHAPE]}}, "two zones are called 'yard'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(content, said):
    with pytest.raises(RondaError, match=said) as caught:
        parse_keep_out(content, "site.yaml")
    assert "site.yaml" in str(caught.value)


def test_files_are_read_and_missing_ones_named(tmp_path):
    file = tmp_path / "zones.yaml"
    file.write_text(yaml.safe_dump({"keep_out": {"frame": "map", "zones": [L_SHAPE]}}))
    assert [zone.name for zone in load_keep_out(file)] == ["yard"]
    with pytest.raises(RondaError, match=r"nowhere.yaml cannot be read"):
        load_keep_out(tmp_path / "nowhere.yaml")

# SPDX-License-Identifier: Apache-2.0
import dataclasses
import datetime

import pytest

from face_perception.errors import PolicyError, WatchlistError
from face_perception.site import AlertLevel, Watchlist, load_site
from ronda_core.errors import ParameterError


def edited(site_file, old, new):
    text = site_file.read_text()
    assert old in text
    site_file.write_text(text.replace(old, new, 1))
    return site_file


def test_dates_end_with_the_day(site_file):
    site = load_site(site_file)
    end = datetime.datetime(2030, 12, 31, 23, 59, tzinfo=datetime.UTC).timestamp()
    assert site.permits(end - 200 * 86400) and not site.permits(end + 60)


def test_expired_list_is_refused(site_file, clock):
    site = load_site(edited(site_file, "2030-06-30", "2020-06-30"))
    assert not site.permits(clock.now())
    with pytest.raises(WatchlistError, match="has expired"):
        site.watchlist("wanted", clock.now())


@pytest.mark.parametrize("key", ["purpose", "legal_basis", "area", "owner", "valid_until", "watchlists"])
def test_nothing_may_be_left_out(site_file, key):
    lines = [line for line in site_file.read_text().splitlines() if not line.startswith(f"  {key}:")]
    site_file.write_text("\n".join(lines if key != "watchlists" else lines[:-2]))
    with pytest.raises(PolicyError, match=key):
        load_site(site_file)


def test_alarms_need_two_people(site_file):
    edited(site_file, "cooldown_s: 60", "cooldown_s: 60, alert_level: alarm, approved_by: [Ann, Ann]")
    with pytest.raises(WatchlistError, match="two different people"):
        load_site(site_file)
    edited(site_file, "[Ann, Ann]", "[Ann, Bob]")
    assert load_site(site_file).watchlists["wanted"].alert_level is AlertLevel.ALARM


@pytest.mark.parametrize(
    "approved_by", ["[]", "[Ann]", "[Ann, ann]", "[Ann Example, ' ANN  example ']", "[Ann, '']", "[\u212bnn, \u00c5nn]"]
)
def test_one_person_under_two_spellings_is_one_person(site_file, approved_by):
    edited(site_file, "cooldown_s: 60", f"cooldown_s: 60, alert_level: alarm, approved_by: {approved_by}")
    with pytest.raises(WatchlistError, match="two different people"):
        load_site(site_file)


@pytest.mark.parametrize("approved_by", ["Ann and Bob", "{Ann: 1, Bob: 2}", "[1, 2]"])
def test_approvals_are_names(site_file, approved_by):
    edited(site_file, "cooldown_s: 60", f"cooldown_s: 60, alert_level: alarm, approved_by: {approved_by}")
    with pytest.raises(WatchlistError, match="no list of names"):
        load_site(site_file)


def test_no_way_leads_to_an_alarm_that_one_person_wanted():
    def make(*names):
        return Watchlist("x", "X", "r", "l", "o", 1e12, alert_level=AlertLevel.ALARM, approved_by=names)

    assert make("Ann", "Bob").alert_level is AlertLevel.ALARM
    with pytest.raises(WatchlistError, match="two different people"):
        make("Ann")
    with pytest.raises(WatchlistError, match="two different people"):
        dataclasses.replace(make("Ann", "Bob"), approved_by=("Ann", "ANN"))


def test_misspelt_key_gets_a_suggestion(site_file):
    with pytest.raises(ParameterError, match="did you mean 'reason'"):
        load_site(edited(site_file, "reason:", "reson:"))


@pytest.mark.parametrize(("old", "new"), [("0.001", "0.5"), ("0.001", "often"), ("2030-12-31", "soon")])
def test_nonsense_values_are_refused(site_file, old, new):
    with pytest.raises(PolicyError):
        load_site(edited(site_file, old, new))


def test_missing_file_is_named(tmp_path):
    with pytest.raises(PolicyError, match=r"nowhere[.]yaml"):
        load_site(tmp_path / "nowhere.yaml")


def test_unknown_list_shows_the_known_ones(site_file, clock):
    with pytest.raises(WatchlistError) as caught:
        load_site(site_file).watchlist("lost", clock.now())
    assert "wanted" in caught.value.hint

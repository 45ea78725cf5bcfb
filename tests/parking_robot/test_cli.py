# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.errors import LedgerError, ParkingError, TariffError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import PictureStore
from parking_robot.stays.reviews import open_review


@pytest.fixture
def plan(repository):
    return str(repository / "config/parking/tariff.yaml")


def run(*arguments):
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_a_fee_is_explained(plan):
    stay = ("--entry", "2026-03-02T10:00", "--exit", "2026-03-02T12:00")
    assert run("fee", "--tariff", plan, *stay).output == "4.80 EUR\n"
    lines = run("fee", "--tariff", plan, *stay, "--explain", "--code", "MARKET", "--class", "ev").output.splitlines()
    assert "first 10 min free" in lines[0]
    assert "day: 4 x 30 min at 1.20 EUR" in lines[1]
    assert lines[-1] == "total 1.92 EUR"
    assert run("fee", "--tariff", plan, *stay, "--alarm", "2026-03-02T10:30/2026-03-02T11:30").output == "2.40 EUR\n"


def test_wrong_words_are_clear(plan):
    with pytest.raises(TariffError, match="--entry: 'soon' is no time"):
        run("fee", "--tariff", plan, "--entry", "soon", "--exit", "2026-03-02T12:00")
    with pytest.raises(TariffError, match="--alarm: '' is no time"):
        run(
            "fee",
            "--tariff",
            plan,
            "--entry",
            "2026-03-02T10:00",
            "--exit",
            "2026-03-02T12:00",
            "--alarm",
            "2026-03-02",
        )


def test_a_tariff_is_checked(plan):
    assert run("check-tariff", plan).output.splitlines()[1] == "2027-01: 2027-01-01 00:00 - for good"


def test_cars_are_listed_and_found(tmp_path):
    url = f"sqlite:///{tmp_path / 'p.sqlite'}"
    store = Ledger(url)
    store.enter("RKO26AI", "in", datetime(2026, 3, 2, 9, tzinfo=UTC))
    store.close()
    assert "RKO26AI       2026-03-02 09:00:00 UTC" in run("inside", "--database", url).output
    assert "bay not seen yet" in run("find", "rk 026-a1", "--database", url).output
    assert run("find", "ZZ999", "--database", url).exit_code == 1


def test_a_case_is_shown_with_its_picture(tmp_path):
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    name = PictureStore(tmp_path / "pictures").keep_jpeg(b"jpeg")
    ledger = Ledger(url)
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    open_review(ledger, "no_stay", at, "a", reasons=["AB1 stands in A03"], plate="AB1", bay="A03", picture=name)
    open_review(ledger, "near_miss", at, "b", picture="f" * 64)
    open_review(ledger, "alarm", at, "c", picture=None)
    ledger.close()

    def show(*words):
        return run("reviews", "show", *map(str, words), "--database", url, "--data-dir", str(tmp_path))

    told = show("1", "--picture", tmp_path / "case.jpg")
    assert (tmp_path / "case.jpg").read_bytes() == b"jpeg"
    assert told.output.startswith("case 1: no stay, 2026-03-02 09:30:00 UTC\n  AB1 stands in A03\n")
    for words in ("plate:", "A03", "verdict:", "open", f"{name}.jpg"):
        assert words in told.output
    assert "not on this computer" in show("2").output
    with pytest.raises(ParkingError, match=r"could not be read in .*: No such file") as unread:
        show("2", "--picture", tmp_path / "case.jpg")
    assert "--data-dir" in unread.value.hint
    for folder, told in ((tmp_path, "Is a directory"), (tmp_path / "none" / "case.jpg", "No such file")):
        with pytest.raises(ParkingError, match=f"could not be written to {folder}: {told}"):
            show("1", "--picture", folder)
    with pytest.raises(ParkingError, match="case 3 has no picture"):
        show("3", "--picture", tmp_path / "case.jpg")
    for number in ("9", "0", "9" * 30):
        with pytest.raises(ParkingError, match=f"there is no review {number}"):
            show(number)
    assert [show(wrong).exit_code for wrong in ("-1", "one", "1.5", "")] == [2] * 4


def test_reviews_are_listed_and_decided_by_name(tmp_path):
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    ledger = Ledger(url)
    open_review(ledger, "near_miss", datetime(2026, 3, 2, tzinfo=UTC), "k", reasons=["one differs"], plate="AB1")
    ledger.close()
    runner = CliRunner()
    listed = runner.invoke(app, ["reviews", "list", "--database", url]).output
    assert "near_miss" in listed and "AB1" in listed and "one differs" in listed
    decided = runner.invoke(app, ["reviews", "decide", "1", "accept", "--by", "Mara", "--database", url])
    assert (decided.exit_code, decided.output) == (0, "review 1: accept, decided by Mara\n")
    assert runner.invoke(app, ["reviews", "list", "--database", url]).output == ""
    assert "accept by Mara" in runner.invoke(app, ["reviews", "list", "--all", "--database", url]).output
    wrong = runner.invoke(app, ["reviews", "decide", "1", "perhaps", "--by", "Mara", "--database", url])
    assert "unknown verdict 'perhaps'" in str(wrong.exception)


def test_the_newest_case_is_listed_however_many_wait(tmp_path):
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    ledger = Ledger(url)
    with ledger.batch():
        for number in range(250):
            open_review(ledger, "alarm", datetime(2026, 3, 2, tzinfo=UTC), f"a{number}")
        open_review(ledger, "risk_hold", datetime(2026, 3, 2, tzinfo=UTC), "newest", "s")
    ledger.close()
    listed = run("reviews", "list", "--database", url).output.splitlines()
    assert (len(listed), "risk_hold" in listed[-1]) == (251, True)
    assert '"kind": "risk_hold"' in run("reviews", "list", "--json", "--database", url).output.splitlines()[-1]


def test_a_ledger_that_is_not_there_is_said_to_be_missing_and_none_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("RONDA_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "none.sqlite"
    for words in (("reviews", "list"), ("reviews", "show", "1"), ("inside",), ("find", "AB1")):
        with pytest.raises(LedgerError, match=f"there is no ledger in {file}") as missing:
            run(*words, "--database", f"sqlite:///{file}")
        assert "--database" in missing.value.hint
        with pytest.raises(LedgerError, match="there is no ledger in"):
            run(*words)
    assert not file.exists() and not (tmp_path / "data" / "parking.sqlite").exists()
    with pytest.raises(LedgerError, match="cannot be used"):
        run("inside", "--database", "nonsense")

# SPDX-License-Identifier: Apache-2.0
import json

from ronda_cli.doctor import report
from ronda_cli.doctor.finding import Finding, Level

FINE = Finding("disk", Level.OK, "5 GiB free")
WARNING = Finding("npm", Level.OPTIONAL, "not there", "install npm")
FATAL = Finding("ROS 2", Level.MISSING, "not there", "install it")


def test_only_what_is_required_makes_a_machine_unfit():
    assert report.is_fit([FINE, WARNING])
    assert not report.is_fit([FINE, FATAL])


def test_text_shows_the_fix_below_the_finding():
    lines = report.as_text([FINE, WARNING, FATAL]).splitlines()
    assert lines == [
        "ok    disk: 5 GiB free",
        "warn  npm: not there",
        "        try: install npm",
        "FAIL  ROS 2: not there",
        "        try: install it",
        "1 required things are missing",
    ]


def test_json_has_every_finding():
    content = json.loads(report.as_json([FINE, FATAL]))
    assert content["ok"] is False
    assert content["findings"][1] == {"name": "ROS 2", "level": "missing", "message": "not there", "fix": "install it"}


def test_checks_are_run_in_order():
    assert report.findings([lambda: [FINE], lambda: [WARNING, FATAL]]) == [FINE, WARNING, FATAL]

# SPDX-License-Identifier: Apache-2.0
"""All checks together, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from ronda_cli.doctor import devices, graphics, models, ros, storage, tools
from ronda_cli.doctor.finding import Finding, Level

Check = Callable[[], list[Finding]]
CHECKS: Sequence[Check] = (ros.check, models.check, tools.check, graphics.check, devices.check, storage.check)
_SIGNS = {Level.OK: "ok", Level.NOTE: "note", Level.OPTIONAL: "warn", Level.MISSING: "FAIL"}


def findings(checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """Run the checks one after the other."""
    return [finding for check in checks for finding in check()]


def is_fit(found: Sequence[Finding]) -> bool:
    """Whether nothing that is required is missing."""
    return all(finding.level is not Level.MISSING for finding in found)


def as_text(found: Sequence[Finding]) -> str:
    """Write one line for each finding, with the fix below it."""
    lines = []
    for finding in found:
        lines.append(f"{_SIGNS[finding.level]:<5} {finding.name}: {finding.message}")
        if finding.fix:
            lines.append(f"        try: {finding.fix}")
    missing = sum(finding.level is Level.MISSING for finding in found)
    lines.append(f"{missing} required things are missing" if missing else "everything that is required is here")
    return "\n".join(lines) + "\n"


def as_json(found: Sequence[Finding]) -> str:
    """Write `{"ok": ..., "findings": [...]}`."""
    return json.dumps({"ok": is_fit(found), "findings": [asdict(finding) for finding in found]}, indent=2) + "\n"

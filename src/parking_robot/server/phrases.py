# SPDX-License-Identifier: Apache-2.0
"""Sentences that come from below the pages in English (errors, hints, lines of a bill), in the other languages.

A sentence that is not listed is shown as it came: better in English than not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Patterns of whole sentences, tried in this order; what brackets catch is put in again.
PHRASES: Mapping[str, Mapping[str, str]] = {
    r"this stay has ended: nothing can be paid for it": {
        "de": "Dieser Aufenthalt ist beendet: Dafür kann nichts mehr bezahlt werden"
    },
    r"scan the code on the screen( again)?": {"de": "Bitte den Code am Bildschirm neu scannen"},
    r"scan the code again": {"de": "Bitte den Code neu scannen"},
    r"this payment has to be looked at by a person": {"de": "Diese Zahlung muss sich ein Mensch ansehen"},
    r"nothing is due for this stay": {"de": "Für diesen Aufenthalt ist nichts zu zahlen"},
    r"drive to the exit": {"de": "Bitte zur Ausfahrt fahren"},
    r"this has been paid": {"de": "Das ist schon bezahlt"},
    r"open the page again": {"de": "Bitte die Seite neu öffnen"},
    r"a page for this payment is open already": {"de": "Für diese Zahlung ist schon eine Seite offen"},
    r"pay there, or press the help button": {"de": "Bitte dort bezahlen oder die Hilfetaste drücken"},
    r"this code is not known here": {"de": "Dieser Code ist hier nicht bekannt"},
    r"check the merchant's code": {"de": "Bitte den Code des Geschäfts prüfen"},
    r"this stay has its plate already": {"de": "Dieser Aufenthalt hat schon ein Kennzeichen"},
    r"press the help button": {"de": "Bitte die Hilfetaste drücken"},
    r"this plate cannot be taken": {"de": "Dieses Kennzeichen kann nicht angenommen werden"},
    r"check it, or press the help button": {"de": "Bitte prüfen Sie es, oder drücken Sie die Hilfetaste"},
    r"too many codes that are not known here": {"de": "Es wurden zu viele Codes versucht, die hier nicht bekannt sind"},
    r"try again in (\d+) min": {"de": r"Bitte in \1 min noch einmal versuchen"},
    r"this screen opens on the garage's own computer, or at its address with a key": {
        "de": "Dieser Bildschirm öffnet sich auf dem Computer des Parkhauses oder unter seiner Adresse mit Schlüssel"
    },
    r"`(.*)`, run where the server is, prints this address": {
        "de": r"Diese Adresse nennt `\1` auf dem Computer des Servers"
    },
    r"too many plates were asked for": {"de": "Es wurde nach zu vielen Kennzeichen gefragt"},
    r"the code is not one of this garage's": {"de": "Dieser Code ist nicht von diesem Parkhaus"},
    r"the code has expired": {"de": "Dieser Code ist abgelaufen"},
    r"'(.*)' is no plate: (.*) cannot stand on one": {"de": r"'\1' ist kein Kennzeichen: \2 kann nicht darauf stehen"},
    r"'(.*)' is no plate: it has (\d+) characters": {"de": r"'\1' ist kein Kennzeichen: Es hat \2 Zeichen"},
    r"type letters and digits only": {"de": "Bitte nur Buchstaben und Ziffern tippen"},
    r"type 1 to (\d+) characters": {"de": r"Bitte 1 bis \1 Zeichen tippen"},
    r"first (\d+) min free": {"de": r"Erste \1 min frei"},
    r"code (.*): (\d+) min free": {"de": r"Code \1: \2 min frei"},
    r"code (.*): (.*) off": {"de": r"Code \1: \2 Nachlass"},
    r"(.*): (\d+) % off": {"de": r"\1: \2 % Nachlass"},
    r"(.*): (\d+) x (\d+) min at (.*)": {"de": r"\1: \2 x \3 min zu \4"},
    r"at most (.*) \((.*)\)": {"de": r"Höchstens \1 (\2)"},
    r"event '(.*)'": {"de": r"Veranstaltung '\1'"},
    r"entry not known": {"de": "Einfahrt nicht bekannt"},
    r"not counted \(fire alarm\)": {"de": "Nicht berechnet (Feueralarm)"},
}


def in_language(text: str, language: str) -> str:
    """Return a sentence in a language of `texts.LANGUAGES`, or as it is where there is no translation."""
    for pattern, said in PHRASES.items():
        if language in said and (found := re.fullmatch(pattern, text, re.DOTALL)):
            return found.expand(said[language])
    return text

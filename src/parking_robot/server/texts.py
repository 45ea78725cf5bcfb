# SPDX-License-Identifier: Apache-2.0
"""What screens and pages say, in German and English. A screen shows both, a phone the one it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LANGUAGES = ("en", "de")

# Lines of a screen by the reason's code, where it matters with the verdict or the direction; those below by what the
# lane is doing.
SCREEN: Mapping[str, Mapping[str, str]] = {
    "visitor": {"de": "Willkommen. Bitte einfahren.", "en": "Welcome. Please drive in."},
    "permit": {"de": "Dauerparker. Gute Fahrt.", "en": "Season permit. Go ahead."},
    "allow_list": {"de": "Bitte fahren.", "en": "Go ahead."},
    "reservation": {"de": "Reserviert für Sie. Bitte einfahren.", "en": "Reserved for you. Please drive in."},
    "unread_ticket": {
        "de": "Kennzeichen nicht lesbar: Code scannen und einfahren.",
        "en": "Plate not readable: scan the code and drive in.",
    },
    "unread": {"de": "Kennzeichen nicht lesbar. Wir sind gleich da.", "en": "Plate not readable. We will be with you."},
    # At the exit the driver wants out: what helps is the person who has been called.
    "banned/exit": {"de": "Bitte warten. Wir sind gleich da.", "en": "Please wait. We will be with you."},
    "banned": {"de": "Keine Einfahrt. Bitte die Hilfetaste drücken.", "en": "No access. Please press the help button."},
    "pass_back": {"de": "Dieses Auto ist schon im Haus.", "en": "This car is inside already."},
    "full": {"de": "Besetzt. Bitte warten.", "en": "Full. Please wait."},
    "paid": {"de": "Bezahlt. Gute Fahrt!", "en": "Paid. Have a good trip!"},
    "free": {"de": "Nichts zu zahlen. Gute Fahrt!", "en": "Nothing to pay. Have a good trip!"},
    # One line beside the code; the button is named by what the site says below it, too.
    "declined": {
        "de": "Zahlung abgelehnt: andere Karte?",
        "en": "Payment failed. Try another card, or press the help button.",
    },
    "unpaid": {"de": "Bitte bezahlen: Code scannen.", "en": "Please pay: scan the code."},
    "no_stay": {"de": "Keine Einfahrt gefunden.", "en": "No entry was found."},
    "ambiguous": {"de": "Wir prüfen Ihr Kennzeichen.", "en": "We are checking your plate."},
    "payment_held": {"de": "Ihre Zahlung wird geprüft.", "en": "Your payment is being checked."},
    "clock": {"de": "Wir prüfen Ihre Einfahrtszeit.", "en": "We are checking your time of entry."},
    "no_tariff": {
        "de": "Störung der Preise. Wir helfen Ihnen.",
        "en": "The prices are out of order. We will help you.",
    },
    "ledger_away/open": {"de": "Bitte fahren. Gute Fahrt!", "en": "Please drive. Have a good trip!"},
    "ledger_away": {"de": "Störung. Bitte einen Moment.", "en": "Out of order. One moment, please."},
    "no_record": {"de": "Störung. Wir helfen Ihnen.", "en": "Out of order. We will help you."},
    "help_button": {"de": "Hilfe rufen", "en": "Call for help"},
    "asked": {"de": "Einen Moment, wir helfen Ihnen.", "en": "One moment, we will help you."},
    "person": {"de": "Bitte fahren.", "en": "Please drive."},
    "refused": {"de": "Bitte zurücksetzen.", "en": "Please drive back."},
    "read": {"de": "Einen Moment, wir lesen das Kennzeichen.", "en": "One moment, reading your plate."},
    "empty": {"de": "Bitte bis zur Linie vorfahren.", "en": "Please drive up to the line."},
    "fire": {"de": "ALARM: Schranke offen. Bitte vorsichtig.", "en": "ALARM: the gate is open. Take care."},
    "closed": {
        "de": "Außer Betrieb. Bitte die Hilfetaste drücken.",
        "en": "Out of order. Please press the help button.",
    },
    "called": {"de": "Hilfe ist gerufen.", "en": "Help has been called."},
    "spaces": {"de": "frei", "en": "free"},
}

# The robot's screen; figures are put in.
ROBOT: Mapping[str, Mapping[str, str]] = {
    "scan": {
        "de": "Parken bezahlen: Code scannen, Kennzeichen eintippen.",
        "en": "Pay for parking: scan the code, type your plate.",
    },
    "no_code": {"de": "Bitte an der Ausfahrt bezahlen.", "en": "Please pay at the exit."},
    "why": {
        "de": "Hier steht kein Code: Dem Server fehlt --public-url.",
        "en": "No code here: the server was started without --public-url.",
    },
    "price": {"de": "Jetzt {price} je angefangene {minutes} min", "en": "Now {price} for each started {minutes} min"},
    "cap_24h": {"de": "höchstens {cap} in 24 h", "en": "at most {cap} in 24 h"},
    "cap_calendar_day": {"de": "höchstens {cap} am Tag", "en": "at most {cap} a day"},
}

PHONE: Mapping[str, Mapping[str, str]] = {
    "title": {"de": "Parken bezahlen", "en": "Pay for parking"},
    "plate": {"de": "Kennzeichen", "en": "Plate"},
    "since": {"de": "Seit", "en": "Since"},
    "bay": {"de": "Ihr Auto steht auf", "en": "Your car is in bay"},
    "due": {"de": "Zu zahlen", "en": "To pay"},
    "pay": {"de": "Jetzt bezahlen", "en": "Pay now"},
    "paid": {"de": "Bezahlt", "en": "Paid"},
    "nothing": {"de": "Nichts zu zahlen.", "en": "Nothing to pay."},
    "declined": {
        "de": "Die letzte Zahlung ist fehlgeschlagen. Bitte eine andere Karte nehmen oder die Hilfetaste drücken.",
        "en": "The last payment failed. Try another card, or press the help button.",
    },
    "leave_by": {"de": "Bitte ausfahren bis", "en": "Please leave by"},
    "ended": {"de": "Dieser Aufenthalt ist beendet.", "en": "This stay has ended."},
    "code": {"de": "Rabattcode", "en": "Discount code"},
    "use": {"de": "Einlösen", "en": "Use"},
    "receipt": {"de": "Beleg", "en": "Receipt"},
    "total": {"de": "Summe", "en": "Total"},
    "back": {"de": "Zurück", "en": "Back"},
    "unread": {
        "de": "Ihr Kennzeichen konnte nicht gelesen werden. Bitte eintippen, damit die Ausfahrt Sie erkennt.",
        "en": "Your plate could not be read. Type it, so that the exit knows you.",
    },
    "save": {"de": "Speichern", "en": "Save"},
    "find": {"de": "Kennzeichen eintippen", "en": "Type your plate"},
    "search": {"de": "Suchen", "en": "Search"},
    "not_found": {
        "de": "Unter diesem Kennzeichen ist nichts zu zahlen. Bitte prüfen Sie es, oder drücken Sie die Hilfetaste.",
        "en": "There is nothing to pay for this plate. Check it, or press the help button.",
    },
    "scan": {"de": "Mit dem Telefon scannen", "en": "Scan with your phone"},
    "sorry": {"de": "Das ging nicht", "en": "That did not work"},
    "help": {"de": "Hilfe", "en": "Help"},
    "away": {
        "de": "Zahlung gerade nicht möglich. Es ist nichts abgebucht. Bitte gleich noch einmal, oder Hilfetaste.",
        "en": "Payment is not possible right now. Nothing was charged. Try again soon, or press the help button.",
    },
}


def language_of(accepted: str) -> str:
    """Return the first language of an Accept-Language header that there are texts in."""
    for part in accepted.split(","):
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def phone_texts(language: str) -> dict[str, str]:
    """Return the texts of a phone's page."""
    return {name: said[language] for name, said in PHONE.items()}


def screen_lines(state: Mapping[str, Any], declined: bool = False) -> Mapping[str, str]:
    """Return the line of a screen in each language, for a gate's state. ``declined``: the last try to pay failed."""
    if not state.get("in_service"):
        return SCREEN["closed"]
    phase, code = state.get("phase"), str(state.get("code") or "")
    if phase == "fire":
        return SCREEN["fire"]
    if phase in ("held", "open"):
        # A stay that was made for a lost ticket is paid like any other.
        if state.get("payment_url") and state.get("minor"):
            return SCREEN["declined" if declined else "unpaid"]
        if not code:
            return SCREEN["read"]
        lines = (f"{code}/{state.get('verdict')}", f"{code}/{state.get('direction')}", code)
        # A reason without a line of its own: what the verdict means for the driver.
        other = "person" if state.get("verdict") == "open" else "asked"
        return SCREEN[next((line for line in lines if line in SCREEN), other)]
    return SCREEN["empty" if phase == "empty" else "read"]

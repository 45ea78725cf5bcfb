# SPDX-License-Identifier: Apache-2.0
"""Why a gate decided as it did: codes for programs, screens and reports. The sentence beside a code is for people."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """``reason_code`` of GateState and GateEvent."""

    VISITOR = "visitor"
    PERMIT = "permit"
    ALLOWED = "allow_list"
    RESERVATION = "reservation"
    TICKET = "unread_ticket"
    UNREAD = "unread"
    BANNED = "banned"
    LOOKS_BANNED = "looks_banned"
    PASS_BACK = "pass_back"
    FULL = "full"
    PAID = "paid"
    FREE = "free"
    UNPAID = "unpaid"
    NO_STAY = "no_stay"
    AMBIGUOUS = "ambiguous"
    NEAR_MISS = "near_miss"
    PAYMENT_HELD = "payment_held"
    CLOCK = "clock"
    NO_TARIFF = "no_tariff"
    LEDGER_AWAY = "ledger_away"
    NO_RECORD = "no_record"
    PERSON = "person"
    REFUSED = "refused"
    FIRE = "fire"
    BARRIER = "barrier"
    HELP = "help"
    TAILGATING = "tailgating"
    RESTARTED = "restarted"

# SPDX-License-Identifier: Apache-2.0
"""Signatures of webhooks: ``t=<unix seconds>,v1=<hex HMAC-SHA-256 of "t.body">``, the form that Stripe uses too."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from parking_robot.errors import SignatureError

WINDOW_S = 300


def sign(body: bytes, secret: str, at: float) -> str:
    """Return the signature header of a raw body, signed at ``at`` (Unix seconds)."""
    stamp = str(int(at))
    return f"t={stamp},v1={_digest(stamp, body, secret)}"


def verify(body: bytes, header: str, secrets: Sequence[str], now: float, window_s: float = WINDOW_S) -> None:
    """Raise SignatureError unless ``header`` signs the raw body with one of ``secrets`` within ``window_s`` of ``now``.

    Two live secrets let a site change its secret without losing a message.
    """
    parts = [part.partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or not given:
        raise SignatureError("the webhook carries no signature", hint="send t=<seconds>,v1=<hex>")
    expected = [_digest(stamps[0], body, secret) for secret in secrets if secret]
    # No early end: the time of the comparison tells nothing about which secret or digit was wrong.
    matches = [hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given]
    if not any(matches):
        raise SignatureError("the webhook's signature is wrong", hint="check the endpoint's secret")
    if abs(now - int(stamps[0])) > window_s:
        raise SignatureError(f"the webhook was signed more than {window_s:.0f} s ago or ahead", hint="check the clocks")


def _digest(stamp: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()

# SPDX-License-Identifier: Apache-2.0
"""QR codes: made for screens, read from pictures. A link carries a signature, so that a foreign sticker is noticed."""

from __future__ import annotations

import hashlib
import hmac
import io
from enum import StrEnum
from urllib.parse import parse_qs, urlencode, urlsplit

import segno
import zxingcpp

from parking_robot.errors import PaymentError
from parking_robot.plates.geometry import Picture


class Scope(StrEnum):
    """What a link shows. TICKET: the whole stay, to who was in its lane. FOOT: the amount, to who knows its plate."""

    TICKET = "ticket"
    FOOT = "foot"


def payment_link(base: str, stay_id: str, expires: int, secret: str, scope: Scope = Scope.TICKET) -> str:
    """Return the link to a stay's quote, valid until ``expires`` (Unix seconds)."""
    query = {"stay": stay_id, "until": str(expires)} | ({"for": scope.value} if scope is Scope.FOOT else {})
    return f"{base}?{urlencode({**query, 'sig': _digest(stay_id, str(expires), scope, secret)})}"


def read_link(link: str, base: str, secret: str, now: float) -> str:
    """Return the stay of a link. Raises PaymentError for a foreign host, a wrong signature or an expired link."""
    return read_scoped_link(link, base, secret, now)[0]


def read_scoped_link(link: str, base: str, secret: str, now: float) -> tuple[str, Scope]:
    """Return the stay of a link and what it may show. Raises PaymentError as `read_link`."""
    try:
        ours, given = urlsplit(base), urlsplit(link)
    except ValueError as error:
        raise PaymentError("the code holds no link", hint="scan the code on the screen again") from error
    if (given.scheme, given.netloc, given.path) != (ours.scheme, ours.netloc, ours.path):
        raise PaymentError("the code leads to another place than this garage", hint="do not pay; tell the operator")
    query = {name: values[0] for name, values in parse_qs(given.query).items()}
    stay_id, until = query.get("stay", ""), query.get("until", "")
    scope = Scope.FOOT if query.get("for") == Scope.FOOT else Scope.TICKET
    expected = _digest(stay_id, until, scope, secret)
    if not hmac.compare_digest(query.get("sig", "").encode(errors="replace"), expected.encode()) or not until.isdigit():
        raise PaymentError("the code is not one of this garage's", hint="scan the code on the screen again")
    if now > int(until):
        raise PaymentError("the code has expired", hint="scan the code on the screen again")
    return stay_id, scope


def qr_svg(text: str, scale: int = 8, fitted: bool = False) -> str:
    """Return a QR code (level M, quiet zone of 4 modules) as an SVG element; ``fitted``: of the size that CSS gives."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    # White is drawn too: no reader finds dark modules on a dark page.
    code.save(out, kind="svg", scale=scale, border=4, xmldecl=False, light="white", omitsize=fitted)
    return out.getvalue().decode()


def read_qr(picture: Picture) -> list[str]:
    """Return the texts of the QR codes in a BGR picture."""
    return [found.text for found in zxingcpp.read_barcodes(picture) if found.format == zxingcpp.BarcodeFormat.QRCode]


def _digest(stay_id: str, until: str, scope: Scope, secret: str) -> str:
    signed = f"{stay_id}.{until}.{scope}".encode(errors="replace")
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()[:32]

# SPDX-License-Identifier: Apache-2.0
"""The phone of a driver: opens pages over real HTTP, types into their forms and presses their buttons."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar

import numpy as np

from parking_robot.errors import ParkingError
from parking_robot.payments.qr import read_qr

TIMEOUT_S = 10.0
_QR_MODULE_PX = 8


@dataclass(slots=True)
class Form:
    """A form of a page: where it leads, and its fields with their values; ``buttons`` are (name, value)."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the phone got it: its address, its text, its forms and the addresses of its links."""

    url: str
    text: str
    forms: tuple[Form, ...]
    links: tuple[str, ...]


class Phone:
    """One phone with its own cookies."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, url: str, form: dict[str, str] | None = None) -> Page:
        """Return a page, after its redirects. Raises ParkingError when it cannot be had."""
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self._opener.open(urllib.request.Request(url, body), timeout=TIMEOUT_S) as answer:
                return read_page(answer.geturl(), answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            words = " ".join(error.read().decode("utf-8", "replace").split())[:200]
            raise ParkingError(f"the phone got {error.code} from {_place(url)}: {words}", hint="see log.txt") from error
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            raise ParkingError(f"the phone cannot reach {_place(url)}: {error}", hint="see log.txt") from error

    def pay_at(self, url: str) -> None:
        """Open the page that a code leads to, press pay there and at the provider. Raises ParkingError if it fails."""
        page = self.open(url)
        asks = next((form for form in page.forms if form.fields.get("pay") == "yes"), None)
        if asks is None:
            raise ParkingError(f"the page {_place(url)} offers nothing to pay", hint="see log.txt")
        provider = self.open(urllib.parse.urljoin(page.url, asks.action), asks.fields)
        button = next(
            ((name, value) for form in provider.forms for name, value in form.buttons if value == "good"), None
        )
        if button is None:
            raise ParkingError(f"the provider's page {_place(provider.url)} has no button", hint="see log.txt")
        done = self.open(provider.url, dict([button]))
        if "Paid" not in done.text:
            raise ParkingError("the provider did not say that it was paid", hint="see log.txt")

    def find_on_foot(self, server: str, plate: str) -> str:
        """Type a plate on the pay-on-foot page; returns where its code leads, empty if nothing is due for it."""
        page = self.open(f"{server}/")
        found = self.open(urllib.parse.urljoin(page.url, "/foot"), {"plate": plate})
        return next((urllib.parse.urljoin(found.url, link) for link in found.links if "/pay?" in link), "")

    def scan_screen(self, server: str, gate: str) -> str:
        """Return what the camera reads from the code on a gate's screen page; empty while it shows none."""
        shown = json.loads(self.open(f"{server}/screen/{gate}/state").text)
        return scan(shown["qr"]) if shown["qr"] else ""


def scan(code: str) -> str:
    """Return what a phone's camera reads from a code, given as the SVG that a page shows. Raises ParkingError."""
    dark = _modules(code)
    picture = np.kron(np.where(dark, 0, 255).astype(np.uint8), np.ones((_QR_MODULE_PX, _QR_MODULE_PX), np.uint8))
    texts = read_qr(np.ascontiguousarray(np.repeat(picture[..., None], 3, axis=2)))
    if not texts:
        raise ParkingError("the code on the screen cannot be read", hint="see parking_robot.payments.qr")
    return texts[0]


def read_page(url: str, text: str) -> Page:
    """Return the forms and links of a page."""
    reader = _Reader(url)
    reader.feed(text)
    return Page(url, text, tuple(reader.forms), tuple(reader.links))


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.forms: list[Form] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action") or self._url))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "button" and self.forms and "name" in given:
            self.forms[-1].buttons.append((given["name"], given.get("value", "")))


def _modules(svg: str) -> np.ndarray:
    """Return the dark modules of a code: segno draws each row as runs of one stroke (``M x y h n``)."""
    scale = float(next(iter(re.findall(r"scale\(([0-9.]+)\)", svg)), 1.0))
    size = [round(float(number) / scale) for number in re.findall(r'(?:width|height)="([0-9.]+)"', svg)][:2]
    grid = np.zeros((size[1], size[0]), bool)
    paths = re.findall(r' d="([^"]+)"', svg)
    x = y = 0.0
    for command, arguments in re.findall(r"([MmhHvV])([^MmhHvV]*)", paths[-1]):
        numbers = [float(value) for value in re.findall(r"-?[0-9.]+", arguments)]
        if command == "M":
            x, y = numbers
        elif command == "m":
            x, y = x + numbers[0], y + numbers[1]
        elif command == "h":
            grid[int(y), int(x) : int(x + numbers[0])] = True
            x += numbers[0]
    return grid


def _place(url: str) -> str:
    """The address without its query, which is a key to a stay."""
    return url.partition("?")[0]

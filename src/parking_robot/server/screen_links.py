# SPDX-License-Identifier: Apache-2.0
"""Who may see a gate's screen: it shows a plate, and a code that is the key to the stay of the car before it."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers

# What proxies add: behind one, every phone seems to be this computer.
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


def screen_key(name: str, secret: str) -> str:
    """Return the key of one gate's screen, signed with the garage's secret."""
    # Links to stays are signed with the same secret, over texts that hold no colon.
    return hmac.new(secret.encode(), f"screen:{name}".encode(), hashlib.sha256).hexdigest()[:32]


def screen_link(public_url: str, name: str, secret: str) -> str:
    """Return the address at which a gate's screen opens on any computer. A robot's screen needs no key."""
    return f"{public_url.rstrip('/')}/screen/{quote(name, safe='')}?{urlencode({'key': screen_key(name, secret)})}"


def is_key(given: str, name: str, secret: str) -> bool:
    """Return whether ``given`` is the key of this screen."""
    return hmac.compare_digest(given.encode(), screen_key(name, secret).encode())


def from_this_computer(peer: str, headers: Headers) -> bool:
    """Return whether a request was made on this computer, and by no proxy of it.

    ``peer``: the address that it came from. The name that it asked for counts too: a proxy that adds nothing mostly
    hands that on, and so does a page of another site whose name leads here.
    """
    return not any(name in headers for name in FORWARDING) and _loops(peer) and _loops(_host(headers.get("host", "")))


def _host(given: str) -> str:
    """Return the name or address of a Host header, without its port."""
    return given[1:].partition("]")[0] if given.startswith("[") else given.partition(":")[0]


def _loops(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)

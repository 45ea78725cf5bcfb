# SPDX-License-Identifier: Apache-2.0
"""Bodies of requests, with a limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

LARGEST = 64 * 1024


async def read_body(request: Request, largest: int = LARGEST) -> bytes:
    """Return the raw body. Raises HTTPException 413 for one that is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413, "the message is too large")
    return bytes(body)


def with_form(work: Callable[[Request, dict[str, str]], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads a form and works in a thread, since ledgers block."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, 4096)
        fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return await run_in_threadpool(work, request, fields)

    return endpoint

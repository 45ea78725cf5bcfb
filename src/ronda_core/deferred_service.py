# SPDX-License-Identifier: Apache-2.0
"""A service whose answer is sent some time after the request was taken, e.g. when another node has answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.service import Service


class Reply:
    """What a caller still waits for. Sent once; what is sent after that is dropped."""

    def __init__(self) -> None:
        self._response: Any = None
        self._post: Callable[[Any], None] | None = None

    def send(self, response: Any) -> None:
        """Answer the caller with a message of the service's response type."""
        if self._response is not None:
            return
        self._response = response
        if self._post is not None:
            self._post(response)

    def _address(self, post: Callable[[Any], None]) -> None:
        self._post = post
        if self._response is not None:
            post(self._response)


def create_deferred_service(
    node: Node, service_type: Any, name: str, begin: Callable[[Any, Any, Reply], None]
) -> Service:
    """Create a service that calls `begin(request, empty response, reply)`; who has the answer calls `reply.send`.

    rclpy's own services want the response when the callback returns. A coroutine, which may wait, is not awaited by
    `EventsExecutor` as of rclpy 7.1.6.
    """

    def take(request: Any, response: Any) -> Reply:
        reply = Reply()
        begin(request, response, reply)
        return reply

    service = node.create_service(service_type, name, take)
    send = service.send_response

    def send_later(reply: Reply, header: Any) -> None:
        reply._address(lambda response: send(response, header))

    service.send_response = send_later
    return service

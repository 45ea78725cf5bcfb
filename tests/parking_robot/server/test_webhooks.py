# SPDX-License-Identifier: Apache-2.0
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from tests.parking_robot.server.world import Phone

from parking_robot.errors import LedgerError
from parking_robot.payments.desk import Receipt
from parking_robot.server.app import create_app

COPIES = 12


class SlowDesk:
    """Takes messages as the cashier does, but not before it is told to; counts them."""

    def __init__(self, error=None):
        self.taken, self.go, self._error = [], threading.Event(), error
        self.cashier = self

    def webhook(self, body, _headers):
        self.taken.append(body)
        assert self.go.wait(20)
        if self._error is not None:
            raise self._error
        return Receipt("paid", True, None)


@pytest.fixture
def posted():
    """A function that posts bodies at once to a desk; the desk goes on when all have arrived."""

    def post(desk, bodies):
        arrived = threading.Semaphore(0)
        app = create_app(desk, "sandbox")

        async def counted(scope, receive, send):
            async def received():
                message = await receive()
                if not message.get("more_body"):
                    arrived.release()  # what follows in the event loop finds this copy before any answer
                return message

            await app(scope, received, send)

        server = uvicorn.Server(uvicorn.Config(counted, port=0, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                thread.join(0.01)
            url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/webhooks/sandbox"
            with ThreadPoolExecutor(len(bodies)) as pool:
                answers = [pool.submit(Phone().ask, url, body) for body in bodies]
                for _ in bodies:
                    assert arrived.acquire(timeout=20)
                desk.go.set()
                return [answer.result() for answer in answers]
        finally:
            server.should_exit = True
            thread.join(20)

    return post


def test_copies_that_come_together_are_applied_once_and_all_answered(posted):
    desk = SlowDesk()
    answers = posted(desk, [b"paid"] * COPIES)
    assert desk.taken == [b"paid"]
    assert [status for status, _ in answers] == [200] * COPIES
    assert sum('"new":true' in text for _, text in answers) == 1


def test_other_messages_do_not_wait_for_one_another(posted):
    desk = SlowDesk()
    answers = posted(desk, [b"a", b"b", b"c"])
    assert sorted(desk.taken) == [b"a", b"b", b"c"]
    assert all('"new":true' in text for _, text in answers)


def test_a_failure_is_every_copys_and_the_next_delivery_is_tried_anew(posted):
    desk = SlowDesk(LedgerError("away"))
    assert {status for status, _ in posted(desk, [b"paid"] * COPIES)} == {503}
    assert [status for status, _ in posted(desk, [b"paid"])] == [503]
    assert desk.taken == [b"paid", b"paid"]

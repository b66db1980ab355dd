"""Serving ends in order: who has asked is answered, and nobody new is let in."""

import http.client
import time
from threading import Event, Thread

import pytest
import waitress
from factories.shell import free_port

from placements.cli_serve import serve_until


class Serving:
    """A server in a thread of its own, over one slow page."""

    def __init__(self, slow, seconds):
        self.port, self.stopping = free_port(), Event()
        server = waitress.create_server(slow, host="127.0.0.1", port=self.port, threads=2)
        self.thread = Thread(target=serve_until, args=(server, self.stopping, seconds))
        self.thread.start()

    def ask(self, answers):
        """Ask for the page; note its status, or None where there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            answers.append(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            answers.append(None)
        finally:
            connection.close()


@pytest.fixture
def serve():
    begun = []

    def begin(slow, seconds=5.0):
        begun.append(Serving(slow, seconds))
        return begun[-1]

    yield begin
    for serving in begun:
        serving.stopping.set()
        serving.thread.join(10)


def test_stop_answers_all_who_have_asked_and_lets_nobody_in(serve):
    begun = Event()

    def slow(_environ, start):
        begun.set()
        time.sleep(0.6)
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    serving, answers = serve(slow), []
    # Two are at work, two wait in the queue behind them.
    asking = [Thread(target=serving.ask, args=(answers,)) for _ in range(4)]
    for thread in asking:
        thread.start()
    begun.wait(5)
    time.sleep(0.1)
    serving.stopping.set()
    for thread in asking:
        thread.join(10)
    assert answers == [200] * 4
    serving.thread.join(5)
    late = []
    serving.ask(late)
    assert (late, serving.thread.is_alive()) == ([None], False)


def test_stop_waits_no_longer_than_it_may(serve):
    ends, begun = Event(), Event()

    def endless(_environ, start):
        begun.set()
        ends.wait(30)
        start("200 OK", [])
        return [b""]

    serving, answers = serve(endless, 0.5), []
    asking = Thread(target=serving.ask, args=(answers,))
    asking.start()
    begun.wait(5)
    serving.stopping.set()
    stopped_at = time.monotonic()
    serving.thread.join(10)
    assert time.monotonic() - stopped_at < 4
    ends.set()
    asking.join(10)

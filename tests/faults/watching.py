"""A watcher of pages: asks for them in turn, ten times a second, and says what it saw and when."""

import http.client
import re
import time
from threading import Thread

HERTZ, PATIENCE = 10, 20
VARIES = re.compile(
    r'<input type="hidden"[^>]*>|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    r"|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?"
)


def ask(connection, path, headers):
    """Return the status and the words of a page, without what differs each time it is asked."""
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    text = reply.read().decode("utf-8", "replace")
    return reply.status, reply.getheader("Location", ""), VARIES.sub("", text)


def read_all(port, pages, headers):
    """Read every page once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    found = {path: ask(connection, path, headers) for path in pages}
    connection.close()
    return found


def differing(text, before):
    """Return the first words that are new in a page."""
    at = next((n for n, (a, b) in enumerate(zip(text, before, strict=False)) if a != b), 0)
    return text[max(0, at - 40) : at + 60]


class Watcher(Thread):
    """One role at its pages until it is stopped.

    `before` holds each page as it was when there was nothing to see; `shows` is a page and the
    words that must be there at last. A look is early when a page that is not as before came back
    before `release_at`, and late when the words are not there though it was asked after.
    """

    def __init__(self, role, port, before, headers, shows, release_at):
        super().__init__(daemon=True, name=role)
        self.role, self.port, self.before, self.headers = role, port, before, headers
        self.shows, self.release_at, self.until = shows, release_at, release_at
        self.early, self.faults, self.seen_at, self.n_asked, self.n_before = [], [], None, 0, 0

    def run(self):
        connection, begun = self._connect(), time.time()
        pages = list(self.before)
        while time.time() < self.until:
            path = pages[self.n_asked % len(pages)]
            if self.shows and time.time() > self.release_at and self.n_asked % 2:
                path = self.shows[0]
            self.n_asked += 1
            try:
                found = ask(connection, path, self.headers)
            except (OSError, http.client.HTTPException) as gone:
                self.faults.append((path, type(gone).__name__))
                connection.close()
                connection = self._connect()
            else:
                self._judge(path, found, time.time())
            time.sleep(max(0.0, begun + self.n_asked / HERTZ - time.time()))
        self.seconds = time.time() - begun
        connection.close()

    def _connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _judge(self, path, found, at):
        if found[0] >= 500:
            self.faults.append((path, found[0]))
        if at < self.release_at:
            self.n_before += 1
            if found != self.before[path]:
                new = differing(found[2], self.before[path][2])
                self.early.append((path, round(self.release_at - at, 2), new))
        elif self.seen_at is None and self._shows(path, found):
            self.seen_at = at - self.release_at

    def _shows(self, path, found):
        return self.shows and path == self.shows[0] and self.shows[1] in found[2]

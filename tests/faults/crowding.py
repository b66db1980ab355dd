"""Many visitors at once: each request at an instant drawn beforehand, late answers counted as late.

Threads of one process and the standard library's client, because sixty requests a second are a
twentieth of a core this way, and whoever measures must not take what is measured.
"""

import heapq
import http.client
import itertools
import os
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from urllib.parse import urlencode

N_THREADS, PATIENCE_SECONDS, IDLE_SECONDS, ERROR = 64, 30, 3, 400
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Visit:
    """One page wanted at an instant; `writes` is a form's address and its fields, sent after it."""

    at: float
    kind: str
    path: str
    headers: dict
    writes: tuple | None = None


@dataclass
class Found:
    """How long each answer took, by kind, and what went wrong."""

    seconds: float = 0.0
    times: dict = field(default_factory=lambda: defaultdict(list))
    statuses: Counter = field(default_factory=Counter)
    errors: list = field(default_factory=list)

    def figures(self):
        every = sorted(itertools.chain(*self.times.values()))
        slow = sorted(self.times, key=lambda kind: -percentile(sorted(self.times[kind]), 95))
        return {
            "requests": len(every),
            "per_second": round(len(every) / self.seconds, 1),
            "p50_ms": percentile(every, 50),
            "p95_ms": percentile(every, 95),
            "p99_ms": percentile(every, 99),
            "most_ms": percentile(every, 100),
            "statuses": dict(self.statuses),
            "errors": len(self.errors),
            "first_errors": self.errors[:5],
            "slowest_p95_ms": {k: percentile(sorted(self.times[k]), 95) for k in slow[:6]},
        }


def percentile(ordered, percent):
    if not ordered:
        return 0
    at = min(len(ordered) - 1, int(len(ordered) * percent / 100))
    return round(1000 * ordered[at])


def draw_instants(chance, per_second, seconds):
    """Draw when visitors come who know nothing of each other."""
    at, found = 0.0, []
    while per_second and (at := at + chance.expovariate(per_second)) < seconds:
        found.append(at)
    return found


class Crowd:
    """Threads that each take the next visit whose instant has come."""

    def __init__(self, port):
        self.port, self.found = port, Found()
        self.waiting, self.ready = [], Condition()

    def ask(self, visits):
        """Make all visits; return what came back. A write follows when its page has come."""
        began, order = time.monotonic(), itertools.count()
        self.waiting = [(began + one.at, next(order), one) for one in visits]
        heapq.heapify(self.waiting)
        threads = [Thread(target=self._work, daemon=True) for _ in range(N_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.found.seconds = time.monotonic() - began
        return self.found

    def _work(self):
        line = _Line(self.port)
        while True:
            with self.ready:
                if not self.waiting:
                    return
                wanted_at, _, visit = heapq.heappop(self.waiting)
            time.sleep(max(0.0, wanted_at - time.monotonic()))
            page = self._ask(line, visit.kind, wanted_at, "GET", visit.path, visit.headers)
            if page is not None and visit.writes:
                self._write(line, visit, *page)

    def _write(self, line, visit, cookie, text):
        action, fields = visit.writes
        body = urlencode({**dict(HIDDEN.findall(text)), **fields})
        headers = {**visit.headers, "Content-Type": "application/x-www-form-urlencoded"}
        headers |= {"Cookie": cookie} if cookie else {}
        kind = f"{visit.kind} (write)"
        self._ask(line, kind, time.monotonic(), "POST", action, headers, body)

    def _ask(self, line, kind, wanted_at, *request):
        try:
            status, cookie, text = line.ask(*request)
        except (OSError, http.client.HTTPException) as gone:
            self.found.errors.append((kind, type(gone).__name__))
            line.close()
            return None
        self.found.times[kind].append(time.monotonic() - wanted_at)
        self.found.statuses[status] += 1
        if status >= ERROR:
            self.found.errors.append((kind, request[1], status))
            return None
        return cookie, text


class _Line:
    """A connection that is kept as a proxy keeps one, and made anew before the server ends it."""

    def __init__(self, port):
        self.port, self.connection, self.used_at = port, None, 0.0

    def ask(self, method, path, headers, body=None):
        if self.connection is None or time.monotonic() - self.used_at > IDLE_SECONDS:
            self.close()
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=PATIENCE_SECONDS
            )
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        self.used_at = time.monotonic()
        if reply.getheader("Connection", "").lower() == "close":
            self.close()
        sent = (reply.getheader("Set-Cookie") or "").split(";")[0]
        return reply.status, sent, text

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class Processors:
    """Which processes the seconds of the processors went to."""

    def __init__(self, **roots):
        self.roots, self.began = roots, time.monotonic()
        self.before = self._read()

    def shares(self):
        """Return how much of one processor each used on average, and all that were busy."""
        seconds, now = time.monotonic() - self.began, self._read()
        used = {n: round((now[n] - self.before.get(n, 0.0)) / seconds, 2) for n in now}
        return {"processors": os.cpu_count(), "used": used}

    def _read(self):
        parents, spent, names = {}, {}, {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, facts = path.read_text().rsplit(")", 1)
            except OSError:
                continue
            told, pid = facts.split(), int(path.parent.name)
            parents[pid], names[pid] = int(told[1]), name.split("(", 1)[1]
            spent[pid] = (int(told[11]) + int(told[12])) / TICKS
        found = dict.fromkeys((*self.roots, "postgresql", "all"), 0.0)
        for pid, seconds in spent.items():
            if "postgres" in names[pid]:
                found["postgresql"] += seconds
            for name, root in self.roots.items():
                if pid == root or (parents[pid] == root and name != "driver"):
                    found[name] += seconds
        first = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
        busy = sum(map(int, first[:3])) + sum(map(int, first[5:8]))
        return {**found, "all": busy / TICKS}

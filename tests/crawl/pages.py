"""Time every page of the demo and count what it asks of the database.

`python -m crawl.pages [FOLDER] [--people N --placements N]` prints a line a kind of page, then
one line; it ends with 1 if a page is slow, a fault, too heavy, or asks once for each row.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from crawl.demo import list_visitors, open_demo
from crawl.walk import walk
from flask import Flask
from sqlalchemy import event

from placements.extensions import db
from placements.web.access import TOKEN

MOST_MS, MOST_QUERIES, MOST_BYTES = 300, 60, 150 * 1024
# Each of these works something out anew because it is asked to, and may take this long.
TAKES_LONGER = {
    "authority.rescue": (2000, "solves the places of today with everyone who waits"),
    "authority.past_what_if": (
        2000,
        "solves the whole round again, and works out what is published",
    ),
    "authority.audit": (2000, "checks the whole chain, when that is asked"),
}


def main() -> int:
    asked = _read_words()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(asked.folder or scratch)
        return report(measure(open_demo(folder, asked.people, asked.placements), asked.times))


def _read_words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", help="Where the demo is, or is made.")
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--placements", type=int, default=350)
    parser.add_argument("--times", type=int, default=3, help="How often each page is fetched.")
    return parser.parse_args()


def measure(app: Flask, times: int) -> dict[str, list[dict]]:
    """Fetch every page as every person; return times, queries and bytes by kind of page."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    found = defaultdict(list)
    for person, (token, first) in list_visitors(app).items():
        client, counted = app.test_client(), _Counted(app)
        if token is not None:
            with client.session_transaction() as session:
                session[TOKEN] = token

        def read(url: str, client=client) -> str:
            reply = client.get(url, follow_redirects=True)
            return reply.get_data(as_text=True) if reply.mimetype == "text/html" else ""

        for visit in walk(app, person, first, read):
            found[visit.endpoint].append(_look(client, counted, visit, times))
    return found


def _look(client, counted, visit, times: int) -> dict:
    seconds, n_queries = [], 0
    if visit.endpoint in TAKES_LONGER:
        client.get(visit.url)  # the first of all solves on a machine waits for the compiler
    for _ in range(times):
        before, began = counted.n, time.perf_counter()
        reply = client.get(visit.url)
        reply.get_data()
        seconds.append(time.perf_counter() - began)
        n_queries = counted.n - before
    return {
        "person": visit.person,
        "url": visit.url,
        "status": reply.status_code,
        "ms": [round(1000 * one, 1) for one in seconds],
        "queries": n_queries,
        "bytes": len(reply.data),
    }


class _Counted:
    """How many statements the database was asked."""

    def __init__(self, app: Flask) -> None:
        self.n = 0
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._count)

    def _count(self, *_facts: object) -> None:
        self.n += 1


def report(found: dict[str, list[dict]]) -> int:
    """Print a line a kind of page and what is wrong; return 1 if anything is."""
    wrong, n_pages = [], 0
    print(f"{'page':44} {'n':>3} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'KB':>6}")
    for endpoint, pages in sorted(found.items()):
        times = sorted(ms for page in pages for ms in page["ms"])
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        queries, size = max(p["queries"] for p in pages), max(p["bytes"] for p in pages)
        n_pages += len(pages)
        middle = statistics.median(times)
        most, why = TAKES_LONGER.get(endpoint, (MOST_MS, ""))
        print(
            f"{endpoint:44} {len(pages):3} {middle:8.0f} {p95:8.0f} {queries:8} {size / 1024:6.0f}"
            + (f"  up to {most}: {why}" if why else "")
        )
        faults = [p["url"] for p in pages if p["status"] >= 400]
        wrong += [f"{endpoint}: {url} cannot be opened" for url in faults]
        if p95 > most:
            wrong.append(f"{endpoint}: {p95:.0f} ms")
        if queries > MOST_QUERIES * (2 if why else 1):
            wrong.append(f"{endpoint}: {queries} statements")
        if size > MOST_BYTES and not endpoint.endswith("_file"):
            wrong.append(f"{endpoint}: {size / 1024:.0f} KB")
    for words in wrong:
        print(f"WRONG {words}")
    print(f"{n_pages} pages of {len(found)} kinds, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

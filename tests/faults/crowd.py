"""A region's busiest day: everybody at their pages at once, and two thousand at their result.

`python -m faults.crowd [--minutes N] [--rate N] [--readers N]` seeds a region of 3,000 invented
people on PostgreSQL, serves it by gunicorn as production does, and asks for pages at instants drawn
beforehand, whether the earlier ones were answered or not: an answer that is late counts as late
from the instant it was wanted. First the mix alone, a fifth of it writes; then a round is released
by the worker, and its people read what became of them within five minutes. It prints a line of
JSON a part, and ends 1 if one is over its bound or any answer is an error.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from threading import Thread

os.environ.setdefault("PLACEMENTS_ENV", "test")

import conftest
from faults.crowding import Crowd, Processors, draw_instants
from faults.crowds import CROWD_KEY, make_crowd, people_reading, pick_visits
from faults.databases import databases
from faults.restarts import gunicorn
from faults.watcher import worker
from servers import NotHere

from placements.services.invariants import verifying
from placements.settings import ROOT

READ_MINUTES, WARM_SECONDS, SPARE_SECONDS = 5, 10, 30
MIXED_MS, READING_MS, STOP_SECONDS = 300, 800, 20
# A visit of the mix is 1.25 requests: a quarter of them fill in the form they came for.
REQUESTS_A_VISIT = 1.25


def serve(url, folder, given):
    """Serve the region and let the crowd come; return how many parts were over a bound."""
    os.environ |= {"SECRET_KEY": CROWD_KEY, "MAIL_SINK_DIR": str(folder / "mail")}
    app = conftest.build_app(url)
    app.secret_key = CROWD_KEY
    release_in = timedelta(
        seconds=given.minutes * 60 + WARM_SECONDS + SPARE_SECONDS + given.seeding
    )
    region_folder = ROOT / "config/regions/west_midlands"
    began = time.monotonic()
    with app.app_context():
        sizes = (given.people, given.placements)
        visitors, release_at, n_placed = make_crowd(app, region_folder, sizes, release_in)
        print(
            f"{len(visitors.readers)} people wait, {n_placed} have a place; "
            f"made in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        with worker(url, folder) as steps, gunicorn(url, folder, "demo") as (server, port):
            roots = {"web": server.pid, "worker": steps.pid, "driver": os.getpid()}
            n_wrong = (
                0
                if not given.minutes
                else _part("mixed", roots, MIXED_MS, lambda: mixed(port, visitors, given))
            )
            n_wrong += (
                0
                if not given.readers
                else _part(
                    "results", roots, READING_MS, lambda: reading(port, visitors, release_at, given)
                )
            )
            n_wrong += stop(server, port, visitors, given)
        n_wrong += verifying.verify_invariants().exit_code != verifying.CLEAN
    conftest.close(app)
    return n_wrong


def _part(name, roots, most_ms, ask):
    processors = Processors(**roots)
    found = ask()
    line = {"part": name, **found.figures(), "most_p95_ms": most_ms, **processors.shares()}
    print(json.dumps(line), flush=True)
    return bool(found.errors) or line["p95_ms"] > most_ms


def mixed(port, visitors, given):
    """Ask the mix for as long as is given, after some seconds in which the service wakes up."""
    chance, rate = random.Random(given.seed), given.rate / REQUESTS_A_VISIT
    warm, instants = (draw_instants(chance, rate, s) for s in (WARM_SECONDS, given.minutes * 60))
    Crowd(port).ask(pick_visits(chance, visitors, warm))
    return Crowd(port).ask(pick_visits(chance, visitors, instants))


def reading(port, visitors, release_at, given):
    """Let the round out, and its people read it, with some of the mix beside."""
    chance, seconds = random.Random(given.seed + 1), given.read_minutes * 60
    wanted = people_reading(chance, visitors, given.readers, seconds)
    instants = draw_instants(chance, given.beside / REQUESTS_A_VISIT, seconds)
    beside = pick_visits(chance, visitors, instants)
    time.sleep(max(0.0, release_at.timestamp() - time.time()))
    return Crowd(port).ask([*wanted, *beside])


def stop(server, port, visitors, given):
    """End the web processes in order under load; return whether it took too long."""
    chance = random.Random(given.seed + 2)
    visits = pick_visits(chance, visitors, draw_instants(chance, given.rate / REQUESTS_A_VISIT, 5))
    crowd = Crowd(port)
    asking = Thread(target=crowd.ask, args=(visits,), daemon=True)
    asking.start()
    time.sleep(3)
    began = time.monotonic()
    server.terminate()
    server.wait(2 * STOP_SECONDS)
    seconds = time.monotonic() - began
    asking.join(60)
    print(
        json.dumps(
            {
                "part": "stop",
                "seconds": round(seconds, 1),
                "most_seconds": STOP_SECONDS,
                "statuses": dict(crowd.found.statuses),
            }
        ),
        flush=True,
    )
    return seconds > STOP_SECONDS or any(status >= 500 for status in crowd.found.statuses)


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="How long the mix lasts.")
    parser.add_argument("--rate", type=float, default=60, help="Requests of the mix a second.")
    parser.add_argument("--readers", type=int, default=2000, help="Who reads their result.")
    parser.add_argument("--read-minutes", type=float, default=READ_MINUTES)
    parser.add_argument("--beside", type=float, default=10, help="Mixed requests a second beside.")
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--placements", type=int, default=350)
    parser.add_argument("--seeding", type=float, default=30, help="Seconds the plan may take.")
    parser.add_argument("--seed", type=int, default=20261125)
    given = parser.parse_args(words)
    try:
        with databases("postgresql") as made, tempfile.TemporaryDirectory() as folder:
            n_wrong = serve(made(), Path(folder), given)
    except NotHere as reason:
        print(f"!! SKIPPED: {reason}", flush=True)
        return 0
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Everybody acts at random, at length: every rule holds after every step, on both databases.

`python -m soak [--runs N] [--steps M] [--seed S] [sqlite] [postgresql]` prints the seed and what
was done, one line of JSON a database, and ends with 1 if a rule broke. It stops by itself; told to
stop before (TERM), it prints what was done until then.
"""

import argparse
import json
import random
import signal
import sys
import traceback
from collections import Counter
from functools import partial

import conftest
from faults.databases import ENGINES, databases
from servers import NotHere
from soak import machine


def soak(engine, asked):
    """Live the runs on one database; return whether every rule held."""
    told, counts = {"engine": engine, "seed": asked.seed}, Counter()
    with databases(engine) as made:
        url = made()
        app = conftest.build_app(url)
        try:
            empty = partial(made.empty, url)
            machine.run(app, empty, asked.runs, asked.steps, asked.seed, counts)
        except BaseException as fault:
            traceback.print_exception(fault)
            print(json.dumps({**told, "ok": False, **counts}), flush=True)
            return False
        finally:
            conftest.close(app)
    print(json.dumps({**told, "ok": True, **counts}), flush=True)
    return True


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", default=ENGINES)
    parser.add_argument("--runs", type=int, default=500, help="on each database")
    parser.add_argument("--steps", type=int, default=50, help="in each run")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked, all_ok = parser.parse_args(words), True
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"seed {asked.seed}", flush=True)
    for engine in asked.engines:
        try:
            all_ok &= soak(engine, asked)
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
    return 0 if all_ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Everybody acts at random, at length: every rule holds after every step, on both databases.

`python -m soak [--runs N] [--steps M] [--seed S] [sqlite] [postgresql]` prints the seed and what
was done, one line of JSON a database, and ends with 1 if a rule broke. It stops by itself.
"""

import argparse
import json
import random
import sys
import traceback

import conftest
from faults.databases import ENGINES, databases
from servers import NotHere
from soak import machine


def soak(engine, asked):
    """Live the runs on one database; return whether every rule held."""
    with databases(engine) as made:
        url = made()
        app = conftest.build_app(url)
        try:
            counts = machine.run(app, lambda: made.empty(url), asked.runs, asked.steps, asked.seed)
        except BaseException as fault:
            traceback.print_exception(fault)
            print(json.dumps({"engine": engine, "seed": asked.seed, "ok": False}), flush=True)
            return False
        finally:
            conftest.close(app)
    print(json.dumps({"engine": engine, "seed": asked.seed, "ok": True, **counts}), flush=True)
    return True


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", default=ENGINES)
    parser.add_argument("--runs", type=int, default=500, help="on each database")
    parser.add_argument("--steps", type=int, default=50, help="in each run")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked, all_ok = parser.parse_args(words), True
    print(f"seed {asked.seed}", flush=True)
    for engine in asked.engines:
        try:
            all_ok &= soak(engine, asked)
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
    return 0 if all_ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

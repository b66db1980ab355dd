"""Time public transport for a city region: python -m tests.benchmarks.travel [--people N] …

An invented feed of about 7,500 stops and 774,000 rides on a Monday; by default 3,000 people and
350 sites with shifts of all kinds, both ways, all shifts. Prints seconds, by the clock and of a
processor, and the most memory used.
"""

import argparse
import dataclasses
import resource
import time

import numpy as np

from matching import Market, solve, verify
from matching.generate import generate
from matching.records import Spans
from matching.transport import scan
from matching.transport.by_timetable import TimetableTravel
from matching.transport.gtfs import read_gtfs
from matching.travel import journeys
from tests.factories.invented_feed import invent_feed


def main() -> None:
    """Read a feed, work out every pair, solve and check."""
    given = _parser().parse_args()
    if given.plain:
        scan._fastest = lambda: scan.scan_rows
    packed = _timed("write the feed", lambda: invent_feed(seed=given.seed))
    feed = _timed("read the feed", lambda: read_gtfs(packed, source="invented"))
    print(f"  {len(feed.stops):,} stops, {len(feed.runs):,} runs in the week")
    market = make_market(given.people, given.sites, given.seed, TimetableTravel(feed))
    n = len(market.candidates) * len(market.placements)
    pairs = np.divmod(np.arange(n), len(market.placements))
    if not given.plain:
        few = make_market(20, 60, given.seed, TimetableTravel(feed))
        _timed("compile, or load what was compiled", lambda: journeys(few, *_first(few)))
    found = _timed(f"journeys of all {n:,} pairs", lambda: journeys(market, *pairs))
    by_rides = float((~found.estimate[found.served]).mean())
    print(f"  {found.served.mean():.0%} served, {by_rides:.0%} of those by timetable")
    _timed("the same again, kept", lambda: journeys(market, *pairs))
    plan = _timed("solve with the journeys kept", lambda: solve(market))
    wrong = _timed(f"check {len(plan.assignments):,} placed", lambda: verify(market, plan))
    print(f"  {len(wrong)} wrong; most memory {_most_memory():,} MB")


def make_market(people: int, sites: int, seed: int, travel: TimetableTravel) -> Market:
    """An invented market of people who go by bus, half of them by train as well."""
    rng = np.random.default_rng(seed)
    market = generate(people, sites, sites * 3, seed=seed)
    ways = (("walk", "bus"), ("bus", "train"))
    persons = [
        dataclasses.replace(one, modes=ways[int(rng.integers(2))]) for one in market.candidates
    ]
    places = [dataclasses.replace(one, shifts=_shifts(rng)) for one in market.placements]
    return Market(persons, places, market.policy, travel=travel)


def _shifts(rng: np.random.Generator) -> Spans:
    """Two thirds on weekdays in the day, the others from 6am to 3pm on any five days."""
    if rng.random() < 2 / 3:
        start = int(rng.choice([480, 510, 540, 570]))
        return tuple((day, start, start + 480) for day in range(5))
    start, days = int(rng.integers(24, 61)) * 15, rng.choice(7, 5, replace=False)
    return tuple((day, start, start + 480) for day in sorted(days.tolist()))


def _first(market: Market) -> tuple[np.ndarray, np.ndarray]:
    cols = np.arange(len(market.placements))
    return np.zeros(len(cols), dtype=np.int64), cols


def _timed(what: str, work):
    began, used = time.perf_counter(), time.process_time()
    found = work()
    took, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"{took:8.2f} s, {cpu:8.2f} s of a processor  {what}", flush=True)
    return found


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Time public transport for a city region.")
    for name, number in (("people", 3000), ("sites", 350), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--plain", action="store_true", help="without the compiler")
    return parser


if __name__ == "__main__":
    main()

"""Journeys of placed pairs worked out a second time, for the checker, whatever the model.

Written from the rules and not from ``matching.travel`` or the searches of
``matching.transport``: only their data is read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from matching.checking.rides import Claim, Rides, metres_from, moments_of
from matching.market import Market
from matching.rates import QUIET_AFTER, QUIET_BEFORE, Rate, rates_of
from matching.records import MODES, Placement

Way = tuple[int, int, bool]
NEAR_AREA = 5_000


def wrong_journeys(market: Market, claims: Iterable[Claim]) -> Iterator[str]:
    """Say which claimed journeys are not the best there is.

    Parameters
    ----------
    market : Market
        With a model of travel by table, timetable or straight line.
    claims : iterable of Claim

    Yields
    ------
    str
        One sentence for each that is wrong.

    Notes
    -----
    A journey better than the claimed one would take less time, so only so much time is searched.

    Examples
    --------
    >>> people = [{"id": "ann", "lat": 52.48, "lon": -1.9, "modes": ["walk"]}]
    >>> market = Market(people, [{"id": "shop", "lat": 52.49, "lon": -1.9}])
    >>> list(wrong_journeys(market, [Claim("ann", "shop", 18, 18, "walk", True)]))
    []
    """
    listed = list(claims)
    if market.policy.travel == "none" or not listed:
        return
    timetable = getattr(market.travel, "timetable", None)
    rides = Rides(market, timetable, listed) if timetable is not None else None
    for claim in listed:
        ways = _ways(market, claim, rides)
        served = [(max(way[:2]), at, *way) for at, way in ways.items() if min(way[:2]) >= 0]
        best = min(served, default=None)
        said = (claim.there, claim.back, claim.mode, claim.estimate)
        right = (best[2], best[3], MODES[best[1]], best[4]) if best else None
        if said != right:
            yield f"{claim.candidate} at {claim.placement}: journey {said}, should be {right}"


def _ways(market: Market, claim: Claim, rides: Rides | None) -> dict[int, Way]:
    """Minutes there and back by each way that the person travels, by its place in ``MODES``."""
    person = market.candidates[market.row_of[claim.candidate]]
    place = market.placements[market.col_of[claim.placement]]
    home, site = (person.lat, person.lon), (place.lat, place.lon)
    if None in home or None in site:
        return {}
    table, rates = getattr(market.travel, "table", None), rates_of(market.travel)
    ways: dict[int, Way] = {}
    for at, mode in enumerate(MODES):
        if mode not in person.modes or mode not in rates:
            continue
        way = rides.way(claim, mode) if rides is not None else None
        if table is not None:
            way = _by_table(table, rates[mode], at, home, site, place)
        ways[at] = _straight(rates[mode], home, site, place) if way is None else way
    return ways


def _straight(rate: Rate, home: Any, site: Any, place: Placement) -> Way:
    """Minutes there and back over a straight line; -1 where it does not run."""
    metres = round(float(metres_from(np.array([home]), np.array(site))[0]))
    ride = rate.access + -(-metres * rate.detour * 60 // (rate.speed * 100))
    took = []
    for moments in moments_of(place):
        waits = [rate.wait] + [
            max(rate.wait, rate.quiet_wait)
            for _, minute in moments
            if not QUIET_BEFORE <= minute < QUIET_AFTER
        ]
        took.append(ride + max(waits))
    return _within_hours(rate, took[0], took[1], place, True)


def _within_hours(rate: Rate, there: int, back: int, place: Placement, estimate: bool) -> Way:
    """The same minutes, or -1 if a shift begins too early or ends too late for the service."""
    out, home = moments_of(place)
    for way, (day, minute) in [(0, m) for m in out] + [(1, m) for m in home]:
        first, last = rate.hours[day]
        if (first, last) == (0, 2880):
            continue
        late = minute - there < first if way == 0 else minute + back > last
        if late or not first <= minute <= last:
            return -1, -1, estimate
    return there, back, estimate


def _by_table(
    table: Any, rate: Rate, mode: int, home: Any, site: Any, place: Placement
) -> Way | None:
    """What the table says, or None where it says nothing."""
    ends = []
    for point in (home, site):
        away = metres_from(table.points / 1e6, np.array(point))
        if not len(away) or away.min() > NEAR_AREA:
            return None
        ends.append(int(np.argmin(away)))
    said = _lines(table)
    one, other = (said.get((a, b, mode)) for a, b in (ends, ends[::-1]))
    if one is None or other is None:
        return None
    return _within_hours(rate, one, other, place, False)


@functools.lru_cache(maxsize=2)
def _lines(table: Any) -> dict[tuple[int, int, int], int]:
    return {(a, b, mode): minutes for a, b, mode, minutes in table.minutes.tolist()}

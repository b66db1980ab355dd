"""Everyone placed, checked: once each, eligible, pinned where pinned, with the right figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from geopy.distance import geodesic

from matching.checking.claims import Claims
from matching.checking.eligible import SecondLook
from matching.checking.rides import Claim
from matching.checking.travel import wrong_journeys
from matching.columnar.columns import Ints
from matching.market import Market
from matching.records import MODES

GEODESIC_SHARE = 0.006
GEODESIC_MOST, GEODESIC_SAMPLE = 20_000, 4_000
HALF = 0.501
SHOWN = 20


def check_placed(look: SecondLook, claims: Claims, pinned: Mapping[int, int]) -> Iterator[str]:
    """The placed pairs, worked out again one by one."""
    market, rows, cols = look.market, claims.rows, claims.cols
    people, places = market.candidates.ids, market.placements.ids
    times = np.bincount(rows, minlength=len(people))
    for row in np.flatnonzero(times > 1)[:SHOWN].tolist():
        yield f"{people[row]} is placed {times[row]} times"
    match = np.full(len(people), -1, dtype=np.int64)
    match[rows] = cols
    for row, col in pinned.items():
        if match[row] != col:
            yield f"{people[row]} is pinned but not kept there"
    facts, trips = look.eligible(rows, cols)
    key = rows * max(look.width, 1) + cols
    lost = ~np.isin(key, facts.rows * max(look.width, 1) + facts.cols)
    for at in np.flatnonzero(lost)[:SHOWN].tolist():
        yield f"{people[rows[at]]} at {places[cols[at]]} is not an eligible pair"
    if lost.any():
        return
    level = facts.levels["choice"]
    expected = {
        "choice": np.where(level < 6, level + 1, 0),
        "pinned": np.isin(rows, list(pinned)),
        "minutes_there": trips.there,
        "minutes_back": trips.back,
        "mode": trips.mode,
        "estimate": trips.estimate,
    }
    if market.policy.travel == "none":
        minus = np.full(len(rows), -1, dtype=np.int64)
        expected |= {"minutes_there": minus, "minutes_back": minus}
    told = claims.figures
    for name, right in expected.items():
        for at in np.flatnonzero(told[name] != right)[:SHOWN].tolist():
            pair = f"{people[rows[at]]} at {places[cols[at]]}"
            yield f"{pair}: {name} is {told[name][at]}, should be {right[at]}"
    off = np.abs(told["metres"] - trips.exact) > HALF
    for at in np.flatnonzero(off)[:SHOWN].tolist():
        pair = f"{people[rows[at]]} at {places[cols[at]]}"
        yield f"{pair}: {told['metres'][at]} metres, should be {trips.exact[at]:.1f}"


def check_distances(market: Market, claims: Claims) -> Iterator[str]:
    """Kilometres against the geodesic on the ellipsoid: of everyone, or of a sample of very many.

    The sample is of the lowest lottery numbers.
    """
    if market.policy.travel == "none" or hasattr(market.travel, "pairs"):
        return
    some = len(claims.rows) if len(claims.rows) <= GEODESIC_MOST else GEODESIC_SAMPLE
    for at in np.argsort(claims.rows)[:some].tolist():
        row, col = int(claims.rows[at]), int(claims.cols[at])
        said, metres = (
            int(claims.figures["metres"][at]),
            geodesic(market.homes[row], market.sites[col]).meters,
        )
        if abs(said - metres) > 0.5 + GEODESIC_SHARE * metres:
            pair = f"{market.candidates.ids[row]} at {market.placements.ids[col]}"
            yield f"{pair}: {said / 1000:.3f} km, the geodesic is {metres / 1000:.3f} km"


def check_journeys(market: Market, claims: Claims) -> Iterator[str]:
    """Journeys by table or timetable, searched again by another road than the solver's."""
    if not any(hasattr(market.travel, name) for name in ("table", "timetable")):
        return
    told = claims.figures
    listed = []
    for at in range(len(claims.rows)):
        mode = int(told["mode"][at])
        listed.append(
            Claim(
                str(market.candidates.ids[claims.rows[at]]),
                str(market.placements.ids[claims.cols[at]]),
                int(told["minutes_there"][at]),
                int(told["minutes_back"][at]),
                MODES[mode] if mode >= 0 else None,
                bool(told["estimate"][at]),
            )
        )
    yield from wrong_journeys(market, listed)


def level_sums(look: SecondLook, claims: Claims, free: Ints) -> dict[str, int]:
    """The sum of each objective over the placed pairs at these positions."""
    rows, cols = claims.rows[free], claims.cols[free]
    facts = look.facts(rows, cols, look.trips(rows, cols))
    levels = facts.levels | {"lottery": look.lottery[rows]}
    return {name: int(levels[name].sum()) for name in look.market.policy.objectives}

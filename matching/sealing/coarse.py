"""Facts about people made coarse, as far as no rule can tell the difference."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np

from matching.eligibility import choice_ranks, is_too_young, refusals
from matching.errors import BundleError
from matching.market import Floats, Ints, Market
from matching.near import Near
from matching.sealing.given import UNKNOWN, GivenTravel
from matching.travel import journeys

Record = dict[str, Any]
Point = tuple[float, float]
GRID = 2
SPARE_MINUTES = 30
MOST_PAIRS = 100_000_000
BLOCK = 2_000_000
MODELS = {"StraightLine": "straight_line", "TimetableTravel": "timetable", "TableTravel": "table"}


def round_homes(people: list[Record], homes: Mapping[str, Point | None] | None) -> None:
    """Put each known home at the point given for it, or on a grid of a hundredth of a degree."""
    for person in people:
        if person["lat"] is None or person["lon"] is None:
            continue
        middle = None if homes is None else homes.get(person["id"])
        grid = (round(person["lat"], GRID) + 0.0, round(person["lon"], GRID) + 0.0)
        person["lat"], person["lon"] = middle or grid


def round_births(market: Market, people: list[Record]) -> None:
    """Give the year of birth, or the month, or the day: the coarsest that changes no rule.

    ``people`` are the records of ``market`` by id, to be changed in place.
    """
    kinds = {(p.min_age, p.start_from): j for j, p in enumerate(market.placements)}
    cols = np.array(sorted(kinds.values()), dtype=np.int64)
    left = list(range(len(people)))
    exact = _young(market, people, [p["born_on"] for p in people], cols)
    for coarse in (_year, _month):
        tried = [coarse(people[at]["born_on"]) for at in left]
        found = _young(market, [people[at] for at in left], tried, cols)
        same = (found == exact[left]).all(axis=1) if len(cols) else np.ones(len(left), dtype=bool)
        for at, day, fits in zip(list(left), tried, same.tolist(), strict=True):
            if fits:
                people[at]["born_on"] = day
                left.remove(at)


def _young(market: Market, people: list[Record], born: list[str | None], cols: Ints) -> Any:
    """Who is too young for what, bool[N, K], if born on these days."""
    given = [
        {"id": str(n), "born_on": day, "start_from": person["start_from"]}
        for n, (person, day) in enumerate(zip(people, born, strict=True))
    ]
    other = Market(given, [market.placements[int(j)] for j in cols], {"travel": "none"})
    rows = np.array([other.row_of[str(n)] for n in range(len(people))], dtype=np.int64)
    there = np.array([other.col_of[market.placements[int(j)].id] for j in cols], dtype=np.int64)
    young = is_too_young(other, np.repeat(rows, len(cols)), np.tile(there, len(rows)))
    return young.reshape(len(rows), len(cols))


def _year(day: str | None) -> str | None:
    return day and f"{datetime.date.fromisoformat(day).year:04}-01-01"


def _month(day: str | None) -> str | None:
    return day and f"{day[:7]}-01"


def name_travel(market: Market) -> str:
    """What works the journeys of a market out: the model given with it, or that of the policy.

    Examples
    --------
    >>> name_travel(Market([], [])), name_travel(Market([], [], {"travel": "none"}))
    ('straight_line', 'none')
    """
    if market.travel is None or market.policy.travel == "none":
        return market.policy.travel
    return MODELS.get(type(market.travel).__name__, "given")


def give_travel(market: Market) -> GivenTravel:
    """The journeys of a market as numbers, distances in whole kilometres.

    Kept are those up to half an hour beyond the person's limit and those to ranked choices; for
    a person who cannot reach any place also which of those nearby no service reaches, since the
    reason counts them.

    Raises
    ------
    BundleError
        When the market has too many pairs to list.
    """
    n, m = len(market.candidates), len(market.placements)
    if n * m > MOST_PAIRS:
        raise BundleError(f"bundle: {n} people and {m} placements are too many pairs to list")
    step = max(BLOCK // max(m, 1), 1)
    parts = [_listed(market, first, min(first + step, n)) for first in range(0, n, step)]
    none = np.zeros((7, 0), dtype=np.int64)
    columns = np.concatenate([none, *parts], axis=1)
    counts = np.bincount(columns[0], minlength=n)
    names = ("cols", "there", "back", "metres", "mode", "estimate")
    return GivenTravel(
        source=name_travel(market),
        people=tuple(market.candidates.ids.tolist()),
        places=tuple(market.placements.ids.tolist()),
        starts=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]),
        lost_people=_nowhere(market.homes),
        lost_places=_nowhere(market.sites),
        **dict(zip(names, columns[1:], strict=True)),
    )


def _listed(market: Market, first: int, last: int) -> Ints:
    """Rows, cols and figures of the pairs to keep for some people, int64[7, K]."""
    m = len(market.placements)
    rows = np.repeat(np.arange(first, last), m)
    cols = np.tile(np.arange(m), last - first)
    found = journeys(market, rows, cols)
    longer = np.maximum(found.there, found.back)
    limit = market.candidates.wholes("max_minutes")[rows] + SPARE_MINUTES
    near = Near(market).is_within(rows, found.metres)
    keep = found.served & (longer <= limit)
    keep |= (choice_ranks(market, rows, cols) >= 0) & (found.served | near)
    eligible = (refusals(market, rows, cols, found) == 0).reshape(last - first, m)
    keep |= ~eligible.any(axis=1)[rows - first] & ~found.served & near
    lost = np.isnan(market.homes[rows, 0]) | np.isnan(market.sites[cols, 0])
    keep &= ~lost
    there, back = (np.where(found.known, way, UNKNOWN) for way in (found.there, found.back))
    metres = np.where(found.metres < 0, -1, (found.metres + 500) // 1000 * 1000)
    columns = (rows, cols, there, back, metres, found.mode, found.estimate)
    kept: Ints = np.stack([column[keep].astype(np.int64) for column in columns])
    return kept


def _nowhere(points: Floats) -> Ints:
    return np.flatnonzero(np.isnan(points[:, 0]))

"""Invented markets of any size from one seed, for trying the engine and measuring it."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from matching.columnar.columns import Floats, Ints, Kinds, Lists, Wholes
from matching.edges import eligible_edges
from matching.errors import MarketError
from matching.market import Market
from matching.policy import Policy
from matching.records import Spans

SECTORS = ("care", "construction", "digital", "food", "logistics", "retail")
DAYS: Spans = tuple((day, 540, 1020) for day in range(5))
LATE: Spans = tuple((day, 840, 1320) for day in range(5))
SHORT: Spans = tuple((day, 480, 1080) for day in range(5))
LONG: Spans = tuple((day, 480, 1380) for day in range(5))
CENTRE = (52.48, -1.89)
SOUTH_WEST, NORTH_EAST = (50.6, -3.6), (54.6, 0.2)
TOWNS_A_CITY = 8
NEAR = 40
GROUPS = ("care_leaver", "long_neet")
SAMPLE, FARTHEST = 2_000, 2
FIRST_BORN, LAST_BORN = datetime.date(2002, 1, 1), datetime.date(2010, 12, 31)


def generate(
    people: int,
    placements: int,
    places: int,
    seed: int = 0,
    cities: int | None = None,
    pairs: float | None = None,
) -> Market:
    """An invented market, the same for the same seed, made column by column.

    Parameters
    ----------
    people, placements, places : int
        How many of each; ``places`` is at least ``placements``.
    seed : int
    cities : int, optional
        Around how many centres people live; one for every 300 placements by default.
    pairs : float, optional
        The mean number of eligible pairs a person to come near to: everyone's travel limit is
        made longer or shorter by one factor, found from a sample of people.

    Returns
    -------
    Market

    Raises
    ------
    MarketError
        When limits twice as long give fewer pairs than asked for.

    Examples
    --------
    >>> market = generate(30, 5, 12, seed=1)
    >>> len(market.candidates), int(market.capacities.sum())
    (30, 12)
    """
    rng = np.random.default_rng(seed)
    towns = _towns(rng, max(1, placements // 300) if cities is None else cities)
    sites = _points(rng, towns, placements, 0.02)
    homes = _points(rng, towns, people, 0.03)
    names = [f"place-{j:05}" for j in range(placements)]
    market = Market.from_columns(
        _candidates(rng, homes, sites, names),
        _placements(rng, sites, names, places),
        Policy(priority_groups=GROUPS, seed=seed),
    )
    return market if pairs is None else with_density(market, pairs)


def with_density(market: Market, pairs: float) -> Market:
    """The market with travel limits by which people have so many eligible pairs on average.

    Parameters
    ----------
    market : Market
        A straight-line market.
    pairs : float

    Returns
    -------
    Market

    Notes
    -----
    Of 2,000 people, the first by lottery, every pair within a limit twice as long is looked at
    once: what share of the limit it takes says from which factor on it counts.

    Examples
    --------
    >>> market = with_density(generate(200, 60, 150), 5)
    >>> bool(abs(len(eligible_edges(market).rows) / 200 - 5) < 1)
    True
    """
    limit = market.candidates.wholes("max_minutes")
    few = market.candidates.take(np.arange(min(SAMPLE, len(limit))))
    wider = few.replaced(max_minutes=Wholes(few.wholes("max_minutes") * FARTHEST))
    found = eligible_edges(market.with_parts(candidates=wider))
    shares = np.maximum(found.there, found.back) / few.wholes("max_minutes")[found.rows]
    wanted = round(pairs * len(few))
    if wanted > len(shares):
        most = len(shares) / max(len(few), 1)
        raise MarketError(f"pairs: {pairs} a person are too many here, there are {most:.1f}")
    factor = float(np.sort(shares)[wanted - 1]) if wanted else 0.0
    longest = Wholes(np.floor(limit * factor + 1e-9).astype(np.int64))
    return market.with_parts(candidates=market.candidates.replaced(max_minutes=longest))


def _towns(rng: np.random.Generator, cities: int) -> Floats:
    """Towns around each city: the first city is ``CENTRE``, others lie all over the country."""
    spread = rng.normal(0, [0.06, 0.12], (cities, TOWNS_A_CITY, 2))
    centres = rng.uniform(SOUTH_WEST, NORTH_EAST, (cities, 2))
    centres[:1] = CENTRE
    return (centres[:, None, :] + spread).reshape(-1, 2)


def _points(rng: np.random.Generator, towns: Floats, count: int, spread: float) -> Floats:
    points = towns[rng.integers(len(towns), size=count)] + rng.normal(0, spread, (count, 2))
    return points.round(5)


def _picks(rng: np.random.Generator, count: int, values: tuple[Any, ...], shares: Any) -> Kinds:
    return Kinds(values, rng.choice(len(values), size=count, p=shares).astype(np.int32))


def _placements(
    rng: np.random.Generator, sites: Floats, names: list[str], places: int
) -> dict[str, Any]:
    m = len(names)
    spare = max(places - m, 0)
    employers = rng.integers(1 + np.arange(m) // 2)
    return {
        "id": names,
        "employer": [f"employer-{at:05}" for at in employers.tolist()],
        "sector": _picks(rng, m, SECTORS, None),
        "lat": sites[:, 0],
        "lon": sites[:, 1],
        "capacity": 1 + rng.multinomial(spare, np.full(m, 1 / max(m, 1))),
        "min_age": rng.choice([16, 16, 16, 18], size=m),
        "needs": _picks(rng, m, (("driving_licence",), ()), [0.05, 0.95]),
        "shifts": _picks(rng, m, (LATE, DAYS), [0.15, 0.85]),
        "start_from": np.full(m, np.datetime64("2026-09-07")),
        "start_to": np.full(m, np.datetime64("2026-10-30")),
    }


def _candidates(
    rng: np.random.Generator, homes: Floats, sites: Floats, names: list[str]
) -> dict[str, Any]:
    n = len(homes)
    days = rng.integers(FIRST_BORN.toordinal(), LAST_BORN.toordinal(), size=n)
    return {
        "id": [f"person-{i:06}" for i in range(n)],
        "lat": homes[:, 0],
        "lon": homes[:, 1],
        "born_on": days,
        "modes": _subsets(rng, n, ("walk", "bus"), (("cycle", 0.3), ("train", 0.2), ("car", 0.1))),
        "max_minutes": rng.choice([30, 45, 60, 60, 75], size=n),
        "availability": _picks(rng, n, (LONG, SHORT), [0.6, 0.4]),
        "start_from": np.full(n, np.datetime64("2026-09-01")),
        "has": _picks(rng, n, (("driving_licence",), ()), [0.15, 0.85]),
        "sectors": _two_sectors(rng, n),
        "choices": _choices(rng, homes, sites, names),
        "priority": _subsets(rng, n, (), ((GROUPS[0], 0.05), (GROUPS[1], 0.2))),
    }


def _subsets(
    rng: np.random.Generator,
    count: int,
    always: tuple[str, ...],
    others: tuple[tuple[str, float], ...],
) -> Kinds:
    """What everyone has and each of the others with its share."""
    codes = np.zeros(count, dtype=np.int32)
    for bit, (_, share) in enumerate(others):
        codes |= (rng.random(count) < share).astype(np.int32) << bit
    sets = [
        always + tuple(name for bit, (name, _) in enumerate(others) if code >> bit & 1)
        for code in range(1 << len(others))
    ]
    return Kinds(tuple(sets), codes)


def _two_sectors(rng: np.random.Generator, count: int) -> Kinds:
    pairs = tuple((a, b) for a in SECTORS for b in SECTORS if a != b)
    return _picks(rng, count, pairs, None)


def _choices(rng: np.random.Generator, homes: Floats, sites: Floats, names: list[str]) -> Lists:
    """None to six of the nearest placements, in any order."""
    near = min(NEAR, len(sites))
    wanted = np.minimum(rng.integers(0, 7, size=len(homes)), near)
    starts = np.zeros(len(homes) + 1, dtype=np.int64)
    np.cumsum(wanted, out=starts[1:])
    picked = _first_distinct(rng, len(homes), near)
    taken = np.arange(picked.shape[1]) < wanted[:, None]
    closest = _nearest(homes, sites, near)
    codes = np.take_along_axis(closest, picked, axis=1)[taken]
    return Lists(starts, codes.astype(np.int32), names)


def _first_distinct(rng: np.random.Generator, count: int, size: int) -> Ints:
    """Six different positions below ``size`` for each person, drawn without a whole shuffle."""
    width = min(6, size)
    picked = np.zeros((count, width), dtype=np.int64)
    for at in range(width):
        drawn = rng.integers(size - at, size=count)
        earlier = np.sort(picked[:, :at], axis=1)
        for other in range(at):
            drawn += drawn >= earlier[:, other]
        picked[:, at] = drawn
    return picked


def _nearest(homes: Floats, sites: Floats, near: int) -> npt.NDArray[np.int64]:
    if not near or not len(homes):
        return np.zeros((len(homes), near), dtype=np.int64)
    ranks = list(range(1, near + 1))
    _, closest = cKDTree(sites).query(homes, k=ranks, workers=1)
    return np.asarray(closest, dtype=np.int64)

"""The hard rules, one named predicate each, over arrays of pairs; a refused pair keeps why."""

from __future__ import annotations

import datetime
import enum
import functools
from collections.abc import Callable, Hashable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from matching.market import Ints, Market
from matching.records import Spans
from matching.travel import Journeys
from matching.travel import journeys as find_journeys

Bools = npt.NDArray[np.bool_]
A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)
WEEK = 7 * 1440
FAR = datetime.date.max.toordinal()


class Refusal(enum.IntFlag):
    """Why a pair cannot be; several may hold at once."""

    AGE = 1
    NEEDS = 2
    HOURS = 4
    DATES = 8
    NEVER = 16
    FULL = 32
    FORBIDDEN = 64
    UNRANKED = 128
    TRAVEL_UNKNOWN = 256
    TRAVEL_NO_SERVICE = 512
    TRAVEL_TOO_LONG = 1024


def refusals(market: Market, rows: Ints, cols: Ints, journeys: Journeys | None = None) -> Ints:
    """The refusal bits of each pair, 0 where it is eligible.

    Parameters
    ----------
    market : Market
    rows, cols : int64[E]
    journeys : Journeys, optional
        Those of the same pairs, if already known.

    Returns
    -------
    int64[E]

    Examples
    --------
    >>> import numpy as np
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    >>> zero = np.zeros(1, dtype=np.int64)
    >>> Refusal(int(refusals(market, zero, zero)[0])).name
    'NEEDS'
    """
    bits = np.zeros(len(rows), dtype=np.int64)
    if not len(rows):
        return bits
    for bit, rule in RULES.items():
        bits[rule(market, rows, cols)] |= int(bit)
    found = find_journeys(market, rows, cols) if journeys is None else journeys
    limit = np.array([c.max_minutes for c in market.candidates], dtype=np.int64)
    bits[~found.known] |= int(Refusal.TRAVEL_UNKNOWN)
    bits[found.known & ~found.served] |= int(Refusal.TRAVEL_NO_SERVICE)
    longer = np.maximum(found.there, found.back)
    bits[found.served & (longer > limit[rows])] |= int(Refusal.TRAVEL_TOO_LONG)
    return bits


def is_too_young(market: Market, rows: Ints, cols: Ints) -> Bools:
    """Below the least age on the first day both can start, or of an age nobody can tell."""
    ages = sorted({p.min_age for p in market.placements})
    born = [c.born_on for c in market.candidates]
    reached = np.array([[birthday(day, age) for age in ages] for day in born], dtype=np.int64)
    which = np.array([ages.index(p.min_age) for p in market.placements], dtype=np.int64)
    starts = np.array([_ordinal(c.start_from, 0) for c in market.candidates], dtype=np.int64)
    opens = np.array([_ordinal(p.start_from, 0) for p in market.placements], dtype=np.int64)
    first_day = np.maximum(starts[rows], opens[cols])
    asked = np.array([p.min_age > 0 for p in market.placements], dtype=bool)
    young: Bools = asked[cols] & (reached[rows, which[cols]] > first_day)
    return young


def lacks_needs(market: Market, rows: Ints, cols: Ints) -> Bools:
    """Something the placement needs is not among what the person has."""
    return _by_kind(
        [frozenset(c.has) for c in market.candidates],
        [frozenset(p.needs) for p in market.placements],
        lambda has, needs: not needs <= has,
        rows,
        cols,
    )


def is_busy(market: Market, rows: Ints, cols: Ints) -> Bools:
    """A shift falls outside the hours the person gave."""
    return _by_kind(
        [c.availability for c in market.candidates],
        [p.shifts for p in market.placements],
        lambda free, shifts: not covers(free, shifts),
        rows,
        cols,
    )


def has_other_dates(market: Market, rows: Ints, cols: Ints) -> Bools:
    """The days the person can start and the days the placement can start do not meet."""
    return _by_kind(
        [(_ordinal(c.start_from, 0), _ordinal(c.start_to, FAR)) for c in market.candidates],
        [(_ordinal(p.start_from, 0), _ordinal(p.start_to, FAR)) for p in market.placements],
        lambda mine, theirs: max(mine[0], theirs[0]) > min(mine[1], theirs[1]),
        rows,
        cols,
    )


def is_never_wanted(market: Market, rows: Ints, cols: Ints) -> Bools:
    """The person said never to this placement, its employer or its sector."""
    refused = np.zeros(len(rows), dtype=bool)
    sayers = [c.never_placements + c.never_employers + c.never_sectors for c in market.candidates]
    says = np.array([bool(words) for words in sayers], dtype=bool)
    for at in np.flatnonzero(says[rows]):
        one, place = market.candidates[rows[at]], market.placements[cols[at]]
        refused[at] = (
            place.id in one.never_placements
            or place.employer in one.never_employers
            or place.sector in one.never_sectors
        )
    return refused


def is_full(market: Market, rows: Ints, cols: Ints) -> Bools:
    """The placement has no free place."""
    full: Bools = market.capacities[cols] == 0
    return full


def is_forbidden(market: Market, rows: Ints, cols: Ints) -> Bools:
    """The policy forbids this pair."""
    pairs = [
        market.row_of[c] * len(market.placements) + market.col_of[p]
        for c, p in market.policy.forbidden
        if c in market.row_of and p in market.col_of
    ]
    return np.isin(rows * len(market.placements) + cols, pairs)


def is_unranked(market: Market, rows: Ints, cols: Ints) -> Bools:
    """The policy keeps to ranked choices and this is not one."""
    if not market.policy.only_ranked:
        return np.zeros(len(rows), dtype=bool)
    return choice_ranks(market, rows, cols) < 0


def choice_ranks(market: Market, rows: Ints, cols: Ints) -> Ints:
    """Position of each pair in the person's ranked choices, 0 first, -1 when not ranked."""
    width = max(len(market.placements), 1)
    keys, ranks = _ranked_pairs(market, width)
    if not len(keys):
        return np.full(len(rows), -1, dtype=np.int64)
    wanted = rows * width + cols
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, ranks[at], -1)


def _ranked_pairs(market: Market, width: int) -> tuple[Ints, Ints]:
    pairs = sorted(
        (row * width + market.col_of[choice], rank)
        for row, candidate in enumerate(market.candidates)
        for rank, choice in enumerate(candidate.choices)
        if choice in market.col_of
    )
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def birthday(born_on: str | None, age: int) -> int:
    """The day number on which a person reaches ``age``; 1 March for those born on 29 February."""
    if born_on is None:
        return FAR + 1
    day = datetime.date.fromisoformat(born_on)
    try:
        return day.replace(year=day.year + age).toordinal()
    except ValueError:
        return datetime.date(min(day.year + age, 9999), 3, 1).toordinal()


@functools.lru_cache(maxsize=4096)
def _free_minutes(availability: Spans) -> Bools:
    week = np.zeros(WEEK, dtype=bool)
    for weekday, start, end in availability:
        week[np.arange(weekday * 1440 + start, weekday * 1440 + end) % WEEK] = True
    return week


def covers(availability: Spans, shifts: Spans) -> bool:
    """Every minute of every shift lies in the availability, over midnight too.

    Examples
    --------
    >>> covers(((4, 1200, 1440), (5, 0, 240)), ((4, 1320, 1560),))
    True
    """
    week = _free_minutes(availability)
    return all(
        bool(week[np.arange(day * 1440 + start, day * 1440 + end) % WEEK].all())
        for day, start, end in shifts
    )


def _by_kind(
    mine: list[A], theirs: list[B], refuses: Callable[[A, B], bool], rows: Ints, cols: Ints
) -> Bools:
    """Ask once for each pair of different values, then look the answer up for every pair."""
    kinds, others = list(dict.fromkeys(mine)), list(dict.fromkeys(theirs))
    table = np.array([[refuses(a, b) for b in others] for a in kinds], dtype=bool)
    kind_at = {kind: i for i, kind in enumerate(kinds)}
    other_at = {other: i for i, other in enumerate(others)}
    row_kind = np.array([kind_at[a] for a in mine], dtype=np.int64)
    col_kind = np.array([other_at[b] for b in theirs], dtype=np.int64)
    found: Bools = table[row_kind[rows], col_kind[cols]]
    return found


def _ordinal(day: str | None, otherwise: int) -> int:
    return otherwise if day is None else datetime.date.fromisoformat(day).toordinal()


RULES: dict[Refusal, Callable[[Market, Ints, Ints], Bools]] = {
    Refusal.AGE: is_too_young,
    Refusal.NEEDS: lacks_needs,
    Refusal.HOURS: is_busy,
    Refusal.DATES: has_other_dates,
    Refusal.NEVER: is_never_wanted,
    Refusal.FULL: is_full,
    Refusal.FORBIDDEN: is_forbidden,
    Refusal.UNRANKED: is_unranked,
}

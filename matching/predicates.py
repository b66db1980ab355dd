"""The hard rules but travel: each looks at a market once and then answers for arrays of pairs.

A rule takes a market and returns a function of ``rows, cols`` (positions, int[E]) that is True
where the rule refuses the pair.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Lists
from matching.market import Ints, Market
from matching.records import Spans

Bools = npt.NDArray[np.bool_]
Refuses = Callable[[Ints, Ints], Bools]
WEEK = 7 * 1440
FAR = datetime.date.max.toordinal()
KINDS_A_BLOCK = 1_000


def refuses_nobody(rows: Ints, cols: Ints) -> Bools:
    """No pair at all: the rule has nothing to say in this market."""
    return np.zeros(len(rows), dtype=bool)


def too_young(market: Market) -> Refuses:
    """Below the least age on the first day both can start, or of an age nobody can tell."""
    ages, which = np.unique(market.placements.wholes("min_age"), return_inverse=True)
    born = market.candidates.days("born_on")
    reached = np.array([birthdays(born, age) for age in ages.tolist()], dtype=np.int32)
    starts = market.candidates.days("start_from").astype(np.int32)
    opens = market.placements.days("start_from").astype(np.int32)

    def refuses(rows: Ints, cols: Ints) -> Bools:
        if not len(rows):
            return np.zeros(0, dtype=bool)
        day = np.maximum(starts[rows], opens[cols])
        young: Bools = reached[which[cols], rows] > day
        return young

    return refuses


def birthdays(born: Ints, age: int) -> Ints:
    """The day each person reaches ``age``; 1 March for those born on 29 February.

    Nobody is too young for age 0; nobody without a known birthday reaches any other.

    Examples
    --------
    >>> import datetime, numpy as np
    >>> born = np.array([datetime.date(2008, 2, 29).toordinal(), 0])
    >>> reached = birthdays(born, 18)
    >>> datetime.date.fromordinal(int(reached[0])), int(reached[1]) > FAR
    (datetime.date(2026, 3, 1), True)
    """
    if age == 0:
        return np.zeros(len(born), dtype=np.int64)
    epoch = datetime.date(1970, 1, 1).toordinal()
    days = np.where(born > 0, born - epoch, 0).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    then = months + 12 * min(age, 9_999)
    day = days - months.astype("datetime64[D]")
    reached = (then.astype("datetime64[D]") + day).astype(np.int64) + epoch
    return np.where(born > 0, np.minimum(reached, FAR), FAR + 1)


def lacks_needs(market: Market) -> Refuses:
    """Something the placement needs is not among what the person has."""
    has, needs = market.candidates.kinds("has"), market.placements.kinds("needs")
    words = sorted({word for some in needs.values for word in some})
    missing = np.array([[w not in some for w in words] for some in has.values], dtype=np.int32)
    asked = np.array([[w in some for w in words] for some in needs.values], dtype=np.int32)
    size = len(words)
    table = missing.reshape(len(missing), size) @ asked.reshape(len(asked), size).T > 0
    return _by_kind(table, has.codes, needs.codes)


def is_busy(market: Market) -> Refuses:
    """A shift falls outside the hours the person gave."""
    free, shifts = market.candidates.kinds("availability"), market.placements.kinds("shifts")
    return _by_kind(~covered(free.values, shifts.values), free.codes, shifts.codes)


def covered(free: Sequence[Spans], shifts: Sequence[Spans]) -> Bools:
    """Whether every minute of every shift lies in the availability, over midnight too, bool[A, B].

    Examples
    --------
    >>> evening = ((4, 1200, 1440), (5, 0, 240))
    >>> covered([evening, ()], [((4, 1320, 1560),), ()]).tolist()
    [[True, True], [False, True]]
    """
    single = sorted({span for spans in shifts for span in spans})
    at = {span: i for i, span in enumerate(single)}
    table = np.ones((len(free), len(shifts)), dtype=bool)
    for begin in range(0, len(free), KINDS_A_BLOCK):
        part = _spans_covered(free[begin : begin + KINDS_A_BLOCK], single)
        for column, spans in enumerate(shifts):
            held = part[:, [at[span] for span in spans]].all(axis=1)
            table[begin : begin + KINDS_A_BLOCK, column] = held
    return table


def _spans_covered(free: Sequence[Spans], single: Sequence[tuple[int, int, int]]) -> Bools:
    """Whether each availability covers each single shift, by sums of free minutes."""
    minutes = np.zeros((len(free), WEEK), dtype=np.int32)
    for at, spans in enumerate(free):
        for day, start, end in spans:
            minutes[at, np.arange(day * 1440 + start, day * 1440 + end) % WEEK] = 1
    sums = np.zeros((len(free), 2 * WEEK + 1), dtype=np.int32)
    np.cumsum(np.tile(minutes, 2), axis=1, out=sums[:, 1:])
    starts = np.array([day * 1440 + start for day, start, _ in single], dtype=np.int64)
    ends = np.array([day * 1440 + end for day, _, end in single], dtype=np.int64)
    found: Bools = sums[:, ends] - sums[:, starts] == ends - starts
    return found


def has_other_dates(market: Market) -> Refuses:
    """The days the person can start and the days the placement can start do not meet."""
    starts, ends = _window(market.candidates)
    opens, closes = _window(market.placements)
    some = starts.size > 0 and opens.size > 0
    if some and max(starts.max(), opens.max()) <= min(ends.min(), closes.min()):
        return refuses_nobody
    mine, theirs = starts > ends, opens > closes

    def refuses(rows: Ints, cols: Ints) -> Bools:
        apart: Bools = (starts[rows] > closes[cols]) | (opens[cols] > ends[rows])
        return apart | mine[rows] | theirs[cols]

    return refuses


def _window(records: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    first, last = (records.days(field).astype(np.int32) for field in ("start_from", "start_to"))
    return first, np.where(last > 0, last, FAR).astype(np.int32)


def is_never_wanted(market: Market) -> Refuses:
    """The person said never to this placement, its employer or its sector."""
    never = listed_keys(market, market.candidates.lists("never_placements"))
    tables = [
        (_named(people.values, places.values), people.codes, places.codes)
        for people, places in (
            (market.candidates.kinds("never_employers"), market.placements.kinds("employer")),
            (market.candidates.kinds("never_sectors"), market.placements.kinds("sector")),
        )
    ]
    width = len(market.placements)
    if not len(never) and not any(len(keys) for (keys, _), _, _ in tables):
        return refuses_nobody

    def refuses(rows: Ints, cols: Ints) -> Bools:
        refused = among(never, rows, cols, width)
        for (keys, size), mine, theirs in tables:
            if len(keys):
                refused |= among(keys, mine[rows], theirs[cols], size)
        return refused

    return refuses


def _named(lists: Sequence[tuple[str, ...]], names: Sequence[str]) -> tuple[Ints, int]:
    """Sorted keys ``list * size + name`` of the names that each different list holds."""
    at = {name: i for i, name in enumerate(names)}
    size = max(len(names), 1)
    keys = {i * size + at[word] for i, words in enumerate(lists) for word in words if word in at}
    return np.array(sorted(keys), dtype=np.int64), size


def listed_keys(market: Market, lists: Lists) -> Ints:
    """Sorted keys ``row * M + col`` of the placements that people list."""
    rows, _ = lists.positions()
    known = [market.col_of.get(str(name), -1) for name in lists.names]
    cols = np.array(known, dtype=np.int64)[lists.codes]
    return np.sort(rows[cols >= 0] * len(market.placements) + cols[cols >= 0])


def among(keys: Ints, rows: Ints, cols: Ints, width: int) -> Bools:
    """Whether ``row * width + col`` is one of the sorted keys, bool[E]."""
    if not len(keys) or not len(rows):
        return np.zeros(len(rows), dtype=bool)
    wanted = rows.astype(np.int64) * width + cols
    found: Bools = keys[np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)] == wanted
    return found


def is_full(market: Market) -> Refuses:
    """The placement has no free place."""
    full = market.capacities == 0
    return refuses_nobody if not full.any() else lambda rows, cols: full[cols]


def is_forbidden(market: Market) -> Refuses:
    """The policy forbids this pair."""
    width = len(market.placements)
    pairs = {
        market.row_of[one] * width + market.col_of[place]
        for one, place in market.policy.forbidden
        if one in market.row_of and place in market.col_of
    }
    keys = np.array(sorted(pairs), dtype=np.int64)
    return refuses_nobody if not pairs else lambda rows, cols: among(keys, rows, cols, width)


def is_unranked(market: Market) -> Refuses:
    """The policy keeps to ranked choices and this is not one."""
    if not market.policy.only_ranked:
        return refuses_nobody
    keys = listed_keys(market, market.candidates.lists("choices"))
    return lambda rows, cols: ~among(keys, rows, cols, len(market.placements))


def _by_kind(table: Bools, mine: Ints, theirs: Ints) -> Refuses:
    """Asked once for each pair of different values; every pair of people is looked up."""
    if not table.any():
        return refuses_nobody
    return lambda rows, cols: table[mine[rows], theirs[cols]]

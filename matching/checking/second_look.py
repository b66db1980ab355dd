"""The rules of a market worked out a second time, for the checker, over arrays of pairs.

Written from the rules and not from ``predicates``, ``eligibility``, ``near``, ``edges`` or
``costs``, none of which it imports: a mistake there is not repeated here. Hours are stretches of
three joined weeks where the solver counts minutes, ages are differences of dates written as
numbers where it moves birthdays, distances are angles between arrows from the earth's centre.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.checking.rules import all_places
from matching.columnar.columns import Ints, Kinds
from matching.market import Market
from matching.records import Spans

Bools = npt.NDArray[np.bool_]
WEEK = 10_080
FIRST_DAY, LAST_DAY = 101_01, 9999_12_31
RULES = ("NEEDS", "DATES", "AGE", "HOURS", "FULL", "NEVER", "FORBIDDEN", "UNRANKED")


def draw(seed: int, record_id: str) -> int:
    """The lottery number, from its definition."""
    return draw_all(seed, [record_id])[0]


def draw_all(seed: int, ids: list[str]) -> list[int]:
    """The lottery number of each id."""
    keyed = hashlib.blake2b(key=str(seed).encode(), digest_size=8)
    found = []
    for record_id in ids:
        one = keyed.copy()
        one.update(record_id.encode())
        found.append(int(one.hexdigest(), 16))
    return found


def drawn_number(market: Market, record_id: str) -> int:
    """The lottery number of a record: the one given with the market, or drawn here."""
    if market.lottery is not None:
        return market.lottery[record_id]
    return draw(market.policy.seed, record_id)


@dataclasses.dataclass(frozen=True, slots=True)
class _Dates:
    """Dates written as numbers (20260901), the first and last day each record can start."""

    first: Ints
    last: Ints

    @classmethod
    def of(cls, records: Any) -> _Dates:
        first, last = (written(records.days(name)) for name in ("start_from", "start_to"))
        first, last = np.where(first > 0, first, FIRST_DAY), np.where(last > 0, last, LAST_DAY)
        return cls(first.astype(np.int32), last.astype(np.int32))


def written(days: Ints) -> Ints:
    """Day numbers as dates written in eight figures, 0 where there is none.

    Examples
    --------
    >>> import datetime
    >>> written(np.array([datetime.date(2026, 9, 1).toordinal(), 0])).tolist()
    [20260901, 0]
    """
    dates = (days - 719_163).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    day = (dates - months).astype(np.int64) + 1
    month = (months - years).astype(np.int64) + 1
    year = years.astype(np.int64) + 1970
    return np.where(days > 0, (year * 100 + month) * 100 + day, 0)


class Eligibility:
    """Every rule but travel, for arrays of pairs of one market."""

    def __init__(self, market: Market) -> None:
        self.market = market
        people, places = market.candidates, market.placements
        self.width = max(len(places), 1)
        self.mine, self.theirs = _Dates.of(people), _Dates.of(places)
        self.born = written(people.days("born_on")).astype(np.int32)
        self.age = np.minimum(places.wholes("min_age"), 10_000).astype(np.int32)
        self.has, self.needs = people.kinds("has"), places.kinds("needs")
        held = [set(words) for words in self.has.values]
        self.enough = _table([[set(w) <= has for w in self.needs.values] for has in held])
        self.free, self.shifts = people.kinds("availability"), places.kinds("shifts")
        self.fits = _hours(self.free.values, self.shifts.values)
        self.places = all_places(market)
        self.open = self.places > 0
        self.never = _never_keys(market)
        forbidden = market.policy.forbidden
        pairs = [(market.row_of.get(c, -1), market.col_of.get(p, -1)) for c, p in forbidden]
        self.barred = np.array([r * self.width + c for r, c in pairs if min(r, c) >= 0], dtype=int)
        self.ranked = _keys_of(market, "choices")

    def broken(self, rows: Ints, cols: Ints) -> Iterator[tuple[str, Bools]]:
        """Each rule with the pairs that break it."""
        if not len(rows):
            return
        day = np.maximum(self.mine.first[rows], self.theirs.first[cols])
        yield "NEEDS", ~self.enough[self.has.codes[rows], self.needs.codes[cols]]
        yield "DATES", day > np.minimum(self.mine.last[rows], self.theirs.last[cols])
        born = self.born[rows]
        years = np.where(born > 0, (day - born) // 10_000, -1)
        yield "AGE", (self.age[cols] > 0) & (years < self.age[cols])
        yield "HOURS", ~self.fits[self.free.codes[rows], self.shifts.codes[cols]]
        if not self.open.all():
            yield "FULL", ~self.open[cols]
        if not len(self.never) + len(self.barred) + self.market.policy.only_ranked:
            return
        key = rows.astype(np.int64) * self.width + cols
        yield "NEVER", np.isin(key, self.never)
        yield "FORBIDDEN", np.isin(key, self.barred)
        if self.market.policy.only_ranked:
            yield "UNRANKED", ~np.isin(key, self.ranked)

    def allowed(self, rows: Ints, cols: Ints) -> Bools:
        """Which pairs break none of them."""
        fine = np.ones(len(rows), dtype=bool)
        for _, broken in self.broken(rows, cols):
            fine &= ~broken
        return fine


def _table(rows: list[list[bool]]) -> Bools:
    return np.array(rows, dtype=bool).reshape(len(rows), len(rows[0]) if rows else 0)


def _hours(free: Sequence[Spans], shifts: Sequence[Spans]) -> Bools:
    """Whether each availability holds every shift: one joined stretch around it, bool[A, B]."""
    bounds = [stretches(spans) for spans in free]
    sizes = np.array([len(one) for one in bounds], dtype=np.int64)
    owner = np.repeat(np.arange(len(free)), sizes)
    begins, ends = np.array([s for one in bounds for s in one], dtype=np.int64).reshape(-1, 2).T
    inside: dict[tuple[int, int, int], Bools] = {}
    table = np.ones((len(free), len(shifts)), dtype=bool)
    for column, spans in enumerate(shifts):
        for day, start, end in spans:
            if (day, start, end) not in inside:
                a, b = day * 1440 + start, day * 1440 + end
                around = owner[(begins <= a) & (b <= ends)]
                inside[day, start, end] = np.bincount(around, minlength=len(free)) > 0
            table[:, column] &= inside[day, start, end]
    return table


def stretches(spans: Spans) -> list[tuple[int, int]]:
    """Availability as joined stretches of four weeks, so that the week has no seam.

    Examples
    --------
    >>> stretches(((6, 1380, 1440), (0, 0, 60)))[1]
    (-60, 60)
    """
    every = sorted(
        (lap * WEEK + day * 1440 + start, lap * WEEK + day * 1440 + end)
        for lap in range(-1, 3)
        for day, start, end in spans
    )
    joined: list[tuple[int, int]] = []
    for start, end in every:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _keys_of(market: Market, field: str) -> Ints:
    """Row × M + column of every placement that people list."""
    lists = market.candidates.lists(field)
    sizes = np.diff(lists.starts)
    cols = np.array([market.col_of.get(str(n), -1) for n in lists.names], dtype=int)[lists.codes]
    keys: Ints = np.repeat(np.arange(len(sizes)), sizes) * max(len(market.placements), 1) + cols
    return keys[cols >= 0]


def _never_keys(market: Market) -> Ints:
    """Row × M + column of every placement that people said never to, in whatever way."""
    keys = [_keys_of(market, "never_placements")]
    width = max(len(market.placements), 1)
    for field, of in (("never_employers", "employer"), ("never_sectors", "sector")):
        told, places = market.candidates.kinds(field), market.placements.kinds(of)
        cols = _cols_by_name(places)
        for code, names in enumerate(told.values):
            found = [cols[name] for name in names if name in cols]
            if found:
                rows = np.flatnonzero(told.codes == code)
                keys.append((rows[:, None] * width + np.concatenate(found)).ravel())
    return np.concatenate(keys)


def _cols_by_name(places: Kinds) -> Mapping[str, Ints]:
    order = np.argsort(places.codes, kind="stable")
    bounds = np.searchsorted(places.codes[order], np.arange(len(places.values) + 1))
    return {name: order[bounds[i] : bounds[i + 1]] for i, name in enumerate(places.values)}

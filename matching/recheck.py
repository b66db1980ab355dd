"""The rules of a market worked out a second time, for the checker, one person against all places.

Written from the rules and not from ``eligibility``, ``travel``, ``edges`` or ``costs``, none of
which it imports: a mistake there is not repeated here.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from matching.market import Ints, Market
from matching.rates import EARTH_METRES, QUIET_AFTER, QUIET_BEFORE, Rate, rates_of
from matching.records import MODES, Candidate, Placement, Spans

Bools = npt.NDArray[np.bool_]
LAST_DAY = "9999-12-31"


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """Every eligible pair, found again: positions, minutes, mode, metres and objective levels."""

    rows: Ints
    cols: Ints
    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    levels: dict[str, Ints]


def draw(seed: int, record_id: str) -> int:
    """The lottery number, from its definition."""
    keyed = hashlib.blake2b(key=str(seed).encode(), digest_size=8)
    keyed.update(record_id.encode())
    return int(keyed.hexdigest(), 16)


def drawn_number(market: Market, record_id: str) -> int:
    """The lottery number of a record: the one given with the market, or drawn here."""
    if market.lottery is not None:
        return market.lottery[record_id]
    return draw(market.policy.seed, record_id)


def all_facts(market: Market) -> Facts:
    """Go through every person and every place; O(N × M), no radius search."""
    sites = _Sites(market)
    columns: list[list[npt.NDArray[np.int64]]] = [[] for _ in range(8)]
    for row, candidate in enumerate(market.candidates):
        minutes = sites.journeys(candidate)
        open_to = sites.allowed(candidate) & (minutes[0] >= 0)
        open_to &= np.maximum(minutes[0], minutes[1]) <= candidate.max_minutes
        at = np.flatnonzero(open_to)
        found = (
            np.full(len(at), row),
            at,
            *(part[at] for part in minutes),
            sites.liking(candidate)[at],
            np.full(len(at), sites.group(candidate)),
        )
        for column, part in zip(columns, found, strict=True):
            column.append(part.astype(np.int64))
    none = np.zeros(0, dtype=np.int64)
    rows, cols, there, back, metres, mode, liking, group = (
        np.concatenate(column) if column else none for column in columns
    )
    if market.policy.travel == "none":
        longer = np.zeros(len(rows), dtype=np.int64)
    else:
        longer = np.maximum(there, back)
    levels = {"priority": group, "choice": liking, "travel": longer}
    return Facts(rows, cols, there, back, metres, mode, levels)


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """One pair checked again: minutes (-1 without a journey) and the rule it breaks, or None."""

    there: int
    back: int
    rule: str | None


def recheck_pairs(market: Market, pairs: Iterable[tuple[str, str]]) -> list[Pair]:
    """Check pairs of a market by the verifier's rules, each with the name of what it breaks.

    Parameters
    ----------
    market : Market
    pairs : iterable of (candidate id, placement id)

    Returns
    -------
    list of Pair
        In the order given.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    >>> recheck_pairs(market, [("ann", "shop")])[0].rule
    'NEEDS'
    """
    sites = _Sites(market)
    return [sites.check(market.candidates[market.row_of[one]], sites.at[at]) for one, at in pairs]


class _Sites:
    """All placements of a market, asked about one person at a time."""

    def __init__(self, market: Market) -> None:
        self.market, self.places = market, market.placements
        self.at = {p.id: j for j, p in enumerate(self.places)}
        self.open = np.array([p.capacity > 0 for p in self.places], dtype=bool)
        self.kinds: dict[tuple[object, ...], Bools] = {}
        asks = [(p.needs, p.shifts, p.start_from, p.start_to, p.min_age) for p in self.places]
        first = dict(zip(asks, self.places, strict=True))
        self.models = list(first.values())
        number = {ask: i for i, ask in enumerate(first)}
        self.model_of = np.array([number[ask] for ask in asks], dtype=np.int64)
        self.rates = rates_of(market.travel)
        self.waits = {mode: _waits(rate, self.places) for mode, rate in self.rates.items()}
        barred: dict[str, set[str]] = {}
        for candidate, placement in market.policy.forbidden:
            barred.setdefault(candidate, set()).add(placement)
        self.barred = barred

    def allowed(self, one: Candidate) -> Bools:
        """Every rule but travel."""
        key = (one.born_on, one.has, one.availability, one.start_from, one.start_to)
        if key not in self.kinds:
            fitting = [_misfit(one, place) is None for place in self.models]
            self.kinds[key] = np.array(fitting, dtype=bool)
        fits: Bools = self.kinds[key][self.model_of] & self.open
        for placement in {*one.never_placements, *self.barred.get(one.id, ())}:
            if placement in self.at:
                fits[self.at[placement]] = False
        if one.never_employers or one.never_sectors:
            for j, place in enumerate(self.places):
                if place.employer in one.never_employers or place.sector in one.never_sectors:
                    fits[j] = False
        if self.market.policy.only_ranked:
            ranked = np.zeros(len(self.places), dtype=bool)
            ranked[[self.at[p] for p in one.choices if p in self.at]] = True
            fits = fits & ranked
        return fits

    def check(self, one: Candidate, col: int) -> Pair:
        """One pair, by the same steps as everyone's."""
        place = self.places[col]
        there, back, metres, _ = (int(part[col]) for part in self.journeys(one))
        broken = _misfit(one, place) or self._barred(one, place)
        if broken is None and there < 0:
            broken = "TRAVEL_UNKNOWN" if metres < 0 else "TRAVEL_NO_SERVICE"
        if broken is None and max(there, back) > one.max_minutes:
            broken = "TRAVEL_TOO_LONG"
        return Pair(there, back, broken)

    def _barred(self, one: Candidate, place: Placement) -> str | None:
        if place.capacity == 0:
            return "FULL"
        named = place.id in one.never_placements or place.employer in one.never_employers
        if named or place.sector in one.never_sectors:
            return "NEVER"
        if place.id in self.barred.get(one.id, ()):
            return "FORBIDDEN"
        return (
            "UNRANKED" if self.market.policy.only_ranked and place.id not in one.choices else None
        )

    def liking(self, one: Candidate) -> Ints:
        """0-5 ranked, 6 a liked sector, 7 any other."""
        level = np.array([6 if p.sector in one.sectors else 7 for p in self.places], dtype=np.int64)
        for rank, placement in enumerate(one.choices):
            if placement in self.at:
                level[self.at[placement]] = rank
        return level

    def group(self, one: Candidate) -> int:
        """Place of the person's first priority group, or the number of groups."""
        groups = list(self.market.policy.priority_groups)
        return next((i for i, g in enumerate(groups) if g in one.priority), len(groups))

    def journeys(self, one: Candidate) -> tuple[Ints, Ints, Ints, Ints]:
        """Minutes there and back, metres and mode; -1 where the person cannot travel."""
        m = len(self.places)
        if self.market.policy.travel == "none":
            zero = np.zeros(m, dtype=np.int64)
            return zero, zero, zero, zero - 1
        if hasattr(self.market.travel, "pairs"):
            return self._given_journeys(one)
        there, back, metres, mode = np.full((4, m), -1, dtype=np.int64)
        if one.lat is None or one.lon is None:
            return there, back, metres, mode
        distance = _metres(one.lat, one.lon, self.market.sites)
        known = ~np.isnan(distance)
        metres[known] = np.rint(distance[known])
        longest = np.full(m, np.iinfo(np.int64).max)
        for index, name in enumerate(MODES):
            if name not in one.modes or name not in self.rates:
                continue
            rate, wait = self.rates[name], self.waits[name]
            by_ride, over = np.divmod(metres * rate.detour * 60, rate.speed * 100)
            ride = by_ride + (over > 0) + rate.access
            out, home = ride + wait[:, 0], ride + wait[:, 1]
            runs = known & (out <= wait[:, 2]) & (home <= wait[:, 3])
            better = runs & (np.maximum(out, home) < longest)
            longest[better] = np.maximum(out, home)[better]
            there[better], back[better], mode[better] = out[better], home[better], index
        return there, back, metres, mode

    def _given_journeys(self, one: Candidate) -> tuple[Ints, Ints, Ints, Ints]:
        """Journeys that came with the market: nothing is left to work them out from."""
        cols = np.arange(len(self.places), dtype=np.int64)
        rows = np.full(len(cols), self.market.row_of[one.id], dtype=np.int64)
        found = self.market.travel.journeys(self.market, rows, cols)
        there, back = (np.where(found.served, way, -1) for way in (found.there, found.back))
        return there, back, found.metres, found.mode


def _metres(lat: float, lon: float, sites: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    phi, theta = np.radians(lat), np.radians(sites[:, 0])
    turn = np.radians(sites[:, 1] - lon)
    across = np.cos(theta) * np.sin(turn)
    along = np.cos(phi) * np.sin(theta) - np.sin(phi) * np.cos(theta) * np.cos(turn)
    inner = np.sin(phi) * np.sin(theta) + np.cos(phi) * np.cos(theta) * np.cos(turn)
    metres: npt.NDArray[np.float64] = EARTH_METRES * np.arctan2(np.hypot(across, along), inner)
    return metres


def _waits(rate: Rate, places: Sequence[Placement]) -> Ints:
    """Wait there, wait back, longest ride there, longest ride back, for each placement."""
    table = np.empty((len(places), 4), dtype=np.int64)
    for j, place in enumerate(places):
        arrivals = [(day, start) for day, start, _ in place.shifts]
        leavings = [(day, end) for day, _, end in place.shifts]
        table[j, 0], table[j, 2] = _one_way(rate, arrivals, arriving=True)
        table[j, 1], table[j, 3] = _one_way(rate, leavings, arriving=False)
    return table


def _one_way(rate: Rate, moments: list[tuple[int, int]], *, arriving: bool) -> tuple[int, int]:
    wait, longest = rate.wait, 10**6
    for weekday, minute in moments:
        extra_days, clock = divmod(minute, 1440)
        first, last = rate.hours[(weekday + extra_days) % 7]
        if not QUIET_BEFORE <= clock < QUIET_AFTER:
            wait = max(wait, rate.quiet_wait)
        if (first, last) == (0, 2880):
            continue
        if clock < first or clock > last:
            longest = -1
        else:
            longest = min(longest, clock - first if arriving else last - clock)
    return wait, longest


def _misfit(one: Candidate, place: Placement) -> str | None:
    """The first of needs, dates, age and hours that does not hold, or None."""
    if not set(place.needs).issubset(one.has):
        return "NEEDS"
    first = max(one.start_from or "0001-01-01", place.start_from or "0001-01-01")
    last = min(one.start_to or LAST_DAY, place.start_to or LAST_DAY)
    if first > last:
        return "DATES"
    if place.min_age and _age_on(one.born_on, first) < place.min_age:
        return "AGE"
    return None if _suits(one.availability, place.shifts) else "HOURS"


@functools.lru_cache(maxsize=65_536)
def _suits(availability: Spans, shifts: Spans) -> bool:
    spans = list(_merged(availability))
    return all(_inside(shift, spans) for shift in shifts)


def _age_on(born_on: str | None, day: str) -> int:
    if born_on is None:
        return -1
    born, on = datetime.date.fromisoformat(born_on), datetime.date.fromisoformat(day)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _merged(spans: Spans) -> Iterator[tuple[int, int]]:
    """Availability as joined stretches of three weeks, so that the week has no seam."""
    week = 10_080
    stretches = sorted(
        (lap * week + day * 1440 + start, lap * week + day * 1440 + end)
        for lap in range(-1, 3)
        for day, start, end in spans
    )
    begun: tuple[int, int] | None = None
    for start, end in stretches:
        if begun and start <= begun[1]:
            begun = (begun[0], max(begun[1], end))
        else:
            if begun:
                yield begun
            begun = (start, end)
    if begun:
        yield begun


def _inside(shift: tuple[int, int, int], spans: list[tuple[int, int]]) -> bool:
    day, start, end = shift
    return any(a <= day * 1440 + start and day * 1440 + end <= b for a, b in spans)

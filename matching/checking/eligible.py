"""Every eligible pair of a market found again, block by block, for the checker."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from matching.checking.second_look import Bools, Eligibility, draw_all
from matching.checking.second_look import draw as draw
from matching.checking.second_look import drawn_number as drawn_number
from matching.checking.second_travel import (
    PAIRS_A_BLOCK,
    Grid,
    Straight,
    Trips,
    by_straight_line,
    given_trips,
)
from matching.columnar.columns import Ints
from matching.market import Market

PEOPLE_A_GROUP = 1_000
BITS = 10
PEOPLE_A_BLOCK = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """Eligible pairs, found again: positions, minutes, mode, metres and objective levels."""

    rows: Ints
    cols: Ints
    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    levels: dict[str, Ints]


class SecondLook:
    """A market seen by the checker: pairs worth looking at, and what is true of them."""

    def __init__(self, market: Market) -> None:
        self.market, self.width = market, len(market.placements)
        self.rules = Eligibility(market)
        self.straight = Straight(market) if by_straight_line(market) else None
        self.grid = None
        if self.straight is not None and not market.policy.only_ranked:
            self.grid = Grid(market, self.straight)
        self.limit = market.candidates.wholes("max_minutes")
        self.group = _groups(market)
        self.liked, self.sector = (
            market.candidates.kinds("sectors"),
            market.placements.kinds("sector"),
        )
        likes = [[name in some for name in self.sector.values] for some in self.liked.values]
        self.likes = np.array(likes, dtype=bool).reshape(len(likes), len(self.sector.values))
        lists = market.candidates.lists("choices")
        rows, ranks = lists.positions()
        at = np.array([market.col_of.get(str(n), -1) for n in lists.names], dtype=np.int64)
        cols = at[lists.codes]
        keys = rows[cols >= 0] * max(self.width, 1) + cols[cols >= 0]
        order = np.argsort(keys)
        self.choice_keys = keys[order]
        self.chosen = np.full((int(ranks.max(initial=-1)) + 1, len(lists)), -1, dtype=np.int32)
        self.chosen[ranks, rows] = cols

    @functools.cached_property
    def drawn(self) -> npt.NDArray[np.uint64]:
        """Everyone's lottery number, uint64[N]."""
        names, given = self.market.candidates.ids.tolist(), self.market.lottery
        numbers = (
            draw_all(self.market.policy.seed, names) if given is None else map(given.get, names)
        )
        return np.array(list(numbers), dtype=np.uint64)

    @functools.cached_property
    def lottery(self) -> Ints:
        """The leading bits of it that a policy counts, int64[N]."""
        return (self.drawn >> np.uint64(64 - BITS)).astype(np.int64)

    def blocks(self, people: Ints | None = None) -> Iterator[list[Ints]]:
        """Groups of people (everyone, or rising positions), some to a block."""
        everyone = np.arange(len(self.market.candidates)) if people is None else people
        if self.grid is None:
            few = max(1, PAIRS_A_BLOCK // max(self.width, 1))
            step = PEOPLE_A_BLOCK if self.listed else few
            yield from ([everyone[at : at + step]] for at in range(0, len(everyone), step))
            return
        block: list[Ints] = []
        for group in self.grid.groups(everyone):
            for at in range(0, len(group), PEOPLE_A_GROUP):
                block.append(group[at : at + PEOPLE_A_GROUP])
                if sum(map(len, block)) >= PEOPLE_A_BLOCK:
                    yield block
                    block = []
        if block:
            yield block

    @property
    def listed(self) -> bool:
        """Whether only ranked pairs can be eligible."""
        return self.market.policy.only_ranked

    def pairs(self, groups: list[Ints]) -> tuple[Ints, Ints]:
        """The pairs of a block that may be eligible, and perhaps others."""
        if self.grid is not None:
            found = [self.grid.pairs(group) for group in groups]
            rows, cols = ([np.zeros(0, dtype=np.int64), *part] for part in zip(*found, strict=True))
            return np.concatenate(rows), np.concatenate(cols)
        people = np.concatenate(groups)
        if self.listed:
            first, last = (
                np.searchsorted(self.choice_keys, (people + k) * self.width) for k in (0, 1)
            )
            keys = np.concatenate(
                [np.zeros(0, dtype=np.int64)]
                + [self.choice_keys[a:b] for a, b in zip(first, last, strict=True)]
            )
            return keys // max(self.width, 1), keys % max(self.width, 1)
        return np.repeat(people, self.width), np.tile(np.arange(self.width), len(people))

    def trips(self, rows: Ints, cols: Ints) -> Trips:
        """The journeys of pairs."""
        if self.straight is None:
            return given_trips(self.market, rows, cols)
        return self.straight.trips(rows, cols)

    def eligible(self, rows: Ints, cols: Ints) -> tuple[Facts, Trips]:
        """Those pairs that keep every rule, with their facts."""
        fine = self.rules.allowed(rows, cols)
        rows, cols = rows[fine], cols[fine]
        trips = self.trips(rows, cols)
        longer = np.maximum(trips.there, trips.back)
        keep = np.flatnonzero((trips.there >= 0) & (longer <= self.limit[rows]))
        trips = Trips(*(getattr(trips, f.name)[keep] for f in dataclasses.fields(Trips)))
        return self.facts(rows[keep], cols[keep], trips), trips

    def facts(self, rows: Ints, cols: Ints, trips: Trips) -> Facts:
        """Pairs with their levels."""
        levels = {
            "priority": self.group[rows],
            "choice": self.choice(rows, cols),
            "travel": np.maximum(trips.there, trips.back),
        }
        return Facts(rows, cols, trips.there, trips.back, trips.metres, trips.mode, levels)

    def choice(self, rows: Ints, cols: Ints) -> Ints:
        """0-5 ranked, 6 a liked sector, 7 any other."""
        if not len(rows):
            return np.zeros(0, dtype=np.int64)
        level = 7 - self.likes[self.liked.codes[rows], self.sector.codes[cols]].astype(np.int64)
        for rank, chosen in enumerate(self.chosen):
            level[chosen[rows] == cols] = rank
        return level


def _groups(market: Market) -> Ints:
    """Place of each person's first priority group, or the number of groups, int64[N]."""
    groups = list(market.policy.priority_groups)
    told = market.candidates.kinds("priority")
    first = [
        next((i for i, g in enumerate(groups) if g in has), len(groups)) for has in told.values
    ]
    return np.array(first, dtype=np.int64)[told.codes]


def all_facts(market: Market) -> Facts:
    """Every eligible pair by row then column."""
    look = SecondLook(market)
    parts = [look.eligible(*look.pairs(block))[0] for block in look.blocks()]
    parts = parts or [look.eligible(*(np.zeros(0, dtype=np.int64),) * 2)[0]]
    rows, cols = (np.concatenate([getattr(p, name) for p in parts]) for name in ("rows", "cols"))
    order = np.lexsort((cols, rows))
    there, back, metres, mode = (
        np.concatenate([getattr(p, name) for p in parts])[order]
        for name in ("there", "back", "metres", "mode")
    )
    levels = {
        name: np.concatenate([p.levels[name] for p in parts])[order].astype(np.int64)
        for name in parts[0].levels
    }
    return Facts(rows[order], cols[order], there, back, metres, mode, levels)


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """One pair checked again: the first ``rule`` it breaks, or ``None``.

    ``there`` and ``back`` are minutes, -1 without a journey; ``estimate`` says that the minutes
    come from a straight line.
    """

    there: int
    back: int
    rule: str | None
    estimate: bool = True


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
    listed = list(pairs)
    rows = np.array([market.row_of[one] for one, _ in listed], dtype=np.int64)
    cols = np.array([market.col_of[place] for _, place in listed], dtype=np.int64)
    look = SecondLook(market)
    trips = look.trips(rows, cols)
    rule: list[str | None] = [None] * len(listed)
    for name, broken in (*look.rules.broken(rows, cols), *broken_travel(look, rows, trips)):
        for at in np.flatnonzero(broken).tolist():
            rule[at] = rule[at] or name
    columns = (trips.there.tolist(), trips.back.tolist(), rule, trips.estimate.tolist())
    return [Pair(*column) for column in zip(*columns, strict=True)]


def broken_travel(look: SecondLook, rows: Ints, trips: Trips) -> Iterator[tuple[str, Bools]]:
    """Each rule of travel with the pairs that break it; a pair breaks one at most."""
    served = trips.there >= 0
    yield "TRAVEL_UNKNOWN", ~trips.known
    yield "TRAVEL_NO_SERVICE", trips.known & ~served
    longer = np.maximum(trips.there, trips.back)
    yield "TRAVEL_TOO_LONG", trips.known & served & (longer > look.limit[rows])

"""The policy's objectives compiled to whole numbers a pair, each outweighing all below it.

Where all of them do not fit one int64 together they are cut into phases: the optimum of one phase
is fixed before the next is looked at, and nothing is ever rounded.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.edges import Edges
from matching.errors import PolicyError
from matching.market import Ints, Market
from matching.policy import Tier

LIKED, OTHER = 6, 7
LOTTERY_BITS = 10
ROOM = 2**62
WORD = 64
OF_THE_PERSON = frozenset({"priority", "lottery"})


class Levels(Mapping[str, Ints]):
    """The level of each pair by objective, int64[E], worked out when it is asked for."""

    def __init__(self, market: Market, edges: Edges) -> None:
        self.market, self.edges = market, edges

    def __getitem__(self, name: str) -> Ints:
        if name not in self.market.policy.objectives:
            raise KeyError(name)
        if name in OF_THE_PERSON:
            return person_levels(name, self.market)[self.edges.rows]
        if name == "choice":
            return choice_levels(self.market, self.edges)
        return np.maximum(self.edges.there, self.edges.back, dtype=np.int64)

    def __iter__(self) -> Iterator[str]:
        return iter(self.market.policy.objectives)

    def __len__(self) -> int:
        return len(self.market.policy.objectives)


@dataclasses.dataclass(frozen=True)
class Costs:
    """The cost of each pair: Σ weight × level over the objectives, exactly.

    ``phases`` names the objectives that are solved together; the weights of one phase are below
    2**62 together, those of the phase before start at 2**64, and so on upwards, so that the
    whole cost of a pair is one number of 64-bit words, most significant phase first.
    """

    levels: Levels
    phases: tuple[tuple[str, ...], ...]
    weights: dict[str, int]
    lottery_bits: int = LOTTERY_BITS

    def part(self, phase: int) -> Ints:
        """The cost of each pair within one phase, int64[E]."""
        market, edges = self.levels.market, self.levels.edges
        alone = np.zeros(len(market.candidates), dtype=np.int64)
        weighed: Ints | None = None
        for name in self.phases[phase]:
            weight = self.weights[name] >> WORD * (len(self.phases) - 1 - phase)
            if name in OF_THE_PERSON:
                alone += weight * person_levels(name, market)
                continue
            level = self.levels[name]
            level *= weight
            weighed = level if weighed is None else np.add(weighed, level, out=weighed)
        total: Ints = alone[edges.rows]
        return total if weighed is None else np.add(total, weighed, out=total)

    @functools.cached_property
    def total(self) -> npt.NDArray[Any]:
        """The cost of each pair, int64[E], or Python whole numbers where phases need more room."""
        return words_joined([self.part(phase) for phase in range(len(self.phases))])


def words_joined(parts: Sequence[Ints]) -> npt.NDArray[Any]:
    """Numbers whose 64-bit words are given, most significant first; int64[E] while one will do.

    Examples
    --------
    >>> words_joined([np.array([1, 0]), np.array([-1, 5])]).tolist()
    [18446744073709551615, 5]
    """
    if len(parts) == 1:
        return parts[0]
    total = parts[0].astype(object)
    for part in parts[1:]:
        total = (total << WORD) + part.astype(object)
    return total


def joined_word(parts: Iterable[int]) -> int:
    """One number of :func:`words_joined`."""
    total = 0
    for part in parts:
        total = (total << WORD) + part
    return total


def pair_costs(market: Market, edges: Edges) -> Costs:
    """One cost a pair, such that a lower sum of an earlier objective always wins.

    Parameters
    ----------
    market : Market
    edges : Edges
        Eligible pairs of the market.

    Returns
    -------
    Costs

    Raises
    ------
    PolicyError
        When one tier of objectives alone does not fit 64 bits.

    Notes
    -----
    Two matches of as many people differ by chains of moves that do not touch one another. A chain
    takes at most one person in and one out, so a level of the person alone (priority, lottery)
    counts once along it, and a level of the pair at most once for every placed person. A weight
    is 1 + the most that all later objectives can add up to along one chain; then every chain,
    and so every match, is ordered as the policy says. Priority groups add up rather than nest:
    for sets of people who can be placed together (a matroid) both orders choose the same people.

    Examples
    --------
    >>> from matching.edges import eligible_edges
    >>> market = Market([{"id": "ann"}], [{"id": "shop"}], {"travel": "none"})
    >>> pair_costs(market, eligible_edges(market)).weights["lottery"]
    1
    """
    levels = Levels(market, edges)
    sizes = Sizes.of(market)
    tops = level_tops(market, edges)
    phases = cut_phases(market.policy.tiers, tops, sizes)
    weights: dict[str, int] = {}
    for below, tiers in enumerate(reversed(phases)):
        one, _ = tier_weights(tiers, tops, sizes.most)
        weights |= {name: weight << WORD * below for name, weight in one.items()}
    ordered = {name: weights[name] for name in market.policy.objectives}
    named = tuple(tuple(name for tier in tiers for name, _ in tier) for tiers in phases)
    return Costs(levels, named or ((),), ordered)


def cut_phases(
    tiers: tuple[Tier, ...], tops: Mapping[str, int], sizes: Sizes
) -> list[tuple[Tier, ...]]:
    """The tiers cut into phases, each as long as fits.

    Raises
    ------
    PolicyError
        When one tier alone does not fit.
    """
    phases: list[tuple[Tier, ...]] = []
    for tier in tiers:
        wider = (*phases[-1], tier) if phases else (tier,)
        if _fits(wider, tops, sizes, later=len(phases) > 1):
            phases[-1:] = [wider]
        elif phases and _fits((tier,), tops, sizes, later=True):
            phases.append((tier,))
        else:
            names = ", ".join(name for name, _ in tier)
            raise PolicyError(f"policy: {names} of a market this large does not fit 64 bits")
    return phases


def _fits(tiers: tuple[Tier, ...], tops: Mapping[str, int], sizes: Sizes, *, later: bool) -> bool:
    """Whether a phase fits ``assign``, compiled as well, beside the position of a placement.

    A later phase also carries what the ones before have fixed.
    """
    _, widest = tier_weights(tiers, tops, sizes.most)
    if later:
        widest += 2 * (sizes.most * widest + 1)
    return 3 * (sizes.most + 2) * (widest + 4) < ROOM and widest << sizes.bits < ROOM


@dataclasses.dataclass(frozen=True, slots=True)
class Sizes:
    """How many people can be placed at most, and the bits of a position in the market."""

    most: int
    bits: int

    @classmethod
    def of(cls, market: Market) -> Sizes:
        """The sizes of a market."""
        n, m = len(market.candidates), len(market.placements)
        return cls(min(n, int(market.capacities.sum())), max(n, m).bit_length())


def tier_weights(
    tiers: tuple[Tier, ...], tops: Mapping[str, int], most: int
) -> tuple[dict[str, int], int]:
    """The weight of each objective within one phase, and the highest cost a pair can have."""
    weights: dict[str, int] = {}
    below = widest = 0
    for tier in reversed(tiers):
        one = below + 1
        for name, times in tier:
            weights[name] = one * times
            widest += weights[name] * tops[name]
            below += (1 if name in OF_THE_PERSON else most) * weights[name] * tops[name]
    return weights, widest


def level_tops(market: Market, edges: Edges) -> dict[str, int]:
    """The highest level that each objective can have in a market."""
    longest = max(int(way.max(initial=0)) for way in (edges.there, edges.back))
    groups = len(market.policy.priority_groups)
    return {
        "priority": groups,
        "choice": OTHER,
        "travel": longest,
        "lottery": (1 << LOTTERY_BITS) - 1,
    }


def person_levels(name: str, market: Market) -> Ints:
    """The level of each person by an objective that looks at nothing else, int64[N]."""
    if name == "lottery":
        return lottery_levels(market, LOTTERY_BITS)
    return priority_levels(market)


def priority_levels(market: Market) -> Ints:
    """Each candidate's first priority group in policy order, the number of groups for none."""
    groups = market.policy.priority_groups
    order = {group: i for i, group in enumerate(groups)}
    told = market.candidates.kinds("priority")
    first = [
        min((order.get(g, len(groups)) for g in has), default=len(groups)) for has in told.values
    ]
    levels: Ints = np.array(first, dtype=np.int64)[told.codes]
    return levels


def choice_levels(market: Market, edges: Edges) -> Ints:
    """0-5 for a ranked choice, 6 for a liked sector, 7 for any other eligible placement."""
    liked, sector = market.candidates.kinds("sectors"), market.placements.kinds("sector")
    if not len(edges.rows):
        return np.zeros(0, dtype=np.int64)
    table = np.array(
        [[LIKED if name in some else OTHER for name in sector.values] for some in liked.values],
        dtype=np.int64,
    )
    at = (liked.codes * len(sector.values))[edges.rows]
    at += sector.codes[edges.cols]
    levels: Ints = table.ravel()[at]
    ranked = np.flatnonzero(edges.rank >= 0)
    levels[ranked] = edges.rank[ranked]
    return levels


def lottery_levels(market: Market, bits: int) -> Ints:
    """The leading ``bits`` of each candidate's lottery number."""
    leading: Ints = (market.draws >> np.uint64(64 - bits)).astype(np.int64)
    return leading if bits else np.zeros_like(leading)

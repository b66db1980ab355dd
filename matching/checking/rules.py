"""Side rules checked a second time: what a plan must keep, and what its prices really prove.

Written from the rules and not from ``methods`` or ``side_rules``, none of which it imports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from matching.columnar.columns import Ints
from matching.market import Market


@dataclasses.dataclass(frozen=True)
class Case:
    """A market's eligible pairs, found again, and the match of a plan.

    ``rows``, ``cols`` int[E] are the pairs of everyone who is not pinned, ``levels`` their
    ``priority``, ``choice`` and ``travel``; ``match`` int64[N] is everyone's placement, -1 for
    none; ``pinned`` the pinned rows and their columns.
    """

    market: Market
    rows: Ints
    cols: Ints
    levels: Mapping[str, Ints]
    match: Ints
    pinned: Mapping[int, int]

    def free_match(self) -> Ints:
        """The match of those who are not pinned."""
        match = self.match.copy()
        match[list(self.pinned)] = -1
        return match


class SideRules:
    """The rules of a market over several people, for those who are not pinned."""

    def __init__(self, market: Market, pinned: Mapping[int, int]) -> None:
        self.market = market
        self.places = all_places(market).tolist()
        held = np.bincount(list(pinned.values()), minlength=len(self.places)).tolist()
        self.seats = np.array([a - b for a, b in zip(self.places, held, strict=True)], dtype=int)
        self.least = market.placements.wholes("group_min").tolist()
        self.low = np.zeros(len(self.places), dtype=np.int64)
        self.either: dict[int, int] = {}
        for col, (least, there) in enumerate(zip(self.least, held, strict=True)):
            if there:
                self.low[col] = max(least - there, 0)
            elif least > self.seats[col]:
                self.seats[col] = 0
            elif least > 1:
                self.either[col] = least
        self._read_hosts(pinned)
        self._read_groups(pinned)

    def _read_hosts(self, pinned: Mapping[int, int]) -> None:
        self.hosts = list(self.market.host_caps)
        at = {host: i for i, host in enumerate(self.hosts)}
        names = self.market.placements.kinds("employer")
        every = [names.values[code] for code in names.codes.tolist()]
        self.host_of = np.array([at.get(name, -1) for name in every], dtype=np.int64)
        left = dict(self.market.host_caps)
        for col in pinned.values():
            if every[col] in left:
                left[every[col]] -= 1
        self.host_left = np.array([left[host] for host in self.hosts], dtype=np.int64)

    def _read_groups(self, pinned: Mapping[int, int]) -> None:
        shares = self.market.policy.shares
        told = self.market.candidates.kinds("priority")
        self.groups = [group for group, _, _ in shares]
        first = [min((self.groups.index(g) for g in has if g in self.groups), default=-1)
                 for has in told.values]  # fmt: skip
        of_kind = np.array(first, dtype=np.int64)
        self.group_of = of_kind[told.codes] if len(first) else np.zeros(0, dtype=np.int64)
        total = sum(self.places)
        seated = [sum(self.group_of[row] == at for row in pinned) for at in range(len(shares))]
        self.kept = [
            max((total * least + 99) // 100 - seated[at], 0)
            for at, (_, least, _) in enumerate(shares)
        ]
        self.group_left = [
            total * most // 100 - seated[at] for at, (_, _, most) in enumerate(shares)
        ]

    def group_counts(self, match: Ints) -> list[int]:
        """People of each group with a share who are placed."""
        return [int(((match >= 0) & (self.group_of == at)).sum()) for at in range(len(self.groups))]


def all_places(market: Market) -> Ints:
    """The places that a round may give: of each placement the certain ones if the policy says so.

    Examples
    --------
    >>> shop = {"id": "shop", "capacity": 3, "capacity_min": 1}
    >>> all_places(Market([], [shop], {"uncertain_places": False})).tolist()
    [1]
    """
    places = market.placements.wholes("capacity")
    certain = market.placements.wholes("capacity_min")
    said = certain >= 0
    return np.where(said & (not market.policy.uncertain_places), np.fmin(places, certain), places)


def check_rules(market: Market, match: Ints) -> Iterator[str]:
    """Places, least groups, employers' caps and the most of every share, for everyone placed.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "capacity": 3, "group_min": 2}])
    >>> list(check_rules(market, np.array([0])))
    ['shop runs with 2 or more and has 1 people']
    """
    rules = SideRules(market, {})
    held = np.bincount(match[match >= 0], minlength=len(rules.places)).tolist()
    hosts = [0] * len(rules.hosts)
    for col, (places, people) in enumerate(zip(rules.places, held, strict=True)):
        name = str(market.placements.ids[col])
        if people > places:
            yield f"{name} has {places} free places and {people} people"
        if 0 < people < rules.least[col]:
            yield f"{name} runs with {rules.least[col]} or more and has {people} people"
        if rules.host_of[col] >= 0:
            hosts[rules.host_of[col]] += people
    for host, people, cap in zip(rules.hosts, hosts, rules.host_left.tolist(), strict=True):
        if people > cap:
            yield f"{host} has {people} people and a cap of {cap}"
    for group, people, most in zip(
        rules.groups, rules.group_counts(match), rules.group_left, strict=True
    ):
        if people > most:
            yield f"{people} people of {group} are placed, and its share is {most} places"


def check_closed(case: Case, told: Any) -> Iterator[str]:
    """The placements said not to run are those with a least group and nobody there."""
    rules = SideRules(case.market, case.pinned)
    held = np.bincount(case.match[case.match >= 0], minlength=len(rules.places))
    there = set(case.pinned.values())
    names = case.market.placements.ids.tolist()
    empty = [
        str(names[col])
        for col, least in enumerate(rules.least)
        if least > 1 and not held[col] and col not in there
    ]
    if sorted(told or []) != sorted(empty):
        yield "the placements said not to run are not those that stay empty"


def check_kept(case: Case) -> Iterator[str]:
    """Under an exact proof every share must be kept in full: only then do the rules not bind."""
    rules = SideRules(case.market, case.pinned)
    counts = rules.group_counts(case.free_match())
    for group, people, kept in zip(rules.groups, counts, rules.kept, strict=True):
        if people < kept:
            yield f"{group} has {people} of the {kept} places kept for it, unproven"

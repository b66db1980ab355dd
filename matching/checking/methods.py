"""What ``stable``, ``serial`` and ``nearest`` promise, checked pair by pair and played again.

Written from the rules and not from ``methods``, none of which it imports: where that goes from
person to person, this goes by rounds of everyone, or down one sorted list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from matching.checking.rules import Case, SideRules
from matching.columnar.columns import Ints
from matching.market import Market


def check_method(case: Case, certificate: Mapping[str, Any]) -> Iterator[str]:
    """Nobody would rather have, and be rather had by, another place; and no one else fits.

    Of the placements that run. Which ones do is found again by playing the mechanism from the
    start, which also proves that nobody could do better in another stable plan.
    """
    played = _Played(case)
    match, closed = played.result()
    told = [str(case.market.placements.ids[col]) for col in closed]
    yield from _blocking(played, closed)
    if not np.array_equal(match, case.free_match()):
        yield f"the plan is not the one that {case.market.policy.mechanism} gives"
    if certificate.get("kind") != "none" or sorted(certificate.get("closed", ())) != sorted(told):
        yield "the placements said not to run are not those that stay empty"


def _blocking(played: _Played, closed: list[int]) -> Iterator[str]:
    """Pairs that would rather have each other than what they have."""
    case, match = played.case, played.case.free_match()
    rows, cols = case.rows, case.cols
    mine = match[rows] == cols
    beyond = len(rows)
    have = np.full(len(match), beyond, dtype=np.int64)
    have[rows[mine]] = played.wish[mine]
    shut = np.zeros(len(played.rules.seats), dtype=bool)
    shut[closed] = True
    seats = np.where(shut, 0, played.rules.seats)
    last = _last(cols[mine], played.standing[mine], seats, beyond)
    hosts = played.rules.host_of[cols]
    capped = mine & (hosts >= 0)
    last_host = _last(hosts[capped], played.standing[capped], played.rules.host_left, beyond)
    most = np.minimum(last[cols], np.where(hosts < 0, beyond, np.r_[last_host, beyond][hosts]))
    for pair in np.flatnonzero((played.wish < have[rows]) & (played.standing < most)).tolist():
        person = case.market.candidates.ids[rows[pair]]
        yield f"{person} and {case.market.placements.ids[cols[pair]]} would rather have each other"


def _last(of: Ints, standing: Ints, room: Ints, beyond: int) -> Ints:
    """Up to which standing each placement or employer would take someone in."""
    held = np.bincount(of, minlength=len(room))
    worst = np.full(len(room), -1, dtype=np.int64)
    np.maximum.at(worst, of, standing)
    return np.where(held < room, beyond, np.where(room > 0, worst, -1))


class _Played:
    """The mechanism of a policy, played by rounds."""

    def __init__(self, case: Case) -> None:
        self.case, self.rules = case, SideRules(case.market, case.pinned)
        self.mechanism = case.market.policy.mechanism
        travel, choice = case.levels["travel"], case.levels["choice"]
        shortest = _rank(travel, case.rows, case.cols)
        self.wish = shortest if self.mechanism == "nearest" else _rank(choice, travel, case.cols)
        self.standing = {
            "nearest": lambda: shortest,
            "serial": lambda: _rank(case.rows, case.cols),
            "stable": lambda: _rank(
                _named(case), case.levels["priority"], travel, case.rows, case.cols
            ),
        }[self.mechanism]()

    def result(self) -> tuple[Ints, list[int]]:
        """The match, and the placements that do not run for want of people."""
        seats = self.rules.seats.copy()
        while True:
            match = self._rounds(seats) if self.mechanism == "stable" else self._down(seats)
            held = np.bincount(match[match >= 0], minlength=len(seats)).tolist()
            short = [(least - held[col], col) for col, least in self.rules.either.items()]
            short = [(miss, col) for miss, col in short if 0 < miss < self.rules.either[col]]
            if not short:
                break
            seats[max(short)[1]] = 0
        pinned = set(self.case.pinned.values())
        least = self.rules.least
        empty = [c for c, people in enumerate(held) if not people and c not in pinned]
        return match, [col for col in empty if least[col] > 1]

    def _down(self, seats: Ints) -> Ints:
        """Down the list of pairs as the placements see them, then as the person does."""
        match = np.full(len(self.case.match), -1, dtype=np.int64)
        left, caps = seats.tolist(), self.rules.host_left.tolist()
        by_person = self.case.rows if self.mechanism == "serial" else self.standing
        for pair in np.lexsort((self.wish, by_person)).tolist():
            row, col = int(self.case.rows[pair]), int(self.case.cols[pair])
            host = int(self.rules.host_of[col])
            if match[row] < 0 and left[col] > 0 and (host < 0 or caps[host] > 0):
                match[row] = col
                left[col] -= 1
                if host >= 0:
                    caps[host] -= 1
        return match

    def _rounds(self, seats: Ints) -> Ints:
        """Everyone free asks at once; placements, then employers, keep whom they like best."""
        rows, cols = self.case.rows, self.case.cols
        line = np.lexsort((self.wish, rows))
        next_at = np.searchsorted(rows[line], np.arange(len(self.case.match) + 1))
        at, ends = next_at[:-1].copy(), next_at[1:]
        held = np.full(len(at), -1, dtype=np.int64)
        while True:
            asking = np.flatnonzero((held < 0) & (at < ends))
            if not len(asking):
                break
            held[asking] = line[at[asking]]
            at[asking] += 1
            pairs = held[held >= 0]
            kept = _best_of(pairs, cols[pairs], self.standing, seats)
            hosts = self.rules.host_of[cols[kept]]
            free, capped = kept[hosts < 0], kept[hosts >= 0]
            of_host = hosts[hosts >= 0]
            kept = np.r_[free, _best_of(capped, of_host, self.standing, self.rules.host_left)]
            held[:] = -1
            held[rows[kept]] = kept
        return np.where(held < 0, -1, np.r_[cols, -1][held])


def _best_of(pairs: Ints, of: Ints, standing: Ints, room: Ints) -> Ints:
    """The pairs that each placement or employer keeps: the best, as many as there is room for."""
    order = np.lexsort((standing[pairs], of))
    pairs, of = pairs[order], of[order]
    within = np.arange(len(of)) - np.searchsorted(of, of)
    kept: Ints = pairs[within < np.r_[room, 0][of]]
    return kept


def _rank(*keys: Ints) -> Ints:
    """Positions by several keys, the first counting most."""
    rank = np.empty(len(keys[0]), dtype=np.int64)
    rank[np.lexsort(tuple(reversed(keys)))] = np.arange(len(rank))
    return rank


def _named(case: Case) -> Ints:
    """Where each person stands in the placement's own ranking, or after all who are in it."""
    market: Market = case.market
    told = market.placements.kinds("ranking")
    ranks = [
        {name: at for at, name in enumerate(told.values[code] or ())}
        for code in told.codes.tolist()
    ]
    people = [str(name) for name in market.candidates.ids.tolist()]
    pairs = zip(case.rows.tolist(), case.cols.tolist(), strict=True)
    named = [ranks[col].get(people[row], len(ranks[col])) for row, col in pairs]
    return np.array(named, dtype=np.int64)

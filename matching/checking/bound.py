"""The proof of a plan under side rules, checked leaf by leaf in whole numbers.

Weak duality needs no trust in whoever found the prices: any prices at all give a figure that no
match under the leaf can cost less than (Land and Doig, doi:10.2307/1910129, for the leaves).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.checking.rules import Case, SideRules
from matching.columnar.columns import Ints

WIDEST = 2**61
Draws = npt.NDArray[np.uint64]


class _Unreadable(Exception):
    """A proof that is not of the shape it must have; the text says what."""


def check_bound(case: Case, drawn: Draws, proof: Mapping[str, Any]) -> Iterator[str]:
    """Say what is false about the proof of a plan under side rules.

    Parameters
    ----------
    case : Case
    drawn : uint64[N]
        Everyone's lottery number.
    proof : mapping
        The certificate of the plan.

    Returns
    -------
    iterator of str
        Nothing when it is proven that no plan which keeps the rules places more people, nor as
        many with more of each share, nor those at a lower cost by more than the gap it names.
    """
    try:
        yield from _Proof(case, drawn, proof).faults()
    except _Unreadable as wrong:
        yield f"the proof cannot be read: {wrong}"
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as wrong:
        yield f"the proof cannot be read: {type(wrong).__name__} {wrong}"


class _Proof:
    def __init__(self, case: Case, drawn: Draws, proof: Mapping[str, Any]) -> None:
        self.case, self.proof = case, proof
        self.rules = SideRules(case.market, case.pinned)
        self.match = case.free_match()
        self.free = np.ones(len(self.match), dtype=bool)
        self.free[list(case.pinned)] = False
        self.levels = dict(case.levels)
        bits = _whole(proof["lottery_bits"], 0, 60)
        if "lottery" in case.market.policy.objectives:
            leading = drawn >> np.uint64(64 - bits) if bits else np.zeros_like(drawn)
            self.levels["lottery"] = leading.astype(np.int64)[case.rows]
        self.place = {str(name): at for at, name in enumerate(case.market.placements.ids.tolist())}
        self.most = min(int(self.free.sum()), int(self.rules.seats.sum()))

    def faults(self) -> Iterator[str]:
        """Everything that is false."""
        costs = self._costs()
        yield from self._weights()
        outside = _whole(self.proof["outside_price"], 1, WIDEST)
        if len(costs) and outside <= int(costs.max()) + self.most * int(np.ptp(costs)):
            yield f"the outside price {outside} does not put the number placed first"
        value = self._value(costs, outside)
        gap = _whole(self.proof["gap"], 0, 2**90)
        if self.proof["value"] != value or self.proof["bound"] != value - gap:
            yield f"the proof is of a plan that costs {self.proof['value']}, this one {value}"
        gaps = [gap]
        lows = [0] * len(self.rules.groups)
        yield from self._shares(lows, gaps)
        yield from self._leaves("the plan", self.proof["leaves"], costs, outside, lows, value - gap)
        yield from self._said(value // outside - (value - gap) // outside, cut=any(gaps))

    def _said(self, more: int, *, cut: bool) -> Iterator[str]:
        policy = self.case.market.policy
        status = ("time limit" if policy.seconds else "step limit") if cut else "optimal"
        if self.proof["status"] != status:
            yield f"the status is {self.proof['status']!r}, should be {status!r}"
        if self.proof["more_people"] != more or type(self.proof["more_people"]) is not int:
            yield f"{self.proof['more_people']} more people might be placed, should be {more}"
        if cut and not policy.seconds and not policy.steps:
            yield "the search was cut short and the policy sets no limit"

    def _costs(self) -> Ints:
        total = np.zeros(len(self.case.rows), dtype=np.int64)
        weights = self.proof["weights"]
        if set(weights) != set(self.case.market.policy.objectives):
            raise _Unreadable("it does not weigh the policy's objectives")
        for name, weight in weights.items():
            level = self.levels[name].astype(np.int64)
            if _whole(weight, 1, WIDEST) * int(level.max(initial=0)) > WIDEST:
                raise _Unreadable(f"the weight of {name} is too wide")
            total += weight * level
        return total

    def _weights(self) -> Iterator[str]:
        below = 0
        for tier in reversed(self.case.market.policy.tiers):
            steps = [divmod(self.proof["weights"][name], times) for name, times in tier]
            if len(set(steps)) > 1 or steps[0][1]:
                yield f"the weights of {tier[0][0]} and its tier do not stand as the policy says"
            if steps[0][0] <= below:
                yield f"the weight of {tier[0][0]} does not outweigh what comes after it"
            for name, _ in tier:
                top = int(self.levels[name].max(initial=0))
                below += self.most * self.proof["weights"][name] * top

    def _value(self, costs: Ints, outside: int) -> int:
        used = self.match[self.case.rows] == self.case.cols
        left_out = int((self.free & (self.match < 0)).sum())
        return int(sum(costs[used].tolist())) + outside * left_out

    def _shares(self, lows: list[int], gaps: list[int]) -> Iterator[str]:
        """Fill in the least of every group that the plan itself was held to."""
        rules, told = self.rules, self.proof["shares"]
        counts = rules.group_counts(self.match)
        due = [at for at, kept in enumerate(rules.kept) if kept]
        if not told:
            for at in due:
                if counts[at] < rules.kept[at]:
                    yield f"{rules.groups[at]} has fewer places than are kept for it, unproven"
            return
        if [share["group"] for share in told] != [rules.groups[at] for at in due]:
            raise _Unreadable("it does not go through the shares in order")
        for at, share in zip(due, told, strict=True):
            reached = _whole(share["reached"], 0, rules.kept[at])
            if counts[at] < reached:
                yield f"{rules.groups[at]} has {counts[at]} people placed, {reached} were reached"
            if reached < rules.kept[at]:
                yield from self._most_of(at, share, lows)
                gaps.append(_whole(share["gap"], 0, 2**90))
            lows[at] = reached

    def _most_of(self, at: int, share: Mapping[str, Any], lows: list[int]) -> Iterator[str]:
        """No plan that places as many has more of this group: others cost 1, they nothing."""
        costs = (self.rules.group_of[self.case.rows] != at).astype(np.int64)
        outside = len(self.match) + 2
        bound = self._value(costs, outside) - _whole(share["gap"], 0, 2**90)
        name = f"the share of {self.rules.groups[at]}"
        yield from self._leaves(name, share["leaves"], costs, outside, lows, bound)

    def _leaves(
        self, what: str, leaves: Any, costs: Ints, outside: int, lows: list[int], bound: int
    ) -> Iterator[str]:
        decided = [(self._cols(leaf["run"]), self._cols(leaf["closed"])) for leaf in leaves]
        if not _cover(decided, frozenset(), frozenset()):
            yield f"the proof of {what} leaves out some ways to decide which placements run"
        for leaf, (run, closed) in zip(leaves, decided, strict=True):
            free_of_cost = leaf["impossible"] is True
            least = self._dual(
                leaf["prices"],
                run,
                closed,
                np.zeros_like(costs) if free_of_cost else costs,
                0 if free_of_cost else outside,
                lows,
            )
            if least < (1 if free_of_cost else bound):
                yield f"the prices of a leaf prove {least} for {what}, not {bound}"

    def _cols(self, names: Any) -> frozenset[int]:
        cols = frozenset(self.place[name] for name in names)
        if not cols <= set(self.rules.either):
            raise _Unreadable("it decides whether a placement runs that has no choice")
        return cols

    def _dual(
        self,
        prices: Mapping[str, Mapping[str, Any]],
        run: frozenset[int],
        closed: frozenset[int],
        costs: Ints,
        outside: int,
        lows: list[int],
    ) -> int:
        """What no match within the bounds of a leaf can cost less than, by its prices."""
        rules, case = self.rules, self.case
        place = _priced(prices["placement"], self.place)
        host = _priced(prices["employer"], {name: at for at, name in enumerate(rules.hosts)})
        group = _priced(prices["group"], {name: at for at, name in enumerate(rules.groups)})
        stay = np.where(rules.group_of < 0, 0, np.r_[group, 0][rules.group_of]) + outside
        best = stay.astype(np.int64)
        np.minimum.at(best, case.rows, costs + place[case.cols])
        total = sum(best[self.free].tolist()) - sum(map(_times, host, rules.host_left))
        own = place - np.where(rules.host_of < 0, 0, np.r_[host, 0][rules.host_of])
        for col, price in enumerate(own.tolist()):
            most = 0 if col in closed else int(rules.seats[col])
            low = rules.either[col] if col in run else int(rules.low[col])
            total -= price * (most if price > 0 else low)
        sizes = [int((self.free & (rules.group_of == at)).sum()) for at in range(len(lows))]
        for at, price in enumerate(group.tolist()):
            placed = lows[at] if price > 0 else rules.group_left[at]
            total -= price * (sizes[at] - placed)
        return int(total)


def _times(price: Any, count: Any) -> int:
    """What a price is worth at most over so many people or fewer."""
    return max(int(price), 0) * int(count)


def _priced(given: Mapping[str, Any], at: Mapping[str, int]) -> Ints:
    prices = np.zeros(len(at), dtype=np.int64)
    for name, price in given.items():
        prices[at[name]] = _whole(price, -WIDEST, WIDEST)
    return prices


def _whole(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise _Unreadable(f"{value!r} is not a whole number from {least} to {most}")
    return value


def _cover(
    decided: list[tuple[frozenset[int], frozenset[int]]],
    run: frozenset[int],
    closed: frozenset[int],
) -> bool:
    """Whether every way to decide is below some leaf, going down the tree of the search."""
    below = [(r, c) for r, c in decided if not (r & closed or c & run)]
    if any(r <= run and c <= closed for r, c in below):
        return True
    shared = frozenset.intersection(*(r | c for r, c in below)) if below else frozenset()
    undecided = sorted(shared - run - closed)
    if not undecided:
        return False
    col = frozenset(undecided[:1])
    return _cover(below, run | col, closed) and _cover(below, run, closed | col)

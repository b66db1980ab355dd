"""The proof of an exact plan, checked pair by pair in blocks, word by word in whole numbers.

With prices u of people and v of placements, and B for staying out: u ≤ cost + v on every eligible
pair, equal on the pairs used; v ≥ 0, and 0 where a place is free; u ≤ B, and B for everyone left
out. Then no plan places as many at a lower cost (weak duality). Costs and prices are numbers of
64-bit words, one a phase, compared from the first; the first word of B puts the number placed
before everything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.checking.claims import Unreadable, cut_words, read_prices
from matching.checking.eligible import Facts, SecondLook
from matching.checking.smallest import held_up
from matching.checking.ties import Board
from matching.checking.weights import BITS, WORD, expected_weights
from matching.columnar.columns import Ints
from matching.plan import Plan

Bools = npt.NDArray[np.bool_]
SHOWN = 20
FIELDS = {"kind", "outside_price", "total_cost", "n_matched", "weights", "lottery_bits"}
LOW, HIGH = np.iinfo(np.int64).max, np.iinfo(np.int64).min


@dataclasses.dataclass(slots=True)
class Tally:
    """What one block of pairs says of a proof.

    ``ends`` int64[P, 3, 2]: the least and the highest cost within each phase of the pairs that
    are tight in all phases before, by how many of person and placement may be left out.
    """

    faults: list[str]
    ends: Ints
    tight: list[tuple[Ints, Ints]]
    closed: list[Ints]


class Proof:
    """The certificate and prices of a plan, and the match they prove."""

    def __init__(
        self, look: SecondLook, plan: Plan, match: Ints, pinned: Mapping[int, int]
    ) -> None:
        market = look.market
        self.market, self.told, self.match = market, plan.certificate, match.copy()
        self.pinned = np.array(sorted(pinned), dtype=np.int64)
        self.match[self.pinned] = -1
        taken = np.bincount(list(pinned.values()), minlength=len(market.placements))
        self.places = look.rules.places
        self.left = self.places - taken
        objectives = list(market.policy.objectives)
        self.phases: list[list[str]] = self.told.get("phases", [objectives])
        if [name for phase in self.phases for name in phase] != objectives:
            raise Unreadable("the phases are not the policy's objectives in order")
        self.weights = self._inner_weights()
        words = len(self.phases)
        if set(plan.prices) != {"candidate", "placement"}:
            raise Unreadable("prices are of candidates and placements and of nothing else")
        self.u = read_prices(plan.prices.get("candidate"), market.row_of, words)
        self.v = read_prices(plan.prices.get("placement"), market.col_of, words)
        self.outside = [int(word[0]) for word in self._words("outside_price", words)]
        self.lottery = look.lottery
        self.may = self._may()

    def _words(self, field: str, words: int) -> list[Ints]:
        return cut_words(field.replace("_", " "), [self.told.get(field)], words)

    def _inner_weights(self) -> list[dict[str, int]]:
        told = self.told.get("weights")
        objectives = set(self.market.policy.objectives)
        if not isinstance(told, Mapping) or set(told) != objectives:
            raise Unreadable("the certificate does not weigh the policy's objectives")
        found = []
        for at, names in enumerate(self.phases):
            shift = WORD * (len(self.phases) - 1 - at)
            if any(type(told[n]) is not int or not 0 < told[n] >> shift < 2**62 for n in names):
                raise Unreadable("a weight is not within its phase")
            found.append({name: told[name] >> shift for name in names})
        return found

    def _may(self) -> list[tuple[Bools, Bools]]:
        """After each phase the people and placements that its optima may leave out."""
        rows, cols = (np.ones(len(side[0]), dtype=bool) for side in (self.u, self.v))
        found = [(rows, cols)]
        for u, v, outside in zip(self.u, self.v, self.outside, strict=True):
            rows, cols = rows & (u == outside), cols & (v == 0)
            found.append((rows, cols))
        return found

    def block(self, facts: Facts) -> Tally:
        """Check the pairs of one block."""
        rows, cols, levels = facts.rows, facts.cols, facts.levels
        if len(self.pinned):
            free = ~np.isin(rows, self.pinned)
            rows, cols = rows[free], cols[free]
            levels = {name: level[free] for name, level in levels.items()}
        ends = np.tile(np.array([LOW, HIGH]), (len(self.phases), 3, 1))
        tight, below = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        closed, kept = [], []
        for phase, weights in enumerate(self.weights):
            cost = np.zeros(len(rows), dtype=np.int64)
            for name, weight in weights.items():
                cost += weight * (self.lottery[rows] if name == "lottery" else levels[name])
            self._ends(ends[phase], phase, tight, rows, cols, cost)
            slack = cost + self.v[phase][cols] - self.u[phase][rows]
            below |= tight & (slack < 0)
            tight &= slack == 0
            shut = self.left[cols] == 0
            closed.append(np.unique(cols[tight & shut]))
            kept.append(
                (rows[tight & ~shut].astype(np.int32), cols[tight & ~shut].astype(np.int32))
            )
        used = self.match[rows] == cols
        faults = [*self._named(rows, cols, below, "is below its cost and the price of the place")]
        faults += self._named(rows, cols, used & ~tight, "is used and not tight")
        return Tally(faults, ends, kept, closed)

    def _ends(
        self, ends: Ints, phase: int, tight: Bools, rows: Ints, cols: Ints, cost: Ints
    ) -> None:
        if phase == 0:
            if len(cost):
                ends[2] = cost.min(), cost.max()
            return
        at = np.flatnonzero(tight)
        may_row, may_col = self.may[phase]
        out = may_row[rows[at]].astype(np.int8) + may_col[cols[at]]
        for times in range(3):
            some = cost[at][out == times]
            if len(some):
                ends[times] = some.min(), some.max()

    def _named(self, rows: Ints, cols: Ints, wrong: Bools, why: str) -> Iterator[str]:
        for at in np.flatnonzero(wrong)[:SHOWN].tolist():
            person, place = (
                self.market.candidates.ids[rows[at]],
                self.market.placements.ids[cols[at]],
            )
            yield f"{person} at {place} {why}"

    def result(self, tallies: list[Tally], longest: int) -> Iterator[str]:
        """Everything that is false, once all blocks are in."""
        yield from (fault for tally in tallies for fault in tally.faults[:SHOWN])
        yield from self._fields(longest)
        yield from self._seats()
        yield from self._outside(tallies)
        yield from self._ties(tallies)

    def _fields(self, longest: int) -> Iterator[str]:
        phases, weights = expected_weights(self.market, int(self.places.sum()), longest)
        if dict(self.told["weights"]) != weights or self.phases != (phases or [[]]):
            yield "the weights are not those of the policy"
        if self.told.get("lottery_bits") != BITS:
            yield f"the lottery counts {self.told.get('lottery_bits')!r} bits, should be {BITS}"
        extra = {"phases"} if len(self.phases) > 1 else set()
        if (set(self.told) - {"closed"}) != FIELDS | extra:
            yield "the certificate has other fields than it should"
        if self.told.get("n_matched") != int((self.match >= 0).sum()):
            yield f"the certificate counts {self.told.get('n_matched')!r} people placed"

    def _seats(self) -> Iterator[str]:
        """Prices of placements and of people, without looking at pairs."""
        held = np.bincount(self.match[self.match >= 0], minlength=len(self.left))
        _, nothing = self.may[-1]
        everyone, _ = self.may[-1]
        ids = self.market.placements.ids
        for col in np.flatnonzero((held < self.left) & ~nothing)[:SHOWN].tolist():
            yield f"{ids[col]} has a free place and a price"
        for col in np.flatnonzero(_sign(self.v) < 0)[:SHOWN].tolist():
            yield f"the price of {ids[col]} is below 0"
        people = self.market.candidates.ids
        for row in np.flatnonzero((self.match < 0) & ~everyone)[:SHOWN].tolist():
            yield f"{people[row]} is left out at another price than that of staying out"
        over = _sign([u - out for u, out in zip(self.u, self.outside, strict=True)]) > 0
        for row in np.flatnonzero(over)[:SHOWN].tolist():
            yield f"the price of {people[row]} is above that of staying out"

    def _outside(self, tallies: list[Tally]) -> Iterator[str]:
        """The price of staying out and of placements without places follow a rule."""
        most = min(len(self.match), int(self.left.sum()))
        shut = self.left == 0
        for phase, outside in enumerate(self.outside):
            ends = np.array([tally.ends[phase] for tally in tallies]).reshape(-1, 3, 2)
            least, highest = (
                ends[:, :, 0].min(axis=0, initial=LOW),
                ends[:, :, 1].max(axis=0, initial=HIGH),
            )
            some = [times for times in range(3) if least[times] <= highest[times]]
            plain = [(int(least[t]), int(highest[t])) for t in some]
            dear = 0
            if phase:
                wide = max(b for _, b in plain) - min(a for a, _ in plain) if plain else 0
                dear = most * wide + 1
            low = min((a + dear * t for (a, _), t in zip(plain, some, strict=True)), default=0)
            high = max((b + dear * t for (_, b), t in zip(plain, some, strict=True)), default=0)
            if outside != low + (most + 1) * (high - low + 2) - 2 * dear:
                yield "the price of staying out is not that of the rule"
            touched = np.zeros(len(shut), dtype=bool)
            for tally in tallies:
                touched[tally.closed[phase]] = True
            floor = np.where(self.may[phase][1], 0, -dear)
            at_floor = self.v[phase] == floor
            for col in np.flatnonzero(shut & ~touched & ~at_floor)[:SHOWN].tolist():
                yield f"{self.market.placements.ids[col]} has no place and a price of its own"
            rows, cols = self._tight(tallies, phase)
            held = held_up(rows, cols, self.match, at_floor | shut)
            for col in np.flatnonzero(~held)[:SHOWN].tolist():
                yield f"the price of {self.market.placements.ids[col]} could be lower"

    def _tight(self, tallies: list[Tally], phase: int) -> tuple[Ints, Ints]:
        """The tight pairs of a phase."""
        none = np.zeros(0, dtype=np.int32)
        parts = [tally.tight[phase] for tally in tallies]
        rows, cols = (np.concatenate([none, *(part[k] for part in parts)]) for k in (0, 1))
        return rows, cols

    def _ties(self, tallies: list[Tally]) -> Iterator[str]:
        """Of equally good plans it is the one that the rule of ties makes."""
        may_row, may_col = self.may[-1]
        rows, cols = self._tight(tallies, len(self.phases) - 1)
        pairs = zip(rows.tolist(), cols.tolist(), strict=True)
        board = Board(pairs, dict(enumerate(self.left.tolist())))
        must_row = set(np.flatnonzero(~may_row).tolist())
        must_col = set(np.flatnonzero(~may_col & (self.left > 0)).tolist())
        placed = np.flatnonzero(self.match >= 0)
        said = dict(zip(placed.tolist(), self.match[placed].tolist(), strict=True))
        if board.solve(must_row, must_col) != said:
            yield "another plan is as good, and the rule of ties prefers it"

    def total_cost(self, sums: Mapping[str, int]) -> Iterator[str]:
        """The total is that of the pairs used, whose levels add up to ``sums``."""
        told: Any = self.told.get("total_cost")
        total = sum(self.told["weights"][name] * sums[name] for name in sums)
        if type(told) is not int or told != total:
            yield f"the certificate says a total cost of {told!r}, the plan costs {total}"


def _sign(words: list[Ints]) -> Ints:
    """The sign of numbers by their first word that is not 0."""
    sign = np.zeros(len(words[0]), dtype=np.int64)
    for word in words:
        sign = np.where(sign == 0, np.sign(word), sign)
    return sign

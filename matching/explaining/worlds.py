"""The round without one person, ready to say where they would be with other options: exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from matching.explaining.acceptance import Acceptance, without_each
from matching.explaining.basis import ACCEPTANCE, EXACT, Basis
from matching.explaining.chains import Values
from matching.explaining.options import Options, levels_for
from matching.explaining.residual import Residual
from matching.explaining.wishes import Wishes, empty_desks
from matching.facts import Proposal, with_change
from matching.market import Market
from matching.solve import solve

Bools = npt.NDArray[np.bool_]
SOLVES = 12


class World(Protocol):
    """Everyone else as they would be without this person."""

    def promising(self, options: Options) -> Bools:
        """Which options could change the person's place: the others cannot, whatever is open."""

    def outcome(self, proposal: Proposal) -> int | None:
        """The person's placement with a changed fact, -1 for none, ``None`` if not certain."""


class ExactWorld:
    """Under ``optimal``: an option costs its pair and what the seat is worth to everyone else."""

    def __init__(self, basis: Basis, row: int, now: Options) -> None:
        self.basis, self.row = basis, row
        self.others: Residual = basis.residual.without(row)
        self.outside = basis.scale.outside
        self.best = min([self.outside, *self._asked(now).tolist()])

    def _asked(self, options: Options) -> Values:
        costs = self.basis.scale.cost(levels_for(self.basis, self.row, options))
        return costs + self.others.loss[options.cols]

    def promising(self, options: Options) -> Bools:
        """Those that would cost less than what the person has."""
        found: Bools = (self._asked(options) < self.best).astype(bool)
        return found

    def outcome(self, proposal: Proposal) -> int | None:
        """The cheapest option, if no other is as cheap and no side rule is broken."""
        options = proposal.options
        asked = self._asked(options)
        best = min(asked.tolist(), default=self.outside)
        at = np.flatnonzero(asked == best)
        if best > self.outside or not len(at):
            return -1 if self.basis.keeps_rules(self.others.match) else None
        if best == self.outside or len(at) > 1:
            return None
        col = int(options.cols[at[0]])
        return col if self._keeps_rules(col) else None

    def _keeps_rules(self, col: int) -> bool:
        if not self.basis.rules.bind_single:
            return True
        after = self.others.twin()
        moves, leaver = after.chain_out(col, self.others.loss)
        if leaver >= 0:
            after.match[leaver] = -1
        after.move(moves)
        after.match[self.row] = col
        return self.basis.keeps_rules(after.match)


class AcceptanceWorld:
    """Under the other mechanisms: the person asks last, which changes nothing."""

    def __init__(self, wishes: Wishes, row: int, others: Acceptance) -> None:
        self.wishes, self.row, self.others = wishes, row, others

    def promising(self, options: Options) -> Bools:
        """Those that would take the person as things are; by the rest they are refused at once."""
        pairs = zip(options.cols.tolist(), options.minutes.tolist(), strict=True)
        seen = self.wishes.seen
        takes = [self.others.takes(col, seen(self.row, col, far)) for col, far in pairs]
        return np.array(takes, dtype=bool)

    def outcome(self, proposal: Proposal) -> int | None:
        """Where the person ends when they ask for these in their own order."""
        return self.others.with_wishes(self.row, self.wishes.of_one(self.row, proposal.options))


class SolvingWorld:
    """Where side rules bind: the whole market is solved again with the fact, a few times at most.

    Not under a time limit, where another solve could end elsewhere.
    """

    def __init__(self, basis: Basis, row: int, tries: int = SOLVES) -> None:
        self.market, self.name = basis.market, str(basis.market.candidates.ids[row])
        self.tries = 0 if basis.market.policy.seconds else tries

    def promising(self, options: Options) -> Bools:
        """Any of them, as far as can be known."""
        return np.full(len(options.cols), self.tries > 0, dtype=bool)

    def outcome(self, proposal: Proposal) -> int | None:
        """What solving again gives; ``None`` when that has been done often enough."""
        fact = {"of": proposal.fact.of, "field": proposal.fact.field, "value": proposal.fact.value}
        return self.held(with_change(self.market, self.name, fact)) if self.tries > 0 else None

    def held(self, market: Market) -> int:
        """The person's column in a changed market, -1 for none."""
        self.tries -= 1
        return self.market.col_of.get(solve(market).placement_of.get(self.name, ""), -1)


def worlds(basis: Basis, now: dict[int, Options]) -> Iterator[tuple[int, World]]:
    """For each person by row, with what is open to them now, the round without them.

    Where a change can only be worked out by solving again, that is done for one person alone.
    """
    if basis.kind == EXACT:
        for row, options in now.items():
            yield row, ExactWorld(basis, row, options)
    elif basis.kind == ACCEPTANCE:
        wishes = Wishes(basis)
        for row, others in without_each(empty_desks(wishes), list(now)):
            yield row, AcceptanceWorld(wishes, row, others)
    elif len(now) == 1:
        for row in now:
            yield row, SolvingWorld(basis, row)

"""One person with one fact changed: what would be open to them, and whether it could matter."""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.costs import LIKED
from matching.explaining.chains import Ints
from matching.explaining.options import Options, Table
from matching.explaining.worlds import World
from matching.facts import Proposal
from matching.records import Candidate


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """One person of a table: who they are, what is open to them, what they have.

    ``level`` is the choice level of the place they have, ``None`` without one.
    """

    table: Table
    at: int
    person: Candidate
    now: Options
    level: int | None
    world: World

    def is_better(self, options: Options) -> Ints:
        """The positions of options that the person would call better than what they have.

        A higher choice; or anything, for a person without a place.
        """
        if self.level is None:
            return np.arange(len(options.cols), dtype=np.int64)
        return np.flatnonzero(options.choice < min(self.level, LIKED))

    def hopeful(self, options: Options) -> Options:
        """Of some options, those that are better and that the person might get."""
        better = options.at(self.is_better(options))
        return better.at(np.flatnonzero(self.world.promising(better)))

    def opened(self, cols: Ints) -> Options:
        """Placements as options, whatever refuses them now."""
        return self.table.options(self.at, cols)

    def outcome(self, proposal: Proposal) -> int | None:
        """The better placement that a changed fact would certainly give, or ``None``."""
        col = self.world.outcome(proposal)
        if col is None or col < 0:
            return None
        options = proposal.options
        better = options.cols[self.is_better(options)]
        return col if col in better else None

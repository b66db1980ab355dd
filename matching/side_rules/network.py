"""A match under side rules as a flow: people, placements, employers with a cap and groups.

Every placement has one employer and every person counts in one group, so the rules nest: the
matches that keep them are the whole-number flows of a network (Ahuja, Magnanti and Orlin,
"Network Flows", 1993, chapter 9), and prices prove the best one exactly. What does not nest, a
placement that runs with enough people or not at all, is decided in ``branch``.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.columnar.columns import Ints

NOBODY = -1


@dataclasses.dataclass(frozen=True)
class Network:
    """Edges, employers and groups; what a match costs is Σ cost + ``outside`` × people left out.

    ``rows``, ``cols``, ``costs`` int64[E], costs from 0 up; ``host_of`` int64[M] is the employer
    with a cap or -1, ``host_cap`` int64[H]; ``group_of`` int64[N] is the group a person counts in
    or -1, ``group_cap`` int64[G] the most of each group. Nodes are placements, then employers,
    then groups, then the outside.
    """

    rows: Ints
    cols: Ints
    costs: Ints
    outside: int
    host_of: Ints
    host_cap: Ints
    group_of: Ints
    group_cap: Ints

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.group_of)

    @property
    def m(self) -> int:
        """How many placements."""
        return len(self.host_of)

    @property
    def away(self) -> int:
        """The number of the outside node."""
        return self.m + len(self.host_cap) + len(self.group_cap)

    def host_nodes(self) -> Ints:
        """The node each placement's people flow on to: its employer, or the outside."""
        return np.where(self.host_of < 0, self.away, self.m + self.host_of)

    def pool_nodes(self) -> Ints:
        """The node that each person waits at while unplaced: their group, or the outside."""
        first = self.m + len(self.host_cap)
        return np.where(self.group_of < 0, self.away, first + self.group_of)

    def priced(self, costs: Ints, outside: int) -> Network:
        """The same network with other costs."""
        return dataclasses.replace(self, costs=costs, outside=outside)


@dataclasses.dataclass
class Bounds:
    """The least and the most people of each placement, and the least of each group."""

    low: Ints
    cap: Ints
    group_low: Ints

    def copy(self) -> Bounds:
        """Bounds that can be changed without changing these."""
        return Bounds(self.low.copy(), self.cap.copy(), self.group_low.copy())


def held_costs(network: Network, match: Ints) -> Ints:
    """What each person costs: their pair, or the outside price."""
    held = np.full(network.n, network.outside, dtype=np.int64)
    used = match[network.rows] == network.cols
    held[network.rows[used]] = network.costs[used]
    return held

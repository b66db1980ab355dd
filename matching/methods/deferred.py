"""Deferred acceptance by one person after another, under the caps of employers.

McVitie and Wilson, doi:10.1145/362619.362631. Places of one employer under a cap are taken as one
ordered matroid, by which a stable match always exists and is reached the same way (Fleiner,
doi:10.1287/moor.28.1.103.14256): an employer over the cap gives up the pair it likes least.
"""

from __future__ import annotations

import heapq

import numpy as np

from matching.columnar.columns import Ints
from matching.methods.problem import Problem


def deferred(problem: Problem, seats: Ints, wish: Ints, standing: Ints) -> Ints:
    """The stable match best for every person at once, int64[N].

    Parameters
    ----------
    problem : Problem
    seats : int64[M]
    wish, standing : int64[E]
        How the person and how the placement (and its employer) see each pair, lower is better;
        all different.

    Returns
    -------
    int64[N]
        Column of each person, -1 for none.

    Notes
    -----
    O(E log E) for the orders, then O(log capacity) a proposal.
    """
    edges, n = problem.edges, len(problem.market.candidates)
    line = np.lexsort((wish, edges.rows))
    cols, seen = edges.cols[line], standing[line]
    next_at = np.searchsorted(edges.rows[line], np.arange(n + 1)).tolist()
    ends = next_at[1:]
    desks = _Desks(seats, problem.rules.host_of, problem.rules.host_left)
    match = np.full(n, -1, dtype=np.int64)
    for first in range(n):
        person = first
        while person >= 0 and next_at[person] < ends[person]:
            at = next_at[person]
            next_at[person] += 1
            col = int(cols[at])
            loser = desks.hold(col, int(seen[at]), person)
            match[person] = col
            if loser >= 0:
                match[loser] = -1
                person = loser
            else:
                person = -1
    return match


class _Desks:
    """Who each placement holds, the one it likes least on top, and the count of each employer."""

    def __init__(self, seats: Ints, host_of: Ints, host_left: Ints) -> None:
        self.seats, self.host_of, self.left = seats.tolist(), host_of.tolist(), host_left.tolist()
        self.held: list[list[tuple[int, int]]] = [[] for _ in self.seats]
        self.count = [0] * len(self.left)
        self.sites: list[list[int]] = [[] for _ in self.left]
        for col, host in enumerate(self.host_of):
            if host >= 0:
                self.sites[host].append(col)

    def hold(self, col: int, standing: int, person: int) -> int:
        """Take someone in; return who has to leave for it, or -1."""
        heapq.heappush(self.held[col], (-standing, person))
        host = self.host_of[col]
        if len(self.held[col]) > self.seats[col]:
            return heapq.heappop(self.held[col])[1]
        if host < 0:
            return -1
        self.count[host] += 1
        if self.count[host] <= self.left[host]:
            return -1
        self.count[host] -= 1
        last = min((self.held[site][0], site) for site in self.sites[host] if self.held[site])
        return heapq.heappop(self.held[last[1]])[1]

"""A best match under side rules, changed one person's worth at a time along cheapest paths.

Successive shortest paths (Ahuja, Magnanti and Orlin, 1993, section 9.7): when a bound of a best
match is tightened, each person too many or too few is led along the cheapest chain of moves, and
the match is best again for the bounds so far.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from matching.columnar.columns import Ints
from matching.side_rules.arcs import FAR, LOST, Arcs
from matching.side_rules.network import Bounds, Network


class Impossible(Exception):
    """No match keeps the bounds; ``reached`` bool[nodes] is where a person could be led."""

    def __init__(self, reached: Any) -> None:
        super().__init__("no match keeps the bounds")
        self.reached = reached


@dataclasses.dataclass
class Flow:
    """A match, its bounds and the arcs around it; ``value`` counts from the match it began at."""

    network: Network
    bounds: Bounds
    arcs: Arcs
    value: int = 0

    @property
    def match(self) -> Ints:
        """Placement of each person, -1 for none, int64[N]."""
        return self.arcs.match

    def copy(self) -> Flow:
        """A flow that changes without changing this one."""
        return Flow(self.network, self.bounds.copy(), self.arcs.copy(), self.value)

    def used(self) -> Ints:
        """People at each node but the outside: placements, employers, groups (placed)."""
        net, match = self.network, self.match
        placed = np.flatnonzero(match >= 0)
        hosts, groups = net.host_of[match[placed]], net.group_of[placed]
        return np.concatenate(
            [
                np.bincount(match[placed], minlength=net.m),
                np.bincount(hosts[hosts >= 0], minlength=len(net.host_cap)),
                np.bincount(groups[groups >= 0], minlength=len(net.group_cap)),
            ]
        )

    def settle(self) -> None:
        """Bring every bound that does not hold to hold, at the least cost.

        Raises
        ------
        Impossible
        """
        net = self.network
        away, hosts = net.away, net.host_nodes()
        first = net.m + len(net.host_cap)
        used = self.used()
        for col in np.flatnonzero(used[: net.m] > self.bounds.cap).tolist():
            self._lead(col, int(hosts[col]), int(used[col] - self.bounds.cap[col]))
        used = self.used()
        for host in np.flatnonzero(used[net.m : first] > net.host_cap).tolist():
            self._lead(net.m + host, away, int(used[net.m + host] - net.host_cap[host]))
        used = self.used()
        for group in np.flatnonzero(used[first:] > net.group_cap).tolist():
            self._lead(away, first + group, int(used[first + group] - net.group_cap[group]))
        used = self.used()
        for group in np.flatnonzero(used[first:] < self.bounds.group_low).tolist():
            missing = int(self.bounds.group_low[group] - used[first + group])
            self._lead(first + group, away, missing)
        used = self.used()
        for col in np.flatnonzero(used[: net.m] < self.bounds.low).tolist():
            self._lead(int(hosts[col]), col, int(self.bounds.low[col] - used[col]))

    def _lead(self, start: int, end: int, times: int) -> None:
        for _ in range(times):
            cost_to = self.costs_from(start)
            if cost_to[end] > LOST:
                raise Impossible(cost_to <= LOST)
            for row, to in self._walk(start, end, cost_to):
                self.arcs.move(row, to)
            self.value += int(cost_to[end])

    def costs_from(self, start: int, other: int = FAR) -> Ints:
        """The least cost from one node to each, int64[nodes]; Bellman and Ford's passes."""
        cost_to = np.full(self.network.away + 1, other, dtype=np.int64)
        cost_to[start] = 0
        links = _Links(self)
        for _ in range(2 * len(cost_to) + 2):
            lower = links.relaxed(cost_to)
            if np.array_equal(lower, cost_to):
                return cost_to
            cost_to = lower
        raise ValueError("flow: a ring of moves would gain for ever, the match was not best")

    def _walk(self, start: int, end: int, cost_to: Ints) -> list[tuple[int, int]]:
        """The moves of a cheapest path with the fewest steps: (person, placement or -1)."""
        links = _Links(self)
        came: dict[int, tuple[int, tuple[int, int] | None]] = {}
        queue = [end]
        for node in queue:
            if node == start:
                break
            for before, move in links.into(node, cost_to):
                if before not in came and before != end:
                    came[before] = (node, move)
                    queue.append(before)
        moves, node = [], start
        while node != end:
            node, move = came[node]
            if move is not None:
                moves.append(move)
        return moves


class _Links:
    """The arcs of the residual graph for the match as it is."""

    def __init__(self, flow: Flow) -> None:
        net, bounds, used = flow.network, flow.bounds, flow.used()
        self.flow, self.net = flow, net
        self.m, self.away = net.m, net.away
        self.first = first = net.m + len(net.host_cap)
        hosts, groups = np.arange(net.m, first), np.arange(first, net.away)
        col, host_of = np.arange(net.m), net.host_nodes()
        fill, free = used[: net.m] < bounds.cap, used[: net.m] > bounds.low
        room = used[net.m : first] < net.host_cap
        more, less = used[first:] < net.group_cap, used[first:] > bounds.group_low
        out = np.full(len(groups), net.away)
        self.tails = np.concatenate(
            [
                col[fill],
                host_of[free],
                hosts[room],
                np.full(len(hosts), net.away)[used[net.m : first] > 0],
                out[more],
                groups[less],
            ]
        )
        self.heads = np.concatenate(
            [
                host_of[fill],
                col[free],
                np.full(len(hosts), net.away)[room],
                hosts[used[net.m : first] > 0],
                groups[more],
                out[less],
            ]
        )
        arcs = flow.arcs
        self.placed = np.flatnonzero(arcs.match >= 0)
        self.at, self.pool = arcs.match[self.placed], arcs.pools[self.placed]
        self.leave = net.outside - arcs.held[self.placed]

    def relaxed(self, cost_to: Ints) -> Ints:
        """One pass: what each node costs by one more arc, or as before."""
        lower = cost_to.copy()
        lower[: self.m] = np.minimum(lower[: self.m], self.flow.arcs.entering(cost_to))
        start = cost_to[self.at]
        known = start <= LOST
        np.minimum.at(lower, self.pool[known], start[known] + self.leave[known])
        np.minimum.at(lower, self.heads, cost_to[self.tails])
        return lower

    def into(self, node: int, cost_to: Ints) -> list[tuple[int, tuple[int, int] | None]]:
        """The arcs that reach a node at its least cost: the node before, and who moves where."""
        found: list[tuple[int, tuple[int, int] | None]] = []
        if node < self.m:
            found += [(n, (row, node)) for n, row in self.flow.arcs.into(node, cost_to)]
        if node >= self.first:
            start = cost_to[self.at]
            out = (self.pool == node) & (start <= LOST) & (start + self.leave == cost_to[node])
            leaving = np.flatnonzero(out)
            nodes, first = np.unique(self.at[leaving], return_index=True)
            movers = self.placed[leaving[first]].tolist()
            found += [(n, (row, -1)) for n, row in zip(nodes.tolist(), movers, strict=True)]
        same = (self.heads == node) & (cost_to[self.tails] == cost_to[node])
        return found + [(before, None) for before in self.tails[same].tolist()]

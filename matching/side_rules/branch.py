"""Which placements run: branch and bound over flows, every leaf with prices that prove it.

A placement that needs a group runs with enough people or not at all, which prices alone cannot
settle. The search decides one such placement at a time; a leaf is left when the prices of its
flow show that nothing below it is cheaper than the best match known (Land and Doig,
doi:10.2307/1910129). All of them together are a proof that a stranger can check.
"""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from matching.columnar.columns import Ints
from matching.side_rules.arcs import Arcs
from matching.side_rules.flow import Flow, Impossible
from matching.side_rules.network import Bounds, Network, held_costs


@dataclasses.dataclass(frozen=True)
class Leaf:
    """Placements decided to run and closed, and the prices of the best flow under them.

    ``prices`` int64[M + H + G] are those of placements, employers and groups. Where no match
    keeps the bounds ``value`` is ``None``, and the prices show it with every cost at 0; else it
    is what no match below the leaf costs less than, counted from where the root began.
    """

    run: tuple[int, ...]
    closed: tuple[int, ...]
    prices: Ints
    value: int | None


@dataclasses.dataclass(frozen=True)
class Found:
    """The best match, what it costs beyond what can be proved at least, and the proof."""

    match: Ints
    gap: int
    leaves: tuple[Leaf, ...]


@dataclasses.dataclass
class _Node:
    flow: Flow
    run: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()

    def leaf(self) -> Leaf:
        net = self.flow.network
        prices = -self.flow.costs_from(net.away, 2 * net.outside)[:-1]
        return Leaf(self.run, self.closed, prices, self.flow.value)

    def child(self, col: int, low: int, cap: int) -> _Node | Leaf:
        """This node with a placement decided, or the leaf that says it cannot be."""
        flow = self.flow.copy()
        flow.bounds.low[col], flow.bounds.cap[col] = low, cap
        run = (*self.run, col) if cap else self.run
        closed = self.closed if cap else (*self.closed, col)
        try:
            flow.settle()
        except Impossible as why:
            return Leaf(run, closed, impossible_prices(why.reached), None)
        return _Node(flow, run, closed)


def impossible_prices(reached: Ints) -> Ints:
    """Prices by which bounds that no match keeps show it: a cut around where people can go."""
    cost_to = np.where(reached, 0, 1).astype(np.int64)
    prices: Ints = (cost_to[-1] - cost_to)[:-1]
    return prices


@dataclasses.dataclass(frozen=True)
class Limit:
    """How long a search may take: seconds and placements decided, 0 for as long as it takes."""

    seconds: int = 0
    steps: int = 0


def search(root: Flow, floor: Ints, limit: Limit, known: Ints | None = None) -> Found:
    """Decide for every placement with a least group whether it runs.

    Parameters
    ----------
    root : Flow
        The best flow of the bounds without any placement decided.
    floor : int64[M]
        The least group of each placement that may run or not, 0 for no least.
    limit : Limit
    known : int64[N], optional
        A match that keeps the rules.

    Returns
    -------
    Found
        With a gap above 0 the limit was reached, and the match is the best found by then.
    """
    until = time.monotonic() + limit.seconds if limit.seconds else float("inf")
    steps = limit.steps or float("inf")
    best = _Best(root, known)
    leaves: list[Leaf] = []
    waiting = [_Node(root)]
    while waiting:
        node = waiting.pop()
        late = steps <= 0 or time.monotonic() > until
        col = _undecided(node, floor)
        if best.match is not None and (late or node.flow.value >= best.value):
            leaves.append(node.leaf())
        elif col < 0:
            best.match, best.value = node.flow.match.copy(), node.flow.value
            leaves.append(node.leaf())
        elif late:
            waiting.append(_give_up(node, col, leaves))
        else:
            _branch(node, col, int(floor[col]), waiting, leaves)
            steps -= 1
    if best.match is None:
        raise ValueError("branch: no match keeps the rules")
    least = min((leaf.value for leaf in leaves if leaf.value is not None), default=best.value)
    return Found(best.match, max(best.value - least, 0), tuple(leaves))


class _Best:
    """The best match so far and what it costs beyond the match the root began at."""

    def __init__(self, root: Flow, known: Ints | None) -> None:
        self.match, self.value = known, 0
        if known is not None:
            now = held_costs(root.network, known) - root.arcs.held
            self.value = root.value + sum(now.tolist())


def _undecided(node: _Node, floor: Ints) -> int:
    """The placement whose group is furthest from settled, or -1 if every one runs or is empty."""
    held = node.flow.used()[: len(floor)]
    short = (held > 0) & (held < floor)
    if not short.any():
        return -1
    return int(np.argmax(np.where(short, np.minimum(held, floor - held), -1)))


def _branch(node: _Node, col: int, least: int, waiting: list[_Node], leaves: list[Leaf]) -> None:
    """Both ways to decide a placement, the cheaper one to be searched first."""
    seats = int(node.flow.bounds.cap[col])
    ways = [node.child(col, 0, 0), node.child(col, least, seats)]
    leaves += [way for way in ways if isinstance(way, Leaf)]
    open_ways = [way for way in ways if isinstance(way, _Node)]
    waiting += sorted(open_ways, key=lambda way: -way.flow.value)


def _give_up(node: _Node, col: int, leaves: list[Leaf]) -> _Node:
    """Close a placement unsearched, so that there is something to return when time is up."""
    leaves.append(dataclasses.replace(node.leaf(), run=(*node.run, col)))
    way = node.child(col, 0, 0)
    if isinstance(way, Leaf):
        raise ValueError("branch: closing a placement is always possible")
    return way


def flow_of(network: Network, bounds: Bounds, arcs: Arcs) -> Flow:
    """The best flow of the bounds, from arcs around a best match without them.

    Raises
    ------
    Impossible
    """
    flow = Flow(network, bounds, arcs)
    flow.settle()
    return flow

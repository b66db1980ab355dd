"""Pinned people and the places they take; pins that cannot all be kept are named, no more of them
than it takes.

A smallest conflicting set is found by hitting sets: any conflict must contain a pin of every set
of pins whose removal made the rest fit (Ignatiev, Previti, Liffiton and Marques-Silva,
doi:10.1007/978-3-319-23219-5_13).
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import Bounds as Range
from scipy.optimize import LinearConstraint, milp

from matching.edges import Edges
from matching.eligibility import Refusal, refusals
from matching.errors import PinConflict
from matching.market import Market
from matching.side_rules.arcs import arcs_of
from matching.side_rules.branch import flow_of
from matching.side_rules.flow import Impossible
from matching.side_rules.network import Bounds, Network
from matching.side_rules.rules import Rules, read_rules

Pin = tuple[int, int]
MOST_TRIES = 60


def take_pins(market: Market, edges: Edges) -> tuple[dict[int, int], Rules]:
    """The pinned pairs by position, and the rules for everyone else.

    Raises
    ------
    PinConflict
        Naming a smallest set of pins that cannot all be kept.

    Examples
    --------
    >>> from matching.edges import eligible_edges
    >>> people = [{"id": name} for name in ("ann", "bob", "cat")]
    >>> pins = [["ann", "shop"], ["bob", "shop"], ["cat", "farm"]]
    >>> places = [{"id": "shop"}, {"id": "farm"}]
    >>> market = Market(people, places, {"travel": "none", "pins": pins})
    >>> take_pins(market, eligible_edges(market))
    Traceback (most recent call last):
    matching.errors.PinConflict: policy: pins that cannot all be kept: ann to shop; bob to shop
    """
    pins = [(market.row_of[c], market.col_of[p]) for c, p in market.policy.pins]
    if pins:
        _check_each(market, pins)
        board = _Board(market, edges, pins)
        if not board.fits(pins):
            _refuse(market, _smallest(board, pins))
    return dict(pins), read_rules(market, dict(pins))


def _check_each(market: Market, pins: list[Pin]) -> None:
    rows, cols = np.array(pins, dtype=np.int64).T
    for pin, bits in zip(pins, refusals(market, rows, cols).tolist(), strict=True):
        if bits:
            broken = ", ".join(str(rule.name) for rule in Refusal if bits & rule)
            _refuse(market, [pin], f"is not an eligible pair ({broken})")


def _refuse(market: Market, pins: list[Pin], why: str = "") -> None:
    names = sorted((market.candidates[r].id, market.placements[c].id) for r, c in pins)
    said = "; ".join(f"{person} to {place}" for person, place in names)
    if len(names) == 1:
        why = why or "goes beyond a cap or a share, or too few people can join"
        raise PinConflict(f"policy: pin {said} {why}", names)
    raise PinConflict(f"policy: pins that cannot all be kept: {said}", names)


class _Board:
    """Whether pins fit together: seats, caps, shares, and enough people for every group."""

    def __init__(self, market: Market, edges: Edges, pins: list[Pin]) -> None:
        self.market = market
        least = market.placements.wholes("group_min")
        grouped = np.zeros(len(market.placements), dtype=bool)
        grouped[[col for _, col in pins]] = True
        wanted = (grouped & (least > 1))[edges.cols]
        self.rows, self.cols = edges.rows[wanted], edges.cols[wanted]

    def fits(self, pins: list[Pin]) -> bool:
        """Whether some plan keeps all of these."""
        rules = read_rules(self.market, dict(pins))
        counts = (rules.seats - rules.low, rules.host_left, rules.group_left)
        if any((count < 0).any() for count in counts):
            return False
        return not rules.low.any() or self._can_fill(rules, [row for row, _ in pins])

    def _can_fill(self, rules: Rules, pinned: list[int]) -> bool:
        free = ~np.isin(self.rows, pinned)
        rows, cols = self.rows[free], self.cols[free]
        network = Network(
            rows, cols, np.zeros(len(rows), dtype=np.int64), 0,
            rules.host_of, rules.host_left, rules.group_of, rules.group_left,
        )  # fmt: skip
        nobody = np.full(network.n, -1, dtype=np.int64)
        bounds = Bounds(rules.low, rules.seats, np.zeros_like(rules.group_left))
        try:
            flow_of(network, bounds, arcs_of(network, nobody))
        except Impossible:
            return False
        return True


def _smallest(board: _Board, pins: list[Pin]) -> list[Pin]:
    """The fewest pins that cannot all be kept; if none is found in time, none that could be less.

    Without least groups only counts can be broken, and the smallest set is known.
    """
    counted = _counted(board.market, pins)
    if counted and not len(board.rows):
        return counted
    most = len(counted) if counted else len(pins) + 1
    to_hit: list[set[int]] = []
    for _ in range(MOST_TRIES):
        chosen = _hitting(to_hit, len(pins))
        if len(chosen) >= most:
            return counted
        if not board.fits([pins[at] for at in sorted(chosen)]):
            return [pins[at] for at in sorted(chosen)]
        for at in range(len(pins)):
            if at not in chosen and board.fits([pins[i] for i in sorted({*chosen, at})]):
                chosen.add(at)
        to_hit.append(set(range(len(pins))) - chosen)
    return min([counted, _pared(board, pins)], key=lambda found: len(found) or len(pins) + 1)


def _pared(board: _Board, pins: list[Pin]) -> list[Pin]:
    """A set of pins that cannot all be kept, and can as soon as any one is left out."""
    kept = list(pins)
    for pin in pins:
        without = [other for other in kept if other != pin]
        if not board.fits(without):
            kept = without
    return kept


def _counted(market: Market, pins: list[Pin]) -> list[Pin]:
    """The fewest pins that alone are too many for a placement, an employer or a share."""
    rules = read_rules(market, {})
    sides = (
        (lambda pin: pin[1], rules.seats),
        (lambda pin: int(rules.host_of[pin[1]]), rules.host_left),
        (lambda pin: int(rules.group_of[pin[0]]), rules.group_left),
    )
    found: list[list[Pin]] = []
    for side, most in sides:
        for key, together in itertools.groupby(sorted(pins, key=side), key=side):
            same = list(together)
            if key >= 0 and len(same) > most[key]:
                found.append(same[: int(most[key]) + 1])
    return min(found, key=len, default=[])


def _hitting(to_hit: list[set[int]], n: int) -> set[int]:
    """The fewest positions that meet every set; of such, those of the least sum."""
    if not to_hit:
        return set()
    table = np.array([[float(at in one) for at in range(n)] for one in to_hit])
    cost = np.arange(n, dtype=np.float64) + n * n
    found = milp(
        cost,
        constraints=LinearConstraint(table, lb=1.0),
        integrality=np.ones(n, dtype=np.int64),
        bounds=Range(0, 1),
    )
    return {at for at in range(n) if found.x is not None and found.x[at] > 0.5}

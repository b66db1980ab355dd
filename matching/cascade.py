"""Freed places given again: nobody who is confirmed is moved, and as few others as can be."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Iterable

import numpy as np

from matching.assign import assign
from matching.compare import list_changes
from matching.edges import eligible_edges
from matching.errors import PlanError, PolicyError
from matching.market import Market
from matching.plan import Placed, Plan
from matching.solve import solve

Pair = tuple[str, str]
Places = dict[str, str]


@dataclasses.dataclass(frozen=True)
class Cascade:
    """What follows when places are freed.

    ``market`` is the market that was solved, with everybody who keeps a place pinned, and
    ``plan`` its plan. ``offers`` are the places newly given to people who had none, ``moves``
    the changes of people who hold one.
    """

    market: Market
    plan: Plan
    offers: tuple[Placed, ...]
    moves: tuple[dict[str, str | None], ...]


def cascade(
    market: Market,
    plan: Plan,
    gone: Iterable[str] = (),
    movable: Iterable[str] = (),
    refused: Iterable[Pair] = (),
) -> Cascade:
    """Give freed places again under the market's policy.

    Parameters
    ----------
    market : Market
        That of the round.
    plan : Plan
        Who holds which place now, or held it until now; of this market.
    gone : iterable of str
        People who said no, did not answer or left: their places are free and they are not asked
        again.
    movable : iterable of str
        People whose place is not confirmed and who may be given another, if more people are
        placed by it. Everybody else in the plan keeps their place.
    refused : iterable of (candidate, placement)
        Pairs that must not be tried again.

    Returns
    -------
    Cascade
        Everybody who held a place holds one still. Without side rules as many people as possible
        are placed, and of all ways to do so one that moves the fewest; who gets what is left
        follows the policy. Where a side rule stands against such a way, nobody is moved.

    Raises
    ------
    PlanError
        When the plan is of another market, or names somebody who is not in it.
    PolicyError
        When a place that somebody holds is not eligible.

    Examples
    --------
    >>> people = [{"id": n, "choices": ["shop"]} for n in ("ann", "bob")]
    >>> market = Market(people, [{"id": "shop"}], {"travel": "none", "only_ranked": True})
    >>> plan = solve(market)
    >>> holder = plan.assignments[0].candidate
    >>> [offer.placement for offer in cascade(market, plan, gone=[holder]).offers]
    ['shop']
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("cascade: the plan was made for another market")
    left, free = set(gone), set(movable)
    for name in sorted(left | free):
        if name not in market.row_of:
            raise PlanError(f"cascade: {name} is not in the market")
    held = {one: at for one, at in plan.placement_of.items() if one not in left}
    line = _in_line(market, left, refused)
    kept = {one: at for one, at in held.items() if one not in free}
    other, again = _give(line, held, kept)
    return Cascade(
        other,
        again,
        tuple(placed for placed in again.assignments if placed.candidate not in held),
        tuple(move for move in list_changes(plan, again) if move["candidate"] in held),
    )


def _in_line(market: Market, left: Collection[str], refused: Iterable[Pair]) -> Market:
    """The market without the people who are out, and with the pairs that must not be."""
    barred = tuple(dict.fromkeys([*market.policy.forbidden, *refused]))
    policy = dataclasses.replace(market.policy, pins=(), forbidden=barred)
    people = [person for person in market.candidates if person.id not in left]
    rest = (policy, market.host_caps, market.travel, market.lottery)
    return Market(people, market.placements, *rest)


def _give(line: Market, held: Places, kept: Places) -> tuple[Market, Plan]:
    """Solve with those pinned who need not move; where that fits no side rule, with everybody."""
    if len(kept) < len(held):
        best = _fewest_moves(line, held, kept)
        stay = {one: at for one, at in held.items() if best.get(one) == at}
        for pins in (stay, {one: best[one] for one in held}):
            with contextlib.suppress(PolicyError):
                other, again = _solved(line, pins)
                if set(held) <= set(again.placement_of):
                    return other, again
    return _solved(line, held)


def _solved(line: Market, pins: Places) -> tuple[Market, Plan]:
    policy = dataclasses.replace(line.policy, pins=tuple(sorted(pins.items())))
    other = line.with_policy(policy)
    return other, solve(other)


def _fewest_moves(line: Market, held: Places, kept: Places) -> Places:
    """Most placed, everybody who holds a place among them, then the fewest moves."""
    edges = eligible_edges(line)
    rows, cols = edges.rows.astype(np.int64), edges.cols.astype(np.int64)
    home = np.full(len(line.candidates), -1, dtype=np.int64)
    for one, at in held.items():
        home[line.row_of[one]] = line.col_of[at]
    pinned = np.zeros(len(home), dtype=bool)
    pinned[[line.row_of[one] for one in kept]] = True
    stays = cols == home[rows]
    keep = ~pinned[rows] | stays
    holds = home[rows] >= 0
    costs = ((holds & ~stays) - (len(home) + 1) * holds.astype(np.int64))[keep]
    answer = assign(rows[keep], cols[keep], costs, line.capacities, len(home))
    ids = line.placements.ids.tolist()
    found = zip(line.row_of, answer.match.tolist(), strict=True)
    return {name: ids[col] for name, col in found if col >= 0}

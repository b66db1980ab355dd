"""The independent checker: a market and a plan in, a list of what is false out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from matching.checking.bound import check_bound
from matching.checking.claims import Unreadable, read_claims, read_reasons
from matching.checking.eligible import SecondLook, all_facts
from matching.checking.lines import Waiting
from matching.checking.methods import check_method
from matching.checking.placed import check_distances, check_journeys, check_placed, level_sums
from matching.checking.prices import Proof, Tally
from matching.checking.reasons import check_reasons
from matching.checking.rules import Case, check_closed, check_kept, check_rules
from matching.columnar.columns import Ints
from matching.market import Market
from matching.plan import Plan

METHODS = {
    "optimal": {"exact": "assignment by prices", "bound": "prices and branching"},
    "stable": {"none": "deferred acceptance"},
    "serial": {"none": "serial dictatorship"},
    "nearest": {"none": "greedy by travel time"},
}


def verify(market: Market, plan: Plan) -> list[str]:
    """Say everything that is false in a plan; an empty list is a pass.

    Parameters
    ----------
    market : Market
    plan : Plan

    Returns
    -------
    list of str
        One sentence a violation: places, side rules, eligibility, travel, pins; each person once,
        with a place or a true reason; lines for freed places; the proof of ``optimal`` and that
        ties fell as the rule says; what the other mechanisms promise; every total.

    Notes
    -----
    Eligibility and travel are worked out again for every pair within reach, in blocks of arrays,
    with no code of the solver: nearby pairs by squares of a map, O(pairs within reach). Kilometres
    of placed pairs are held to the geodesic within 0.6 %: all of them up to 20,000, above that
    the 4,000 of the lowest lottery numbers.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> verify(market, solve(market))
    []
    """
    if plan.market_sha256 != market.sha256:
        return ["the plan was made for another market"]
    if plan.mechanism != market.policy.mechanism:
        return [f"the plan says {plan.mechanism}, the policy {market.policy.mechanism}"]
    try:
        return list(_faults(market, plan))
    except Unreadable as wrong:
        return [str(wrong)]


def _faults(market: Market, plan: Plan) -> Iterator[str]:
    """Everything false; what needs sound assignments is looked at only when they are."""
    claims = read_claims(market, plan)
    if (claims.rows < 0).any() or (claims.cols < 0).any():
        yield "someone is placed who is not in the market, or where it has no placement"
        return
    check = _Check(market, plan)
    found = [*check_placed(check.look, claims, check.pinned)]
    check.match[claims.rows] = claims.cols
    found += check_rules(market, check.match)
    yield from found
    if found:
        return
    yield from check.method()
    yield from check.everyone()
    yield from check.totals(claims)
    yield from check_distances(market, claims)
    yield from check_journeys(market, claims)


class _Check:
    """One plan against its market seen again."""

    def __init__(self, market: Market, plan: Plan) -> None:
        self.market, self.plan = market, plan
        self.look = SecondLook(market)
        self.match = np.full(len(market.candidates), -1, dtype=np.int64)
        self.pinned = {market.row_of[c]: market.col_of[p] for c, p in market.policy.pins}
        self.kind = plan.certificate.get("kind")

    def method(self) -> Iterator[str]:
        """The kind of proof and the name of the method fit the mechanism."""
        names = METHODS[self.plan.mechanism]
        if self.kind not in names:
            yield f"a proof of kind {self.kind!r} is not enough for {self.plan.mechanism}"
        elif self.plan.method != names[self.kind]:
            yield f"the method is {self.plan.method!r}, should be {names[self.kind]!r}"
        if self.kind != "exact" and self.plan.prices:
            yield "prices are given that prove nothing"
        if self.kind == "none" and not set(self.plan.certificate) <= {"kind", "closed"}:
            yield "the certificate has other fields than it should"

    def everyone(self) -> Iterator[str]:
        """Go through all pairs once: the proof, the lines, and what is open to each person."""
        proof = None
        if self.kind == "exact":
            proof = Proof(self.look, self.plan, self.match, self.pinned)
        waiting = Waiting(self.look, self.plan, self.match)
        open_to = np.zeros(len(self.match), dtype=np.int64)
        longest, tallies, counts = 0, [], []
        for seen, most, tally, line in self._blocks(proof, waiting):
            np.add.at(open_to, *seen)
            longest = max(longest, most)
            tallies += [tally] if tally else []
            counts.append(line)
        yield from waiting.result(counts)
        yield from check_reasons(
            self.look, read_reasons(self.market, self.plan), self.match, open_to
        )
        if proof:
            yield from proof.result(tallies, longest)
            self.proof = proof
        yield from self._promise()

    def _blocks(self, proof: Proof | None, waiting: Waiting) -> Iterator[Any]:
        """Each block of pairs, two at a time where there are two processors."""
        pinned = np.array(sorted(self.pinned), dtype=np.int64)

        def work(block: list[Ints]) -> tuple[Any, int, Tally | None, Any]:
            facts, _ = self.look.eligible(*self.look.pairs(block))
            free = facts.levels["travel"]
            if len(pinned):
                free = free[~np.isin(facts.rows, pinned)]
            seen = _runs(facts.rows)
            tally = proof.block(facts) if proof else None
            return seen, int(free.max(initial=0)), tally, waiting.block(facts)

        blocks = list(self.look.blocks())
        if len(blocks) < 2:
            yield from map(work, blocks)
            return
        with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
            yield from pool.map(work, blocks)

    def _promise(self) -> Iterator[str]:
        """What needs all pairs at once: other mechanisms, and plans under side rules."""
        proof = self.plan.certificate
        if self.kind == "exact":
            nothing = np.zeros(0, dtype=np.int64)
            case = Case(self.market, nothing, nothing, {}, self.match, self.pinned)
            yield from check_kept(case)
            yield from check_closed(case, proof.get("closed"))
            return
        facts = all_facts(self.market)
        free = np.flatnonzero(~np.isin(facts.rows, list(self.pinned)))
        levels = {name: level[free] for name, level in facts.levels.items()}
        case = Case(
            self.market, facts.rows[free], facts.cols[free], levels, self.match, self.pinned
        )
        if self.plan.mechanism != "optimal":
            yield from check_method(case, proof)
        elif self.kind == "bound":
            yield from check_bound(case, self.look.drawn, proof)
            yield from check_closed(case, proof.get("closed"))

    def totals(self, claims: Any) -> Iterator[str]:
        """The totals beside the plan, and the total of its proof."""
        free = np.flatnonzero(~np.isin(claims.rows, list(self.pinned)))
        sums = level_sums(self.look, claims, free)
        right = {"placed": len(claims.rows), "people": len(self.match), **sums}
        if self.plan.totals != right:
            yield "the totals are not those of the plan"
        if self.kind == "exact":
            yield from self.proof.total_cost(sums)


def _runs(rows: Ints) -> tuple[Ints, Ints]:
    """The value of each run of equal ones, and how long it is."""
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]][: len(rows)])
    return rows[starts], np.diff(np.r_[starts, len(rows)])

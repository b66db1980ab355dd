"""The independent checker: a market and a plan in, a list of what is false out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from geopy.distance import geodesic

from matching.certify import certify
from matching.market import Ints, Market
from matching.plan import Placed, Plan
from matching.recheck import Facts, all_facts, drawn_number
from matching.recheck_bound import check_bound
from matching.recheck_methods import check_method
from matching.recheck_rules import Case, check_closed, check_kept, check_rules, counted_places
from matching.records import MODES

GEODESIC_SHARE = 0.006
GEODESIC_MOST = 20_000


def verify(market: Market, plan: Plan) -> list[str]:
    """Say everything that is false in a plan; an empty list is a pass.

    Parameters
    ----------
    market : Market
    plan : Plan

    Returns
    -------
    list of str
        One sentence a violation: places, eligibility, travel, pins and caps; each person once;
        the certificate of ``optimal``; no blocking pair under the other mechanisms.

    Notes
    -----
    Eligibility and travel are worked out again for every pair, O(N × M), with no code of the
    solver. Kilometres of placed pairs are held to the geodesic within 0.6 %: all of them up to
    20,000, above that those of the lowest lottery numbers.

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
    unknown = list(_unknown_records(market, plan))
    if unknown:
        return unknown
    facts = all_facts(market)
    check = _Check(market, plan, facts)
    found = [*check.people(), *check.places(), *check.pairs(), *check.lines()]
    return found or [*check.distances(), *check.optimum()]


def _unknown_records(market: Market, plan: Plan) -> Iterator[str]:
    for placed in plan.assignments:
        if placed.candidate not in market.row_of:
            yield f"{placed.candidate} is not in the market"
        if placed.placement not in market.col_of:
            yield f"{placed.placement} is not in the market"
    for person in plan.reasons:
        if person not in market.row_of:
            yield f"{person} has a reason but is not in the market"


class _Check:
    """One plan against the facts of its market."""

    def __init__(self, market: Market, plan: Plan, facts: Facts) -> None:
        self.market, self.plan, self.facts = market, plan, facts
        self.edge_of = {
            pair: at
            for at, pair in enumerate(zip(facts.rows.tolist(), facts.cols.tolist(), strict=True))
        }
        self.match = np.full(len(market.candidates), -1, dtype=np.int64)
        for placed in plan.assignments:
            self.match[market.row_of[placed.candidate]] = market.col_of[placed.placement]
        self.pinned = {market.row_of[c]: market.col_of[p] for c, p in market.policy.pins}

    def people(self) -> Iterator[str]:
        """Each person is placed once or has one reason; pins are kept."""
        times = Counter(placed.candidate for placed in self.plan.assignments)
        for person, count in times.items():
            if count > 1:
                yield f"{person} is placed {count} times"
            if person in self.plan.reasons:
                yield f"{person} is placed and has a reason for not being placed"
        for candidate in self.market.candidates:
            if not times[candidate.id] and candidate.id not in self.plan.reasons:
                yield f"{candidate.id} is neither placed nor given a reason"
        for row, col in self.pinned.items():
            if self.match[row] != col:
                yield f"{self.market.candidates[row].id} is pinned but not kept there"

    def places(self) -> Iterator[str]:
        """Places, least groups, employers' caps and shares hold."""
        yield from check_rules(self.market, self.match)

    def pairs(self) -> Iterator[str]:
        """Every placed pair is eligible, and its figures are right."""
        for placed in self.plan.assignments:
            row, col = self.market.row_of[placed.candidate], self.market.col_of[placed.placement]
            if (row, col) not in self.edge_of:
                yield f"{placed.candidate} at {placed.placement} is not an eligible pair"
                continue
            yield from self._figures(placed, self.edge_of[row, col], row in self.pinned)

    def _figures(self, placed: Placed, edge: int, pinned: bool) -> Iterator[str]:
        facts, name = self.facts, f"{placed.candidate} at {placed.placement}"
        level = int(facts.levels["choice"][edge])
        expected: dict[str, Any] = {"choice": level + 1 if level < 6 else None, "pinned": pinned}
        if self.market.policy.travel == "none":
            expected |= {"minutes_there": -1, "minutes_back": -1, "metres": -1, "mode": None}
        else:
            expected |= {
                "minutes_there": int(facts.there[edge]),
                "minutes_back": int(facts.back[edge]),
                "mode": MODES[int(facts.mode[edge])],
                "estimate": True,
            }
            if abs(placed.metres - int(facts.metres[edge])) > 1:
                yield f"{name}: {placed.metres} metres, should be {int(facts.metres[edge])}"
        for field, right in expected.items():
            if getattr(placed, field) != right:
                yield f"{name}: {field} is {getattr(placed, field)!r}, should be {right!r}"

    def lines(self) -> Iterator[str]:
        """Reserves wait for places they could take; reasons count what is open to a person."""
        for placement, line in self.plan.reserves.items():
            for person in line:
                pair = self.market.row_of.get(person, -1), self.market.col_of.get(placement, -1)
                if pair not in self.edge_of or self.match[pair[0]] >= 0:
                    yield f"{person} cannot be in line for {placement}"
        open_to = np.bincount(self.facts.rows, minlength=len(self.match))
        for person, reason in self.plan.reasons.items():
            count = int(open_to[self.market.row_of[person]])
            code = "places_taken" if count else "no_eligible_place"
            if reason.get("code") != code or reason.get("eligible") != count:
                yield f"{person}: the reason is {reason.get('code')}, should be {code} of {count}"
        if self.plan.totals.get("placed") != len(self.plan.assignments):
            yield "the total of people placed does not fit the assignments"

    def distances(self) -> Iterator[str]:
        """Kilometres against the geodesic on the ellipsoid."""
        market = self.market
        if market.policy.travel == "none" or hasattr(market.travel, "pairs"):
            return
        sample = sorted(self.plan.assignments, key=lambda a: drawn_number(market, a.candidate))
        for placed in sample[:GEODESIC_MOST]:
            home = self.market.homes[self.market.row_of[placed.candidate]]
            site = self.market.sites[self.market.col_of[placed.placement]]
            metres = geodesic(home, site).meters
            if abs(placed.metres - metres) > 0.5 + GEODESIC_SHARE * metres:
                yield (
                    f"{placed.candidate} at {placed.placement}: {placed.km:.3f} km, "
                    f"the geodesic is {metres / 1000:.3f} km"
                )

    def optimum(self) -> Iterator[str]:
        """The promise of the mechanism."""
        proof = self.plan.certificate
        if self.plan.mechanism != "optimal":
            yield from check_method(self._case(), proof)
        elif proof.get("kind") == "exact":
            yield from self._certificate()
            yield from check_kept(self._case())
            yield from check_closed(self._case(), proof.get("closed"))
        elif proof.get("kind") == "bound":
            yield from check_bound(self._case(), self._drawn(), proof)
            yield from check_closed(self._case(), proof.get("closed"))
        else:
            yield f"a proof of kind {proof.get('kind')!r} is not enough for the optimal mechanism"

    def _case(self) -> Case:
        keep, levels = self._free_pairs()
        rows, cols = self.facts.rows[keep], self.facts.cols[keep]
        return Case(self.market, rows, cols, levels, self.match, self.pinned)

    def _drawn(self) -> npt.NDArray[np.uint64]:
        drawn = [drawn_number(self.market, c.id) for c in self.market.candidates]
        return np.array(drawn, dtype=np.uint64)

    def _free_pairs(self) -> tuple[Ints, dict[str, Ints]]:
        keep = np.flatnonzero(~np.isin(self.facts.rows, list(self.pinned)))
        return keep, {name: level[keep] for name, level in self.facts.levels.items()}

    def _capacities(self) -> Ints:
        places = [counted_places(self.market, at) for at in range(len(self.market.placements))]
        left = np.array(places, dtype=np.int64)
        for col in self.pinned.values():
            left[col] -= 1
        return left

    def _certificate(self) -> Iterator[str]:
        proof, prices = self.plan.certificate, self.plan.prices
        keep, levels = self._free_pairs()
        rows, cols = self.facts.rows[keep], self.facts.cols[keep]
        bits = int(proof.get("lottery_bits", -1))
        weights = proof.get("weights", {})
        if not 0 <= bits <= 64 or set(weights) != set(self.market.policy.objectives):
            yield "the certificate does not weigh the policy's objectives"
            return
        drawn = [drawn_number(self.market, c.id) >> (64 - bits) for c in self.market.candidates]
        levels["lottery"] = np.array(drawn, dtype=np.int64)[rows]
        capacities = self._capacities()
        most = min(len(self.match), int(capacities.sum()) + len(self.pinned))
        costs, below = np.zeros(len(rows), dtype=np.int64), 0
        for tier in reversed(self.market.policy.tiers):
            one = weights[tier[0][0]] // tier[0][1]
            if one <= below or any(weights[name] != one * times for name, times in tier):
                yield f"the weight of {tier[0][0]} does not outweigh what comes after it"
            for name, _ in tier:
                costs += weights[name] * levels[name]
                along = 1 if name in ("priority", "lottery") else most
                below += along * int(levels[name].max(initial=0)) * int(weights[name])
        match = self.match.copy()
        match[list(self.pinned)] = -1
        people, places = prices.get("candidate", {}), prices.get("placement", {})
        try:
            u = np.array([people[c.id] for c in self.market.candidates], dtype=np.int64)
            v = np.array([places[p.id] for p in self.market.placements], dtype=np.int64)
        except (KeyError, OverflowError):
            yield "the prices do not cover the market"
            return
        yield from certify(rows, cols, costs, capacities, match, u, v, proof["outside_price"])

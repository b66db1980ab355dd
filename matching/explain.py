"""The receipt: why this place or none, and what stood in the way of each choice above it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from matching.costs import choice_levels, priority_levels
from matching.edges import Edges
from matching.eligibility import Refusal, refusals
from matching.errors import PlanError
from matching.market import Ints, Market
from matching.plan import Placed, Plan
from matching.records import Candidate, Placement
from matching.travel import Journeys, straight_line

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
CONTENT = {
    "nearest": "shorter journeys came first",
    "serial": "people earlier in the lottery chose",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """One person's explanation.

    ``because`` says why they are where they are; ``not_these`` has one entry for each choice
    they would rather have had: ``placement``, ``choice``, ``rule``, ``fact`` and ``words``.
    ``estimate`` says that travel times are estimates.
    """

    candidate: str
    placement: str | None
    because: tuple[str, ...]
    not_these: tuple[dict[str, Any], ...]
    estimate: bool

    def to_dict(self) -> dict[str, Any]:
        """The receipt as plain values."""
        return {
            "candidate": self.candidate,
            "placement": self.placement,
            "because": list(self.because),
            "not_these": [dict(entry) for entry in self.not_these],
            "estimate": self.estimate,
        }


def explain(market: Market, plan: Plan, candidate_id: str) -> Receipt:
    """Explain one person's result in plain words, each with the rule and fact behind it.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    candidate_id : str

    Returns
    -------
    Receipt

    Raises
    ------
    PlanError
        When the plan is of another market or the person is not in it.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> explain(market, solve(market), "ann").because
    ('This is your first choice.',)
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("explain: the plan was made for another market")
    if candidate_id not in market.row_of:
        raise PlanError(f"explain: {candidate_id} is not in the market")
    case = _Case(market, plan, candidate_id)
    placed = next((a for a in plan.assignments if a.candidate == candidate_id), None)
    because = _why_here(placed) if placed else _why_none(plan.reasons[candidate_id])
    return Receipt(
        candidate_id,
        placed.placement if placed else None,
        because,
        tuple(case.higher(placed)),
        market.policy.travel != "none",
    )


def _why_here(placed: Placed) -> tuple[str, ...]:
    if placed.pinned:
        words = ["Staff kept this place for you."]
    elif placed.choice:
        words = [f"This is your {ORDINALS[placed.choice - 1]} choice."]
    else:
        words = ["You can reach this place and you meet everything it asks for."]
    if placed.minutes_there >= 0:
        longer = max(placed.minutes_there, placed.minutes_back)
        words.append(f"The journey takes about {longer} minutes by {placed.mode} (an estimate).")
    return tuple(words)


def _why_none(reason: dict[str, Any]) -> tuple[str, ...]:
    if reason["code"] == "places_taken":
        many = reason["eligible"]
        noun = "placement was" if many == 1 else "placements were"
        return (f"{many} {noun} right for you, and every place went to someone else this time.",)
    facts = sorted(reason.get("refused", {}).items(), key=lambda item: (-item[1], item[0]))
    return (
        "No placement in this round was right for you yet.",
        *(f"{count}: {SHORT[Refusal[name.upper()]]}." for name, count in facts),
    )


class _Case:
    """One person against the placements of the market."""

    def __init__(self, market: Market, plan: Plan, candidate_id: str) -> None:
        self.market, self.plan = market, plan
        self.row = market.row_of[candidate_id]
        self.person: Candidate = market.candidates[self.row]

    def higher(self, placed: Placed | None) -> list[dict[str, Any]]:
        """Each ranked choice above what they have, and what stood in the way."""
        below = placed.choice - 1 if placed and placed.choice else len(self.person.choices)
        return [
            self._against(rank, self.market.placements[self.market.col_of[choice]])
            if choice in self.market.col_of
            else self._entry(rank, choice, "GONE", None, "It is not in this round.")
            for rank, choice in enumerate(self.person.choices[:below])
        ]

    def _entry(self, rank: int, name: str, rule: str, fact: Any, words: str) -> dict[str, Any]:
        return {"placement": name, "choice": rank + 1, "rule": rule, "fact": fact, "words": words}

    def _against(self, rank: int, place: Placement) -> dict[str, Any]:
        rows = np.array([self.row], dtype=np.int64)
        cols = np.array([self.market.col_of[place.id]], dtype=np.int64)
        journeys = straight_line(self.market, rows, cols)
        bits = int(refusals(self.market, rows, cols, journeys)[0])
        if not bits:
            return self._taken(rank, place, journeys)
        rule = next(r for r in Refusal if bits & r)
        fact = self._fact(rule, place, journeys)
        words = WORDS[rule].format(fact=fact, limit=self.person.max_minutes)
        return self._entry(rank, place.id, str(rule.name), fact, words)

    def _fact(self, rule: Refusal, place: Placement, journeys: Journeys) -> Any:
        if rule is Refusal.AGE:
            return place.min_age
        if rule is Refusal.NEEDS:
            return ", ".join(sorted(set(place.needs) - set(self.person.has))).replace("_", " ")
        if rule is Refusal.TRAVEL_TOO_LONG:
            return int(max(journeys.there[0], journeys.back[0]))
        if rule is Refusal.DATES:
            return f"{place.start_from or 'any day'} to {place.start_to or 'any day'}"
        return None

    def _taken(self, rank: int, place: Placement, journeys: Journeys) -> dict[str, Any]:
        """Eligible but not given: its people, and the first objective on which they come first."""
        holders = [a.candidate for a in self.plan.assignments if a.placement == place.id]
        cap = self.market.host_caps.get(place.employer)
        if len(holders) < place.capacity:
            if cap is not None:
                words = f"{place.employer} can take {cap} people in all, and has them."
                return self._entry(rank, place.id, "HOST_CAP", cap, words)
            words = f"It kept a place free: {CONTENT.get(self.plan.mechanism, FEWER)}."
            return self._entry(rank, place.id, "FREE", place.capacity - len(holders), words)
        fact = {"places": place.capacity, **self._ahead(holders, place, journeys)}
        noun = "place" if place.capacity == 1 else "places"
        words = f"It had {place.capacity} {noun} and they went to other people. {self._rule()}"
        return self._entry(rank, place.id, "TAKEN", fact, words)

    def _ahead(
        self, holders: list[str], place: Placement, journeys: Journeys
    ) -> dict[str, dict[str, list[int] | int]]:
        """Your level and theirs, by objective, lower first: what a check can recompute."""
        rows = np.array([self.row, *(self.market.row_of[h] for h in holders)], dtype=np.int64)
        cols = np.full(len(rows), self.market.col_of[place.id], dtype=np.int64)
        trips = straight_line(self.market, rows, cols)
        ranks = [
            c.choices.index(place.id) if place.id in c.choices else -1
            for c in (self.market.candidates[int(r)] for r in rows)
        ]
        nil: Ints = np.zeros(len(rows), dtype=np.int64)
        edges = Edges(
            rows, cols, trips.there, trips.back, nil, nil, np.array(ranks, dtype=np.int64)
        )
        levels = {
            "priority": priority_levels(self.market)[rows],
            "choice": choice_levels(self.market, edges),
            "travel": np.maximum(trips.there, trips.back),
        }
        return {
            name: {"you": int(level[0]), "them": sorted(level[1:].tolist())}
            for name, level in levels.items()
        }

    def _rule(self) -> str:
        return RULES.get(self.plan.mechanism, "")


FEWER = "giving it to you would have left fewer people placed, or a worse result by the rules"
RULES = {
    "optimal": "We place as many people as we can, then follow the order set for this round.",
    "stable": "The order set for this placement put them first.",
    "serial": "The lottery order decided who chose first.",
    "nearest": "The shortest journeys came first.",
}
SHORT = {
    Refusal.AGE: "you are not old enough yet, or we do not know your age",
    Refusal.NEEDS: "needs something you have not told us you have",
    Refusal.HOURS: "has shifts outside the times you gave",
    Refusal.DATES: "starts on dates you cannot",
    Refusal.NEVER: "you asked us not to suggest it",
    Refusal.FULL: "has no free place",
    Refusal.FORBIDDEN: "staff ruled out this pair",
    Refusal.UNRANKED: "is not one of your choices",
    Refusal.TRAVEL_UNKNOWN: "we could not work out the journey",
    Refusal.TRAVEL_NO_SERVICE: "no way of travelling you can use runs for every shift",
    Refusal.TRAVEL_TOO_LONG: "the journey is longer than your limit",
}
WORDS = {
    Refusal.AGE: "You need to be {fact} or over on the first day.",
    Refusal.NEEDS: "It needs: {fact}.",
    Refusal.HOURS: "Its shifts are outside the times you gave.",
    Refusal.DATES: "It starts {fact}, which does not fit your dates.",
    Refusal.NEVER: "You asked us not to suggest it.",
    Refusal.FULL: "It has no free place.",
    Refusal.FORBIDDEN: "Staff ruled out this pair.",
    Refusal.UNRANKED: "It is not one of your choices.",
    Refusal.TRAVEL_UNKNOWN: "We could not work out the journey.",
    Refusal.TRAVEL_NO_SERVICE: "No way of travelling you can use runs for every shift.",
    Refusal.TRAVEL_TOO_LONG: "The journey takes about {fact} minutes and your limit is {limit}.",
}

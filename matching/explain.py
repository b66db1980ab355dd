"""The receipt: why this place or none, and what stood in the way of each choice above it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from matching import words
from matching.costs import choice_levels, priority_levels
from matching.edges import Edges
from matching.eligibility import Refusal, choice_ranks, refusals
from matching.errors import PlanError
from matching.marginal import who_gets_one_more
from matching.market import Ints, Market
from matching.plan import Placed, Plan
from matching.records import Candidate, Placement
from matching.travel import Journeys, journeys

CONTENT = {
    "nearest": "shorter journeys came first",
    "serial": "people earlier in the lottery chose",
}
FEWER = "giving it to you would have left fewer people with a place, or gone against the rules"
RULES = {
    "optimal": "We find places for as many people as we can, then follow this round's rules.",
    "stable": "The order set for this placement put them first.",
    "serial": "The lottery order decided who chose first.",
    "nearest": "The shortest journeys came first.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """One person's explanation.

    ``because`` says why they are where they are; ``not_these`` has one entry for each choice
    they would rather have had: ``placement``, ``choice``, ``rule``, ``fact`` and ``words``.
    ``changes`` says what would have changed it: ``placement``, ``rule``, ``fact`` and ``words``,
    in which ``{place}`` stands for the name of the placement. ``estimate`` says that travel
    times are estimates.
    """

    candidate: str
    placement: str | None
    because: tuple[str, ...]
    not_these: tuple[dict[str, Any], ...]
    estimate: bool
    changes: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The receipt as plain values."""
        return {
            "candidate": self.candidate,
            "placement": self.placement,
            "because": list(self.because),
            "not_these": [dict(entry) for entry in self.not_these],
            "estimate": self.estimate,
            "changes": [dict(entry) for entry in self.changes],
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
    return explain_all(market, plan, (candidate_id,))[candidate_id]


def explain_all(
    market: Market, plan: Plan, candidate_ids: Iterable[str] | None = None
) -> dict[str, Receipt]:
    """Explain everyone of a market, or those named, in one go over arrays of pairs.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    candidate_ids : iterable of str, optional

    Returns
    -------
    dict of str to Receipt

    Raises
    ------
    PlanError
        When the plan is of another market or a person is not in it.
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("explain: the plan was made for another market")
    names = [c.id for c in market.candidates] if candidate_ids is None else list(candidate_ids)
    unknown = [name for name in names if name not in market.row_of]
    if unknown:
        raise PlanError(f"explain: {unknown[0]} is not in the market")
    placed = {a.candidate: a for a in plan.assignments}
    wishes = _Wishes(market, plan, [(name, placed.get(name)) for name in names])
    return {name: wishes.receipt(name, placed.get(name)) for name in names}


def _why_here(placed: Placed) -> tuple[str, ...]:
    if placed.pinned:
        said = ["Staff kept this place for you."]
    elif placed.choice:
        said = [f"This is your {words.ORDINALS[placed.choice - 1]} choice."]
    else:
        said = ["You can get there, and you meet everything it asks for."]
    if placed.minutes_there >= 0:
        said.append(words.journey(max(placed.minutes_there, placed.minutes_back), placed.mode))
    return tuple(said)


def _why_none(reason: dict[str, Any]) -> tuple[str, ...]:
    if reason["code"] == "places_taken":
        many = reason["eligible"]
        were = "1 placement was" if many == 1 else f"{many} placements were"
        return (f"{were} right for you. This time all their places went to other people.",)
    facts = sorted(reason.get("refused", {}).items(), key=lambda item: (-item[1], item[0]))
    return (
        "No placement in this round was right for you yet.",
        *(
            f"{count} {'placement' if count == 1 else 'placements'}: "
            f"{words.REFUSED_MANY[name.upper()]}."
            for name, count in facts
        ),
    )


class _Wishes:
    """The ranked choices above what each person has, as arrays of pairs, refused or not."""

    def __init__(self, market: Market, plan: Plan, people: list[tuple[str, Placed | None]]) -> None:
        self.market, self.plan = market, plan
        pairs = [
            (market.row_of[name], market.col_of[choice])
            for name, placed in people
            for _, choice in self._above(name, placed)
            if choice in market.col_of
        ]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        rows, cols = table[:, 0], table[:, 1]
        self.at = {pair: i for i, pair in enumerate(pairs)}
        self.trips = journeys(market, rows, cols)
        self.bits = refusals(market, rows, cols, self.trips).tolist()
        self.mine = _levels(market, rows, cols, self.trips)
        self.theirs = self._holders()
        self.one_more = who_gets_one_more(market, plan)

    def _above(self, name: str, placed: Placed | None) -> list[tuple[int, str]]:
        choices = self.market.candidates[self.market.row_of[name]].choices
        below = placed.choice - 1 if placed and placed.choice else len(choices)
        return list(enumerate(choices[:below]))

    def _holders(self) -> dict[str, list[dict[str, int]]]:
        placed = self.plan.assignments
        rows = np.array([self.market.row_of[a.candidate] for a in placed], dtype=np.int64)
        cols = np.array([self.market.col_of[a.placement] for a in placed], dtype=np.int64)
        levels = _levels(self.market, rows, cols, journeys(self.market, rows, cols))
        held: dict[str, list[dict[str, int]]] = {}
        for at, one in enumerate(placed):
            of_one = {name: int(level[at]) for name, level in levels.items()}
            held.setdefault(one.placement, []).append(of_one)
        return held

    def receipt(self, name: str, placed: Placed | None) -> Receipt:
        """One person's receipt."""
        entries = [self._entry(name, rank, choice) for rank, choice in self._above(name, placed)]
        return Receipt(
            name,
            placed.placement if placed else None,
            _why_here(placed) if placed else _why_none(self.plan.reasons[name]),
            tuple(entries),
            self.market.policy.travel != "none",
            tuple(change for entry in entries for change in self._changes(name, entry)),
        )

    def _entry(self, name: str, rank: int, choice: str) -> dict[str, Any]:
        rule, fact, said = self._against(name, choice)
        return {"placement": choice, "choice": rank + 1, "rule": rule, "fact": fact, "words": said}

    def _against(self, name: str, choice: str) -> tuple[str, Any, str]:
        market = self.market
        if choice not in market.col_of:
            return "GONE", None, "It is not in this round."
        row, col = market.row_of[name], market.col_of[choice]
        at = self.at[row, col]
        if not self.bits[at]:
            return self._taken(at, market.placements[col])
        person = market.candidates[row]
        rule = next(r for r in Refusal if self.bits[at] & r)
        longer = int(max(self.trips.there[at], self.trips.back[at]))
        fact = refusal_fact(rule, person, market.placements[col], longer)
        return str(rule.name), fact, words.refused(str(rule.name), fact, person.max_minutes)

    def _taken(self, at: int, place: Placement) -> tuple[str, Any, str]:
        """Eligible but not given: its people, and the levels on which they come first."""
        holders = self.theirs.get(place.id, [])
        cap = self.market.host_caps.get(place.employer)
        if len(holders) < place.capacity:
            if cap is not None:
                return "HOST_CAP", cap, f"The employer can take {cap} people in all, and has them."
            said = f"It kept a place free: {CONTENT.get(self.plan.mechanism, FEWER)}."
            return "FREE", place.capacity - len(holders), said
        fact: dict[str, Any] = {"places": place.capacity}
        for name, level in self.mine.items():
            them = sorted(holder[name] for holder in holders)
            fact[name] = {"you": int(level[at]), "them": them}
        went = "place and it went to someone else."
        if place.capacity > 1:
            went = "places and they went to other people."
        rule = RULES.get(self.plan.mechanism, "")
        return "TAKEN", fact, f"It had {place.capacity} {went} {rule}"

    def _changes(self, name: str, entry: dict[str, Any]) -> list[dict[str, Any]]:
        """What alone would have opened this choice, or given it: checked, never guessed."""
        rule, place = entry["rule"], entry["placement"]
        if rule == "TAKEN" and self.one_more.get(place) == name:
            rule = "ONE_MORE"
        elif rule not in words.CHANGES or rule != self._only_rule(name, place):
            return []
        said = words.CHANGES[rule].replace("{fact}", str(entry["fact"]))
        fact = None if rule == "ONE_MORE" else entry["fact"]
        return [{"placement": place, "rule": rule, "fact": fact, "words": said}]

    def _only_rule(self, name: str, place: str) -> str | None:
        at = self.at[self.market.row_of[name], self.market.col_of[place]]
        return next((str(rule.name) for rule in Refusal if self.bits[at] == rule), None)


def refusal_fact(rule: Refusal, person: Candidate, place: Placement, longer: int) -> Any:
    """The fact behind a refusal, as its sentence says it."""
    if rule is Refusal.AGE:
        return place.min_age
    if rule is Refusal.NEEDS:
        return words.needs(set(place.needs) - set(person.has))
    if rule is Refusal.TRAVEL_TOO_LONG:
        return longer
    if rule is Refusal.DATES:
        return words.dates(place.start_from, place.start_to)
    return None


def _levels(market: Market, rows: Ints, cols: Ints, trips: Journeys) -> dict[str, Ints]:
    """Level of each pair by objective, lower first: what a check can recompute."""
    ranks = choice_ranks(market, rows, cols)
    figures = (trips.there, trips.back, trips.metres, trips.mode)
    edges = Edges(rows, cols, *figures, ranks, trips.estimate)
    return {
        "priority": priority_levels(market)[rows],
        "choice": choice_levels(market, edges),
        "travel": np.maximum(trips.there, trips.back),
    }

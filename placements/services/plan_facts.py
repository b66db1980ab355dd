"""What is worked out once about a plan, when it is made, and kept with it for its readers."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from matching import (
    Market,
    Plan,
    fairness,
    reach_table,
    worth_of_later_starts,
    worth_of_places,
)
from matching.fairness import wilson
from placements.domain.eligibility import age_on
from placements.domain.placement_rules import ADULT
from placements.extensions import db
from placements.models.candidates import Application, Candidate, EqualityAnswer
from placements.models.rounds import Round

MOST_LATER = 10
Groups = dict[str, dict[str, str]]
Facts = Figures = dict[str, Any]


def read_groups(round_: Round) -> Groups:
    """Return, for each question, the group of everyone of the region who has one, by reference.

    Age, home district, and what people chose to tell about themselves: no market reads them.
    """
    about = (Application.reference, Candidate.date_of_birth, Candidate.district)
    people = select(*about).join(Candidate, Candidate.id == Application.candidate_id)
    people = people.where(Application.region_id == round_.region_id)
    groups: Groups = {"age": {}, "home district": {}}
    for reference, born, district in db.session.execute(people):
        if born is not None:
            is_adult = age_on(born, round_.locks_at.date()) >= ADULT
            groups["age"][reference] = "18 and over" if is_adult else "under 18"
        if district:
            groups["home district"][reference] = district
    told = select(EqualityAnswer.question, Application.reference, EqualityAnswer.answer)
    told = told.join(Application, Application.candidate_id == EqualityAnswer.candidate_id)
    told = told.where(Application.region_id == round_.region_id)
    for question, reference, answer in db.session.execute(told.order_by(EqualityAnswer.question)):
        groups.setdefault(question, {})[reference] = answer
    return groups


def summarise(people: Iterable[Facts], policy: Facts, plan: Plan) -> Figures:
    """Return what the list of plans shows beside the counts of their rows."""
    wanted = set(policy.get("priority_groups", ()))
    first = {
        person["id"]
        for person in people
        if person["priority"] and (not wanted or wanted & set(person["priority"]))
    }
    return {
        "certificate": name_proof(plan.to_dict()["certificate"]),
        "n_priority": len(first),
        "n_priority_placed": len(first & plan.placement_of.keys()),
    }


def name_proof(certificate: dict[str, Any]) -> str:
    """Name what the proof shows; a bound without a gap is exact under the rules."""
    kind = str(certificate.get("kind", "none"))
    return "exact" if kind == "bound" and certificate.get("gap") == 0 else kind


def work_out(market: Market, plan: Plan, groups: Groups) -> Figures:
    """Return how groups did in a plan, and what one more and one fewer of each place would do."""
    return {**_describe_groups(market, plan, groups), **_describe_worth(market, plan)}


def _describe_groups(market: Market, plan: Plan, groups: Groups) -> Figures:
    """Describe groups as they may be shown, and as they are: numbers kept back are judged too."""
    sealed = {
        question: {name: answer for name, answer in answers.items() if name in market.row_of}
        for question, answers in groups.items()
    }
    sealed = {question: answers for question, answers in sealed.items() if answers}
    shown = fairness(market, plan, sealed).to_dict()["chosen"]
    truth = {
        question: _count_placed(answers, plan, shown["groups"][question])
        for question, answers in sealed.items()
    }
    return {"everyone": shown["everyone"], "groups": shown["groups"], "truth": truth}


def _count_placed(
    answers: dict[str, str], plan: Plan, named: dict[str, Any]
) -> dict[str, tuple[int, int, float, float]]:
    people = Counter(answers.values())
    placed = Counter(answers[name] for name in plan.placement_of if name in answers)
    return {
        group: (people[group], placed[group], *wilson(placed[group], people[group]))
        for group in named
        if people[group]
    }


def _describe_worth(market: Market, plan: Plan) -> Figures:
    reached = (reach_table(market) == 0).sum(axis=0)
    worth = [
        (
            one.placement,
            one.one_more.placed if one.one_more else None,
            one.one_more.objectives.get("choice") if one.one_more else None,
            one.one_fewer.placed if one.one_fewer else None,
            int(reached[market.col_of[one.placement]]),
        )
        for one in worth_of_places(market, plan).values()
    ]
    starts = {
        place.id: min(shift[1] for shift in place.shifts)
        for place in market.placements
        if place.shifts
    }
    early = sorted(starts, key=lambda name: (starts[name], name))[:MOST_LATER]
    later = worth_of_later_starts(market, plan, early)
    return {"worth": worth, "later": [(name, later.get(name)) for name in early]}

"""What a place is worth in a plan, and how groups of people did in it; authority only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matching import MatchingError, Worth, fairness, worth_of_later_starts, worth_of_places
from matching.fairness import wilson
from placements.domain.eligibility import age_on
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.fairness_gates import Gate, gate_percent, judge_groups
from placements.domain.permissions import Actor
from placements.domain.placement_rules import ADULT
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application, Candidate, EqualityAnswer
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round
from placements.services.plan_files import CHANGED, open_plan
from placements.services.reach import count_reaching_each
from placements.services.rounds import get_round
from placements.services.titles import GONE

LEAST = 5
STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)


@dataclass(frozen=True)
class PlaceWorth:
    """What the places of one placement are worth in a plan, exactly.

    `one_more_places` people more would have a place with one more there, `one_fewer_places`
    fewer with one fewer; None where only making another plan can tell. `one_more_choices` is how
    many steps of choice all people together would come up or down.
    """

    reference: str
    title: str
    employer_id: int | None
    district: str
    shifts: list
    n_reaching: int
    one_more_places: int | None
    one_more_choices: int | None
    one_fewer_places: int | None


def list_worth(actor: Actor, plan_id: int) -> list[PlaceWorth]:
    """List what one more and one fewer place would do, the most worth first; authority only."""
    market, plan = _open(actor, plan_id)
    found = worth_of_places(market, plan)
    wanted = select(Placement).where(Placement.reference.in_(found))
    about = joinedload(Placement.employer), joinedload(Placement.site)
    here = {one.reference: one for one in db.session.scalars(wanted.options(*about))}
    reaching = count_reaching_each(list(here.values()))
    lines = (_line(one, here.get(name), reaching) for name, one in found.items())
    return sorted(lines, key=_most_first)


def count_later_starts(
    actor: Actor, plan_id: int, references: Sequence[str]
) -> dict[str, int | None]:
    """Count how many more people would have a place if these started half an hour later, each."""
    market, plan = _open(actor, plan_id)
    known = [reference for reference in references if reference in market.col_of]
    return worth_of_later_starts(market, plan, known)


def describe_fairness(actor: Actor, plan_id: int, mechanisms: Sequence[str] = ()) -> dict[str, Any]:
    """Describe how groups did in a plan, and would have under other mechanisms; authority only.

    Groups are age, home district, and what people chose to tell about themselves. They are joined
    here, by reference, after the plan is made: no market reads them. Counts below five are kept
    back, with those that would give them away.
    """
    round_, market, plan = _open_with_round(actor, plan_id)
    policies = [replace(market.policy, mechanism=name) for name in mechanisms]
    try:
        return fairness(market, plan, _read_groups(market, round_), policies).to_dict()
    except MatchingError as wrong:
        raise GuardRefused(f"Another mechanism cannot keep this round's rules: {wrong}") from wrong


def judge_plan(actor: Actor, plan_id: int) -> Gate:
    """Hold how groups did in a plan to the gate of its round; authority only."""
    round_, market, plan = _open_with_round(actor, plan_id)
    groups = _read_groups(market, round_)
    figures = fairness(market, plan, groups).to_dict()["chosen"]
    truth = {
        question: _count_placed(answers, plan, figures["groups"][question])
        for question, answers in groups.items()
    }
    return judge_groups(figures, truth, gate_percent(round_.policy))


def _count_placed(
    answers: dict[str, str], plan: Any, named: dict[str, Any]
) -> dict[str, tuple[int, int, float, float]]:
    people = Counter(answers.values())
    placed = Counter(answers[name] for name in plan.placement_of if name in answers)
    return {
        group: (people[group], placed[group], *wilson(placed[group], people[group]))
        for group in named
        if people[group]
    }


def _open(actor: Actor, plan_id: int) -> tuple[Any, Any]:
    return _open_with_round(actor, plan_id)[1:]


def _open_with_round(actor: Actor, plan_id: int) -> tuple[Round, Any, Any]:
    kept = db.session.get(Plan, plan_id)
    if actor.role not in STAFF or kept is None:
        raise NotFound("There is no such plan.")
    round_ = get_round(actor, kept.round_id)
    try:
        return round_, *open_plan(round_, kept)
    except MatchingError as wrong:
        raise GuardRefused(CHANGED) from wrong


def _read_groups(market: Any, round_: Round) -> dict[str, dict[str, str]]:
    """Return, for each question, the group of everyone in the market who has one."""
    about = (Application.reference, Candidate.date_of_birth, Candidate.district)
    people = select(*about).join(Candidate, Candidate.id == Application.candidate_id)
    people = people.where(Application.region_id == round_.region_id)
    groups: dict[str, dict[str, str]] = {"age": {}, "home district": {}}
    for reference, born, district in db.session.execute(people):
        if reference in market.row_of and born is not None:
            is_adult = age_on(born, round_.locks_at.date()) >= ADULT
            groups["age"][reference] = "18 and over" if is_adult else "under 18"
        if reference in market.row_of and district:
            groups["home district"][reference] = district
    told = select(EqualityAnswer.question, Application.reference, EqualityAnswer.answer)
    told = told.join(Application, Application.candidate_id == EqualityAnswer.candidate_id)
    for question, reference, answer in db.session.execute(told.order_by(EqualityAnswer.question)):
        if reference in market.row_of:
            groups.setdefault(question, {})[reference] = answer
    return groups


def _line(one: Worth, known: Placement | None, reaching: dict[int, int]) -> PlaceWorth:
    more, fewer = one.one_more, one.one_fewer
    return PlaceWorth(
        reference=one.placement,
        title=f"{known.title} at {known.employer.name}" if known else GONE,
        employer_id=known.employer_id if known else None,
        district=known.site.district if known and known.site else "",
        shifts=known.shifts if known else [],
        n_reaching=reaching.get(known.id, 0) if known else 0,
        one_more_places=more.placed if more else None,
        one_more_choices=more.objectives.get("choice") if more else None,
        one_fewer_places=fewer.placed if fewer else None,
    )


def _most_first(one: PlaceWorth) -> tuple[int, int, int, str]:
    more, choices = one.one_more_places or 0, one.one_more_choices or 0
    return (-more, choices, one.one_fewer_places or 0, one.reference)

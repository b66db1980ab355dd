"""What a place is worth in a plan, and how groups of people did in it; authority only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from matching import MatchingError, Worth, fairness, worth_of_later_starts, worth_of_places
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application, EqualityAnswer
from placements.models.rounds import Plan, Round
from placements.services.plan_files import CHANGED, open_plan
from placements.services.rounds import get_round
from placements.services.titles import find_titles

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
    one_more_places: int | None
    one_more_choices: int | None
    one_fewer_places: int | None


def list_worth(actor: Actor, plan_id: int) -> list[PlaceWorth]:
    """List what one more and one fewer place would do, the most worth first; authority only."""
    market, plan = _open(actor, plan_id)
    found = worth_of_places(market, plan)
    titles = find_titles(found)
    return sorted((_line(titles[name], one) for name, one in found.items()), key=_most_first)


def count_later_starts(
    actor: Actor, plan_id: int, references: Sequence[str]
) -> dict[str, int | None]:
    """Count how many more people would have a place if these started half an hour later, each."""
    market, plan = _open(actor, plan_id)
    known = [reference for reference in references if reference in market.col_of]
    return worth_of_later_starts(market, plan, known)


def describe_fairness(actor: Actor, plan_id: int, mechanisms: Sequence[str] = ()) -> dict[str, Any]:
    """Describe how groups did in a plan, and would have under other mechanisms; authority only.

    Groups are what people chose to tell about themselves. They are joined here, by reference,
    after the plan is made: nothing that decides a place ever reads them. Counts below five are
    kept back, with those that would give them away.
    """
    market, plan = _open(actor, plan_id)
    policies = [replace(market.policy, mechanism=name) for name in mechanisms]
    try:
        return fairness(market, plan, _read_groups(set(market.row_of)), policies).to_dict()
    except MatchingError as wrong:
        raise GuardRefused(f"Another mechanism cannot keep this round's rules: {wrong}") from wrong


def _open(actor: Actor, plan_id: int) -> tuple[Any, Any]:
    kept = db.session.get(Plan, plan_id)
    if actor.role not in STAFF or kept is None:
        raise NotFound("There is no such plan.")
    round_ = get_round(actor, kept.round_id)
    try:
        return open_plan(db.session.get_one(Round, round_.id), kept)
    except MatchingError as wrong:
        raise GuardRefused(CHANGED) from wrong


def _read_groups(references: set[str]) -> dict[str, dict[str, str]]:
    rows = select(EqualityAnswer.question, Application.reference, EqualityAnswer.answer).join(
        Application, Application.candidate_id == EqualityAnswer.candidate_id
    )
    groups: dict[str, dict[str, str]] = {}
    for question, reference, answer in db.session.execute(rows):
        if reference in references:
            groups.setdefault(question, {})[reference] = answer
    return dict(sorted(groups.items()))


def _line(title: str, one: Worth) -> PlaceWorth:
    more, fewer = one.one_more, one.one_fewer
    return PlaceWorth(
        reference=one.placement,
        title=title,
        one_more_places=more.placed if more else None,
        one_more_choices=more.objectives.get("choice") if more else None,
        one_fewer_places=fewer.placed if fewer else None,
    )


def _most_first(one: PlaceWorth) -> tuple[int, int, int, str]:
    more, choices = one.one_more_places or 0, one.one_more_choices or 0
    return (-more, choices, one.one_fewer_places or 0, one.reference)

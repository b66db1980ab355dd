"""What a place is worth in a plan, and how groups of people did in it; authority only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from matching import MatchingError
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.fairness_gates import Gate, gate_percent, judge_groups
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.employers import Employer, Site
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round
from placements.services.plan_facts import Figures, read_groups, work_out
from placements.services.plan_files import CHANGED, open_plan
from placements.services.rounds import get_round
from placements.services.titles import GONE

LEAST = 5
STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)


@dataclass(frozen=True)
class PlaceWorth:
    """What the places of one placement are worth in a plan, exactly.

    `one_more_places` people more would have a place with one more there, `one_fewer_places`
    fewer with one fewer; None where only making another plan can tell. `one_more_choices` is how
    many steps of choice all people together would come up or down. `n_reaching` counts those of
    the plan's people who could take it.
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
    worth = _read(actor, plan_id)["worth"]
    here = _find_places([reference for reference, *_ in worth])
    return sorted((_line(one, here.get(one[0])) for one in worth), key=_most_first)


def list_later_starts(actor: Actor, plan_id: int) -> list[tuple[str, int | None]]:
    """List how many more people would have a place if the earliest started half an hour later."""
    return [(reference, n) for reference, n in _read(actor, plan_id)["later"]]


def describe_groups(actor: Actor, plan_id: int) -> dict[str, Any]:
    """Describe how everyone and each group did in a plan, as it may be shown; authority only.

    Groups are age, home district, and what people chose to tell about themselves. They are joined
    by reference, after the plan is made: no market reads them. Counts below five are kept back,
    with those that would give them away.
    """
    figures = _read(actor, plan_id)
    return {"everyone": figures["everyone"], "groups": figures["groups"]}


def judge_plan(actor: Actor, plan_id: int, *, anew: bool = False) -> Gate:
    """Hold how groups did in a plan to the gate of its round; authority only.

    Who approves is held to what is worked out `anew`, not to what was kept with the plan.
    """
    round_, kept = _get(actor, plan_id)
    figures = _work_out(round_, kept) if anew else _figures_of(round_, kept)
    return judge_groups(figures, figures["truth"], gate_percent(round_.policy))


def judge_tried(round_: Round, figures: Figures) -> Gate:
    """Hold a plan that nobody keeps to the gate of its round, by what was worked out of it."""
    return judge_groups(figures, figures["truth"], gate_percent(round_.policy))


def _read(actor: Actor, plan_id: int) -> Figures:
    return _figures_of(*_get(actor, plan_id))


def _get(actor: Actor, plan_id: int) -> tuple[Round, Plan]:
    kept = db.session.get(Plan, plan_id)
    if actor.role not in STAFF or kept is None:
        raise NotFound("There is no such plan.")
    return get_round(actor, kept.round_id), kept


def _figures_of(round_: Round, kept: Plan) -> Figures:
    """Return what is kept with a plan; a plan of an older version is worked out again."""
    if kept.figures is not None and "worth" in kept.figures:
        return kept.figures
    return _work_out(round_, kept)


def _work_out(round_: Round, kept: Plan) -> Figures:
    try:
        market, plan = open_plan(round_, kept)
        return work_out(market, plan, read_groups(round_))
    except MatchingError as wrong:
        raise GuardRefused(CHANGED) from wrong


def _find_places(references: Collection[str]) -> dict[str, Row]:
    columns = (Placement.reference, Placement.title, Placement.employer_id, Placement.shifts)
    rows = select(*columns, Employer.name, Site.district).where(Placement.reference.in_(references))
    rows = rows.join(Employer, Placement.employer_id == Employer.id)
    rows = rows.outerjoin(Site, Placement.site_id == Site.id)
    return {row.reference: row for row in db.session.execute(rows)}


def _line(one: Sequence[Any], known: Row | None) -> PlaceWorth:
    reference, more, choices, fewer, n_reaching = one
    return PlaceWorth(
        reference=reference,
        title=f"{known.title} at {known.name}" if known else GONE,
        employer_id=known.employer_id if known else None,
        district=(known.district or "") if known else "",
        shifts=known.shifts if known else [],
        n_reaching=n_reaching,
        one_more_places=more,
        one_more_choices=choices,
        one_fewer_places=fewer,
    )


def _most_first(one: PlaceWorth) -> tuple[int, int, int, str]:
    more, choices = one.one_more_places or 0, one.one_more_choices or 0
    return (-more, choices, one.one_fewer_places or 0, one.reference)

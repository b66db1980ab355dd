"""The records behind each number of the funnel, by reference, and whether the numbers agree."""

from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from placements.domain.errors import NotFound
from placements.domain.funnel import JUDGED_STAGES, REACHED_STAGES, Stage
from placements.domain.permissions import Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Provider
from placements.models.employers import Employer, Pledge
from placements.models.placements import Placement


@dataclass(frozen=True)
class Counted:
    """One record that a number counts: its reference, and what it counts for."""

    reference: str
    words: str
    n: int


def list_counted(actor: Actor, stage: Stage, ids: tuple[int, ...]) -> list[Counted]:
    """List records of a stage by reference; no name of a person is among them."""
    if stage.name == "pledged":
        return _pledges(actor, ids)
    if stage.name == "published":
        return _placements(actor, ids)
    return _people(actor, ids)


def find_stage(stages: list[Stage], name: str) -> Stage:
    """Return the stage of that name, or raise `NotFound`."""
    found = next((stage for stage in stages if stage.name == name), None)
    if found is None:
        raise NotFound("There is no such number.")
    return found


def _pledges(actor: Actor, ids: tuple[int, ...]) -> list[Counted]:
    rows = select(Pledge, Employer.name).join(Employer, Pledge.employer_id == Employer.id)
    rows = rows.where(Pledge.id.in_(ids), Employer.region_id == actor.region_id)
    return [
        Counted(f"Pledge {pledge.id}", f"{name}, {pledge.period}", pledge.n_places)
        for pledge, name in db.session.execute(rows.order_by(Pledge.id))
    ]


def _placements(actor: Actor, ids: tuple[int, ...]) -> list[Counted]:
    rows = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    rows = rows.where(Placement.id.in_(ids), Employer.region_id == actor.region_id)
    rows = rows.options(contains_eager(Placement.employer))
    return [
        Counted(p.reference, f"{p.title}, {p.employer.name}", p.capacity)
        for p in db.session.scalars(rows.order_by(Placement.id))
    ]


def _people(actor: Actor, ids: tuple[int, ...]) -> list[Counted]:
    rows = (
        select(func.max(Application.reference), func.max(Provider.name))
        .outerjoin(Provider, Application.provider_id == Provider.id)
        .where(Application.candidate_id.in_(ids), Application.region_id == actor.region_id)
        .group_by(Application.candidate_id)
        .order_by(Application.candidate_id)
    )
    return [
        Counted(reference, name or "On their own", 1)
        for reference, name in db.session.execute(rows)
    ]


def list_providers(actor: Actor) -> list[tuple[int, str]]:
    """List the providers of the actor's region, to filter by."""
    rows = select(Provider.id, Provider.name).where(Provider.region_id == actor.region_id)
    return [tuple(row) for row in db.session.execute(rows.order_by(Provider.name))]


def list_employers(actor: Actor) -> list[tuple[int, str]]:
    """List the employers of the actor's region, to filter by."""
    rows = select(Employer.id, Employer.name).where(Employer.region_id == actor.region_id)
    return [tuple(row) for row in db.session.execute(rows.order_by(Employer.name))]


def list_differences(actor: Actor, stages: list[Stage]) -> list[str]:
    """List where numbers that must agree do not (I-39); [] when all of them do."""
    return [*_lost_people(stages), *_miscounted_places(actor)]


def _lost_people(stages: list[Stage]) -> list[str]:
    by_name = {stage.name: stage for stage in stages}
    found = []
    for before, after in pairwise(REACHED_STAGES):
        extra = set(by_name[after].ids) - set(by_name[before].ids)
        if extra:
            found.append(f"{len(extra)} people are counted as {after} and not as {before}.")
    for name in JUDGED_STAGES:
        judged = by_name[name]
        if set(judged.ids) & set(judged.unknown_ids):
            found.append(f"Some people are counted as {name} and as not known yet.")
        told = {*judged.ids, *judged.unknown_ids, *judged.early_ids}
        if told - set(by_name["started"].ids):
            found.append(f"More people are counted for {name} than started.")
    return found


def _miscounted_places(actor: Actor) -> list[str]:
    held = (
        select(Assignment.placement_id, func.count().label("n"))
        .where(Assignment.state.in_(HELD_ASSIGNMENT_STATES))
        .group_by(Assignment.placement_id)
        .subquery()
    )
    rows = (
        select(Placement.reference)
        .join(Employer, Placement.employer_id == Employer.id)
        .outerjoin(held, held.c.placement_id == Placement.id)
        .where(Employer.region_id == actor.region_id)
        .where(Placement.held != func.coalesce(held.c.n, 0))
    )
    return [
        f"Placement {reference}: its places held are not the people who hold them."
        for reference in db.session.scalars(rows.order_by(Placement.reference))
    ]

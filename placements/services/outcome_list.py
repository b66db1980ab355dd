"""The dated questions of a provider's people: due, late, disputed, and what stands so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from placements import clock
from placements.domain.errors import NotAllowed
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint, Outcome
from placements.services.outcomes import (
    OPEN_STATES,
    get_checkpoint,
    list_checkpoints,
    list_chosen,
    list_right_answers,
    pick_standing,
)
from placements.services.sight import find_hidden, may_see

QUESTIONS = {
    "BASE": "Before",
    "START": "At the start",
    "MID": "Half way",
    "END": "At the end",
    "W4": "4 weeks after",
    "M3": "3 months after",
    "M6": "6 months after",
    "M12": "12 months after",
}


@dataclass(frozen=True)
class OutcomeLine:
    """One question about one person, the answer that stands, and what they say instead."""

    checkpoint_id: int
    application_id: int
    reference: str
    name: str
    question: str
    state: str
    due_on: date
    closes_on: date
    is_late: bool
    is_disputed: bool
    stands: OutcomeKind | None
    told_by: str
    says_instead: OutcomeKind | None


def list_outcomes_due(actor: Actor) -> list[OutcomeLine]:
    """List what waits: disputed first, then late, then by day."""
    lines = _describe_all(actor, list_checkpoints(actor, (*OPEN_STATES, "disputed")))
    return sorted(lines, key=lambda line: (not line.is_disputed, not line.is_late, line.due_on))


def list_disputed(actor: Actor) -> list[OutcomeLine]:
    """List what young people say is not right, by day."""
    return _describe_all(actor, list_checkpoints(actor, ("disputed",)))


def list_contradicted(actor: Actor) -> list[OutcomeLine]:
    """List the questions with an answer that contradicts a better known one, by day; staff only."""
    if actor.role not in (Role.OPERATOR, Role.APPROVER):
        raise NotAllowed("Only the authority sees all that was said.")
    first = select(func.min(Outcome.id)).group_by(Outcome.checkpoint_id)
    ids = select(Outcome.checkpoint_id).where(
        Outcome.supersedes_id.is_(None), Outcome.id.not_in(first)
    )
    found = list_chosen(actor, set(db.session.scalars(ids.distinct())))
    return _describe_all(actor, sorted(found, key=lambda one: (one.due_on, one.id)))


def count_waiting(actor: Actor) -> tuple[int, int]:
    """Return how many questions wait for an answer, and how many of them are late."""
    found, today = list_checkpoints(actor), clock.today()
    return len(found), sum(one.window_closes_on < today for one in found)


def get_outcome_line(actor: Actor, checkpoint_id: int) -> OutcomeLine:
    """Return one question the actor may see, or raise `NotFound`."""
    return _describe_all(actor, [get_checkpoint(actor, checkpoint_id)])[0]


@dataclass(frozen=True)
class Side:
    """One answer to a question beside the others: what, on whose word, since when it is kept."""

    kind: OutcomeKind
    from_on: date | None
    source: str
    evidence_level: str
    evidence: str
    recorded_at: datetime
    stands: bool


def list_sides(actor: Actor, checkpoint_id: int) -> list[Side]:
    """List every answer to a question the actor may see, in order, and which of them stands."""
    outcomes = get_checkpoint(actor, checkpoint_id).outcomes
    standing = pick_standing(outcomes)
    return [
        Side(
            OutcomeKind(one.kind),
            one.from_on,
            one.source,
            one.evidence_level,
            one.evidence or "",
            one.recorded_at,
            one is standing,
        )
        for one in outcomes
    ]


def _describe_all(actor: Actor, checkpoints: Sequence[Checkpoint]) -> list[OutcomeLine]:
    """Describe questions with all their people and answers read at once."""
    ids = [one.id for one in checkpoints]
    people, instead = _find_people(checkpoints), list_right_answers(ids)
    answers: dict[int, list[Outcome]] = {one: [] for one in ids}
    rows = select(Outcome).where(Outcome.checkpoint_id.in_(ids)).order_by(Outcome.id)
    for outcome in db.session.scalars(rows):
        answers[outcome.checkpoint_id].append(outcome)
    hidden = find_hidden({one.id for one in people.values()})
    lines = []
    for one in checkpoints:
        since, standing = hidden.get(people[one.id].id), pick_standing(answers[one.id])
        if standing is not None and not may_see(actor, since, standing):
            standing = None
        shows_all = actor.role is not Role.PROVIDER or since is None
        lines.append(
            _describe(one, people[one.id], standing, instead.get(one.id) if shows_all else None)
        )
    return lines


def _describe(
    checkpoint: Checkpoint,
    application: Application,
    standing: Outcome | None,
    instead: OutcomeKind | None,
) -> OutcomeLine:
    disputed, is_open = checkpoint.state == "disputed", checkpoint.state in OPEN_STATES
    return OutcomeLine(
        checkpoint.id,
        application.id,
        application.reference,
        application.candidate.name or "",
        QUESTIONS[checkpoint.kind],
        checkpoint.state,
        checkpoint.due_on,
        checkpoint.window_closes_on,
        is_open and checkpoint.due_on < clock.today(),
        disputed,
        OutcomeKind(standing.kind) if standing else None,
        standing.reason or "" if standing else "",
        instead if disputed else None,
    )


def _find_people(checkpoints: Sequence[Checkpoint]) -> dict[int, Application]:
    """Return whom each question is about, by question."""
    held = {one.id: one.assignment_id for one in checkpoints if one.assignment_id is not None}
    rows = select(Assignment.id, Assignment.application_id)
    rows = rows.where(Assignment.id.in_(held.values()))
    of_assignment = dict(tuple(row) for row in db.session.execute(rows))
    asked = {one.id: one.application_id or of_assignment[held[one.id]] for one in checkpoints}
    people = select(Application).where(Application.id.in_(asked.values()))
    people = people.options(joinedload(Application.candidate))
    found = {application.id: application for application in db.session.scalars(people)}
    return {checkpoint_id: found[one] for checkpoint_id, one in asked.items()}

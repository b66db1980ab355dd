"""Who stayed with the employer: one page for everybody who finished there, and one save.

A yes answers the questions that wait, on the employer's word. A no, or not knowing, closes none of
them, for it does not say what the person does: it is a line of the audit, and is not asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, func, select

from placements import clock
from placements.domain.errors import NotFound, Refusal
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.personal_data import NOBODY_NAMED
from placements.domain.vocabulary import CheckpointKind, Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Candidate
from placements.models.employers import Employer
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.destinations import ENDED_STATES, QUESTIONS
from placements.services.events import record_event
from placements.services.outcome_batches import Said, keep_answers
from placements.services.outcomes import OPEN_STATES, SPEAKS_AS, Answer
from placements.services.transactions import act

YES, NO, NOT_KNOWN = "yes", "no", "not_known"
SAID_BEFORE = {NO: "not_here", NOT_KNOWN: "cannot_say"}


@dataclass(frozen=True)
class Finished:
    """One person who finished, and the newest question about them that waits."""

    assignment_id: int
    name: str
    title: str
    ended_on: date
    checkpoint_ids: tuple[int, ...]


@dataclass(frozen=True)
class Stayed:
    """What an employer says of one person: whether they work here, since when, how long a week."""

    answer: str
    from_on: date | None = None
    hours_per_week: float | None = None


def list_finished(actor: Actor) -> list[Finished]:
    """List who finished with the actor's employer and is asked about now, the earliest first."""
    told = exists().where(
        Event.kind == Kind.CHECKPOINT.value,
        Event.record_id == Checkpoint.id,
        Event.action.in_(SAID_BEFORE.values()),
    )
    rows = _own(actor, Checkpoint, Assignment, Placement.title, Candidate.name)
    rows = rows.where(Checkpoint.state.in_(OPEN_STATES), ~told)
    people: dict[int, Finished] = {}
    for checkpoint, one, title, name in db.session.execute(rows.order_by(Checkpoint.due_on)):
        earlier = people.get(one.id)
        ids = (*(earlier.checkpoint_ids if earlier else ()), checkpoint.id)
        people[one.id] = Finished(one.id, name or NOBODY_NAMED, title or "", one.end_on, ids)
    return list(people.values())


def find_next_question(actor: Actor) -> date | None:
    """Return the day of the next question about anybody who finished with the actor's employer."""
    rows = _own(actor, func.min(Checkpoint.due_on)).where(Checkpoint.state == "scheduled")
    return db.session.scalar(rows)


def _own(actor: Actor, *facts) -> Select:
    if actor.role is not Role.EMPLOYER or actor.organisation_id is None:
        raise NotFound("Sign in as the employer whose people these are.")
    return (
        select(*facts)
        .select_from(Checkpoint)
        .join(Assignment, Checkpoint.assignment_id == Assignment.id)
        .join(Placement, Assignment.placement_id == Placement.id)
        .join(Candidate, Assignment.candidate_id == Candidate.id)
        .where(Placement.employer_id == actor.organisation_id)
        .where(Assignment.state.in_(ENDED_STATES), Checkpoint.kind.in_(QUESTIONS))
    )


@act
def save_stayed(actor: Actor, said: Mapping[int, Stayed]) -> dict[int, str]:
    """Keep what an employer says of several people, or nothing if one cannot be kept.

    Returns what is wrong, by assignment; {} when all is kept.
    """
    people = {one.assignment_id: one for one in list_finished(actor)}
    answers: list[Said] = []
    about: list[int] = []
    for assignment_id, told in said.items():
        one = people.get(assignment_id)
        if one is None or told.answer != YES:
            continue
        for checkpoint in _read(one, told):
            answers.append(Said(checkpoint, _as_answer(actor, told), SPEAKS_AS[actor.role]))
            about.append(assignment_id)
    verdicts = keep_answers(actor, answers, all_or_none=True)
    refused = {
        assignment_id: str(verdict)
        for assignment_id, verdict in zip(about, verdicts, strict=True)
        if isinstance(verdict, Refusal)
    }
    if not refused:
        _note(actor, people, said)
    return refused


def _read(one: Finished, told: Stayed) -> list[Checkpoint]:
    """Return the questions a yes answers: the newest, and those since the first day there."""
    rows = select(Checkpoint).where(Checkpoint.id.in_(one.checkpoint_ids))
    found = db.session.scalars(rows.order_by(Checkpoint.due_on)).all()
    if told.from_on is None:
        return list(found[-1:])
    return [c for c in found[:-1] if c.due_on >= told.from_on] + list(found[-1:])


def keep_at_end(actor: Actor, assignment_id: int, told: Stayed) -> None:
    """Keep, at the question of the last day, whether somebody was hired; part of an act.

    The window of that question is open already on the day before.
    """
    asked = (Checkpoint.assignment_id == assignment_id, Checkpoint.kind == CheckpointKind.END.value)
    question, at = db.session.scalar(select(Checkpoint).where(*asked)), clock.now()
    if question is None:
        return
    if told.answer in SAID_BEFORE:
        states = (question.state, question.state)
        action = SAID_BEFORE[told.answer]
        record_event(actor, action, Kind.CHECKPOINT, question.id, states, at)
        return
    if question.state == "scheduled":
        transitions.move(question, Kind.CHECKPOINT, "fall_due", SYSTEM, at)
    said = Said(question, _as_answer(actor, told), SPEAKS_AS[actor.role])
    for verdict in keep_answers(actor, [said], all_or_none=True):
        if isinstance(verdict, Refusal):
            raise verdict


def _as_answer(actor: Actor, told: Stayed) -> Answer:
    name = db.session.scalar(select(Employer.name).where(Employer.id == actor.organisation_id))
    return Answer(
        kind=OutcomeKind.JOB,
        from_on=told.from_on,
        hours_per_week=told.hours_per_week,
        with_whom=name,
        hired=True,
    )


def _note(actor: Actor, people: Mapping[int, Finished], said: Mapping[int, Stayed]) -> None:
    for assignment_id, told in said.items():
        one = people.get(assignment_id)
        if one is None or told.answer not in SAID_BEFORE:
            continue
        for checkpoint_id in one.checkpoint_ids:
            state = db.session.get_one(Checkpoint, checkpoint_id).state
            action = SAID_BEFORE[told.answer]
            at = clock.now()
            record_event(actor, action, Kind.CHECKPOINT, checkpoint_id, (state, state), at)

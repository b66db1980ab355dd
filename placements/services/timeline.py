"""Everything that was recorded about a young person, in order, and who said it."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placements.domain.errors import NotFound
from placements.domain.outcome_words import TO_YOU
from placements.domain.permissions import Actor
from placements.domain.timeline_words import RESERVE, WORDS
from placements.domain.vocabulary import CheckpointKind, Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Agreement, Assignment
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint, Outcome

ANSWERED = ("record", "refuse", "supersede", "supersede_with_evidence")
CONTRADICTS, SETTLED = "contradict", ("settle", "settle_with_evidence")
CAN_BE_WRONG = ("recorded", "evidenced", "verified")


@dataclass(frozen=True)
class Entry:
    """One line: when, what, who said it; `wrong_id` is the answer the person may dispute."""

    at: datetime
    words: str
    who: str
    wrong_id: int | None = None


@dataclass(frozen=True)
class _Records:
    applications: dict[int, Application]
    assignments: dict[int, Assignment]
    agreements: dict[int, int]
    checkpoints: dict[int, Checkpoint]


def list_timeline(actor: Actor) -> list[Entry]:
    """List every recorded fact about the young person, the newest first; only they may."""
    if actor.role is not Role.YOUNG_PERSON or actor.candidate_id is None:
        raise NotFound("A timeline is read by the person it is about.")
    mine = _read_records(actor.candidate_id)
    answers = _read_answers(mine)
    entries = [_describe(event, mine, answers) for event in _read_events(mine)]
    return [entry for entry in reversed(entries) if entry is not None]


def _read_records(candidate_id: int) -> _Records:
    applications = _by_id(select(Application).where(Application.candidate_id == candidate_id))
    seen = (Assignment.candidate_id == candidate_id, WAS_OFFERED)
    assignments = _by_id(select(Assignment).where(*seen))
    signed = select(Agreement).where(Agreement.assignment_id.in_(assignments))
    agreements = {a.id: a.assignment_id for a in db.session.scalars(signed)}
    about = Checkpoint.assignment_id.in_(assignments) | Checkpoint.application_id.in_(applications)
    return _Records(applications, assignments, agreements, _by_id(select(Checkpoint).where(about)))


def _by_id(rows) -> dict:
    return {record.id: record for record in db.session.scalars(rows)}


def _read_events(mine: _Records) -> list[Event]:
    about = (
        ((Event.kind == Kind.APPLICATION.value) & Event.record_id.in_(mine.applications))
        | ((Event.kind == Kind.ASSIGNMENT.value) & Event.record_id.in_(mine.assignments))
        | ((Event.kind == "agreement") & Event.record_id.in_(mine.agreements))
        | ((Event.kind == Kind.CHECKPOINT.value) & Event.record_id.in_(mine.checkpoints))
    )
    return list(db.session.scalars(select(Event).where(about).order_by(Event.seq)))


def _read_answers(mine: _Records) -> dict[int, deque[Outcome]]:
    rows = select(Outcome).where(Outcome.checkpoint_id.in_(mine.checkpoints)).order_by(Outcome.id)
    answers: dict[int, deque[Outcome]] = {key: deque() for key in mine.checkpoints}
    for outcome in db.session.scalars(rows):
        told = answers[outcome.checkpoint_id]
        # One that superseded nothing and was not first stands beside the others, and is no step.
        if outcome.supersedes_id is not None or not told:
            told.append(outcome)
    return answers


def _describe(event: Event, mine: _Records, answers: dict[int, deque[Outcome]]) -> Entry | None:
    if _is_before(event, mine) and event.action == "fall_due":
        return None
    if event.kind == Kind.CHECKPOINT.value and event.action in ANSWERED:
        return _describe_answer(event, mine, answers[event.record_id])
    if event.kind == Kind.CHECKPOINT.value and event.action == CONTRADICTS:
        words = "Somebody told us otherwise. What is better known was kept."
        return Entry(event.happened_at, words, _who(event, mine))
    if event.kind == Kind.CHECKPOINT.value and event.action in SETTLED:
        waiting = answers[event.record_id]
        if waiting and waiting[0].recorded_at == event.happened_at:
            return _describe_answer(event, mine, waiting)
    words = WORDS.get(event.kind, {}).get(event.action)
    if words is None or event.to_state == RESERVE:
        return None
    assignment = _assignment_of(event, mine)
    if assignment is not None:
        placement = assignment.placement
        words = words.format(title=placement.title, employer=placement.employer.name)
    return Entry(event.happened_at, words, _who(event, mine))


def _describe_answer(event: Event, mine: _Records, waiting: deque[Outcome]) -> Entry | None:
    """Say what was answered; the answers come in the order of their events."""
    if not waiting:
        return None
    outcome = waiting.popleft()
    noted = "Before: we noted" if _is_before(event, mine) else "We noted"
    words = f"{noted} that {TO_YOU[OutcomeKind(outcome.kind)]}"
    words += f": {outcome.with_whom}" if outcome.with_whom else ""
    words += f", {outcome.hours_per_week:g} hours a week" if outcome.hours_per_week else ""
    stands = not waiting and mine.checkpoints[event.record_id].state in CAN_BE_WRONG
    wrong_id = event.record_id if stands else None
    return Entry(event.happened_at, f"{words}.", _who(event, mine), wrong_id)


def _is_before(event: Event, mine: _Records) -> bool:
    """Say whether a line is of what the person did before they took part."""
    asked = mine.checkpoints.get(event.record_id) if event.kind == Kind.CHECKPOINT.value else None
    return asked is not None and asked.kind == CheckpointKind.BASE.value


def _assignment_of(event: Event, mine: _Records) -> Assignment | None:
    if event.kind == Kind.ASSIGNMENT.value:
        return mine.assignments[event.record_id]
    if event.kind == "agreement":
        return mine.assignments[mine.agreements[event.record_id]]
    if event.kind == Kind.CHECKPOINT.value:
        return mine.assignments.get(mine.checkpoints[event.record_id].assignment_id or 0)
    return None


def _who(event: Event, mine: _Records) -> str:
    assignment = _assignment_of(event, mine)
    role = Role(event.role)
    if role is Role.YOUNG_PERSON:
        return "You"
    if role is Role.EMPLOYER and assignment is not None:
        return assignment.placement.employer.name
    if role is Role.PROVIDER:
        return _provider_of(event, assignment, mine)
    return "The authority" if role in (Role.OPERATOR, Role.APPROVER) else "This service"


def _provider_of(event: Event, assignment: Assignment | None, mine: _Records) -> str:
    about = event.record_id
    if event.kind == Kind.CHECKPOINT.value:
        about = mine.checkpoints[event.record_id].application_id or 0
    application = assignment.application if assignment else mine.applications.get(about)
    if application is None or application.provider is None:
        return "The people who support you"
    return application.provider.name

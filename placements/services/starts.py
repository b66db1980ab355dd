"""From a yes to the last day: confirmed, started, and how it ended."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Invalid
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.signing import PARTY_WORDS
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.agreements import add_agreement, list_missing_signatures
from placements.services.assignments import get_assignment, leave_assignment
from placements.services.notices import tell_confirmed
from placements.services.outcomes import add_end_checkpoints, add_start_checkpoints
from placements.services.transactions import act


@act
def confirm_assignment(
    actor: Actor,
    assignment_id: int,
    supervisor: str,
    start_on: date,
    first_day: dict[str, Any],
    seen_version: int | None = None,
) -> None:
    """Confirm who comes when and to whom; the placement's employer may."""
    assignment = get_assignment(actor, assignment_id)
    if not supervisor.strip():
        raise Invalid("supervisor", "Write the name of the person who will look after them.")
    check_window(assignment.placement, start_on)
    at = clock.now()
    confirmed = transitions.move(
        assignment, Kind.ASSIGNMENT, "confirm", actor, at, seen_version=seen_version
    )
    assignment.supervisor_name = supervisor.strip()
    set_days(assignment, start_on)
    assignment.first_day = first_day
    add_agreement(assignment)
    tell_confirmed(confirmed, assignment)


def check_window(placement: Placement, start_on: date) -> None:
    """Raise `Invalid` for a first day outside the ones that the placement says."""
    if not placement.start_from <= start_on <= placement.start_to:
        words = f"{placement.start_from:%-d %B} to {placement.start_to:%-d %B %Y}"
        raise Invalid("start_on", f"The first day must be within {words}, as you described it.")


def set_days(assignment: Assignment, start_on: date) -> None:
    """Set the first day, and the last one with it; part of an act."""
    weeks = timedelta(weeks=assignment.placement.duration_weeks, days=-1)
    assignment.start_on, assignment.end_on = start_on, start_on + weeks


@act
def start_assignment(actor: Actor, assignment_id: int) -> None:
    """Say that the person came; refused before every signature is there."""
    assignment, today = get_assignment(actor, assignment_id), clock.today()
    if assignment.state == "confirmed":
        _check_may_start(assignment, today)
    transitions.move(assignment, Kind.ASSIGNMENT, "start", actor, clock.now())
    _drop_questions_of_no_shows(assignment)
    add_start_checkpoints(assignment, assignment.start_on, assignment.end_on)


def _check_may_start(assignment: Assignment, today: date) -> None:
    missing = list_missing_signatures(assignment, today)
    if missing:
        named = ", ".join(PARTY_WORDS[party] for party in missing)
        raise GuardRefused(f"They must not start before all have signed. Still missing: {named}.")
    if assignment.placement.state == "suspended":
        raise GuardRefused("This placement is on hold. Nobody may start until we have called you.")
    if today < assignment.start_on:
        raise GuardRefused(f"The first day is {assignment.start_on:%A %-d %B %Y}.")


@act
def record_no_show(actor: Actor, assignment_id: int) -> None:
    """Say that the person did not come on the first day; employer or provider may.

    They are asked afterwards as well, from that day on; no rate of who started counts them.
    """
    assignment = get_assignment(actor, assignment_id)
    if assignment.state == "confirmed" and clock.today() < assignment.start_on:
        raise GuardRefused(f"The first day is {assignment.start_on:%A %-d %B %Y}.")
    leave_assignment(assignment, "no_show", actor)
    add_end_checkpoints(assignment, assignment.start_on)


@act
def complete_assignment(actor: Actor, assignment_id: int) -> None:
    """Say that the person finished; opens the day before the last day, not earlier."""
    finish_now(get_assignment(actor, assignment_id), actor)


def finish_now(assignment: Assignment, actor: Actor) -> None:
    """Complete a started placement and ask from its last day on; part of an act."""
    if assignment.state == "started" and clock.today() < assignment.end_on - timedelta(days=1):
        raise GuardRefused(f"The last day is {assignment.end_on:%A %-d %B %Y}. Come back then.")
    transitions.move(assignment, Kind.ASSIGNMENT, "complete", actor, clock.now())
    add_end_checkpoints(assignment, assignment.end_on)


@act
def end_early(actor: Actor, assignment_id: int, reason: str, *, by_employer: bool) -> None:
    """Say that the person left, or that the employer ended it, before the last day."""
    assignment = get_assignment(actor, assignment_id)
    end_now(assignment, "end" if by_employer else "leave_early", actor, reason)


def end_now(assignment: Assignment, action: str, actor: Actor, reason: str) -> None:
    """End a started placement today and ask from today on; part of an act."""
    today = clock.today()
    leave_assignment(assignment, action, actor, reason)
    assignment.end_on = today
    drop_waiting_questions(assignment)
    add_end_checkpoints(assignment, today)


def _drop_questions_of_no_shows(assignment: Assignment) -> None:
    """Ask no longer about a place where they never began: the one they started asks instead."""
    missed = select(Assignment).where(
        Assignment.candidate_id == assignment.candidate_id, Assignment.state == "did_not_start"
    )
    for other in db.session.scalars(missed).all():
        drop_waiting_questions(other)


def drop_waiting_questions(assignment: Assignment) -> None:
    """Close the questions that no longer come; part of an act."""
    waiting = (Checkpoint.assignment_id == assignment.id, Checkpoint.state == "scheduled")
    for checkpoint in db.session.scalars(select(Checkpoint).where(*waiting)).all():
        transitions.move(checkpoint, Kind.CHECKPOINT, "not_applicable", SYSTEM, clock.now())

"""What became of each person: dated questions and their answers, superseded, never overwritten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import exists, func, select

from placements import clock
from placements.domain.checkpoints import (
    DatedQuestion,
    is_better_evidence,
    questions_at_end,
    questions_at_start,
)
from placements.domain.destinations import UNKNOWN
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import CheckpointKind, Kind, OutcomeKind, Role, Source
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application, Provider
from placements.models.operations import Occurrence
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.events import record_event
from placements.services.notices import tell_outcome, tell_questions
from placements.services.occurrences import add_occurrence
from placements.services.transactions import act

SPEAKS_AS = {
    Role.YOUNG_PERSON: Source.SELF,
    Role.PROVIDER: Source.PROVIDER,
    Role.EMPLOYER: Source.EMPLOYER,
}
OPEN_STATES = ("due", "chasing")
STANDS = ("recorded", "evidenced", "verified", "refused")
FACTS = (
    *("kind", "from_on", "to_on", "hours_per_week", "is_temporary", "training"),
    *("scheme", "with_whom", "hired", "reason", "evidence", "source"),
)
"""What an answer says; one that says the same again, by the same voice, is the same answer."""
DAILY, MORNING = "checkpoints.fall_due", time(6)


@dataclass(frozen=True)
class Answer:
    """What somebody says a person is doing; `evidence` names a document, if there is one."""

    kind: OutcomeKind
    from_on: date | None = None
    to_on: date | None = None
    hours_per_week: float | None = None
    is_temporary: bool | None = None
    training: str | None = None
    scheme: str | None = None
    with_whom: str | None = None
    hired: bool | None = None
    reason: str | None = None
    evidence: str | None = None


def add_start_checkpoints(assignment: Assignment, start_on: date, end_on: date) -> None:
    """Add START, MID and END; part of the act that starts the assignment."""
    _add(assignment, questions_at_start(start_on, end_on))


def add_end_checkpoints(assignment: Assignment, ended_on: date) -> None:
    """Add W4, M3, M6 and M12; part of the act that ends the assignment."""
    _add(assignment, questions_at_end(ended_on))


def _add(assignment: Assignment, questions: tuple[DatedQuestion, ...]) -> None:
    at = clock.now()
    for question in questions:
        checkpoint = Checkpoint(
            assignment_id=assignment.id,
            kind=question.kind.value,
            due_on=question.due_on,
            window_opens_on=question.window_opens_on,
            window_closes_on=question.window_closes_on,
        )
        transitions.begin(checkpoint, Kind.CHECKPOINT, "schedule", SYSTEM, at)


def list_checkpoints(actor: Actor, states: tuple[str, ...] = OPEN_STATES) -> list[Checkpoint]:
    """List the questions the actor may answer, oldest first."""
    wanted = _visible_to(actor).where(Checkpoint.state.in_(states))
    return list(db.session.scalars(wanted.order_by(Checkpoint.due_on, Checkpoint.id)))


def get_checkpoint(actor: Actor, checkpoint_id: int) -> Checkpoint:
    """Return a question the actor may see, or raise `NotFound`."""
    found = db.session.scalar(_visible_to(actor).where(Checkpoint.id == checkpoint_id))
    if found is None:
        raise NotFound("There is no such question, or it is not yours to answer.")
    return found


def list_chosen(actor: Actor, checkpoint_ids: Collection[int]) -> list[Checkpoint]:
    """List those of some questions that the actor may see."""
    rows = _visible_to(actor).where(Checkpoint.id.in_(checkpoint_ids))
    return list(db.session.scalars(rows.order_by(Checkpoint.id)))


def _visible_to(actor: Actor):
    rows = (
        select(Checkpoint)
        .join(Assignment, Checkpoint.assignment_id == Assignment.id, isouter=True)
        .join(
            Application,
            Application.id == func.coalesce(Checkpoint.application_id, Assignment.application_id),
        )
        .join(Provider, Application.provider_id == Provider.id, isouter=True)
        .join(Placement, Assignment.placement_id == Placement.id, isouter=True)
    )
    if actor.role is Role.SYSTEM:
        return rows
    scopes = {
        Role.YOUNG_PERSON: (Application.candidate_id, actor.candidate_id),
        Role.PROVIDER: (Application.provider_id, actor.organisation_id),
        Role.EMPLOYER: (Placement.employer_id, actor.organisation_id),
        Role.OPERATOR: (Application.region_id, actor.region_id),
        Role.APPROVER: (Application.region_id, actor.region_id),
    }
    column, own = scopes[actor.role]
    if own is None:
        raise NotFound("Sign in with the organisation this belongs to.")
    return rows.where(column == own)


@act
def fall_due(today: date) -> int:
    """Open every question whose day has come; return how many. BASE is asked with the entry."""
    return _fall_due(today)


@act
def fall_due_on(due_at: datetime) -> int:
    """Open the questions of a morning, and schedule the next morning."""
    morning = due_at.astimezone(clock.LONDON)
    next_morning = datetime.combine(morning.date() + timedelta(days=1), MORNING, clock.LONDON)
    add_occurrence(DAILY, 0, next_morning.astimezone(UTC))
    return _fall_due(morning.date())


@act
def begin_mornings() -> int:
    """Schedule the first morning on which questions open; return 0 if one is scheduled already."""
    if not db.session.scalar(select(exists().where(Occurrence.schedule == DAILY))):
        first = datetime.combine(clock.today(), MORNING, clock.LONDON)
        add_occurrence(DAILY, 0, first.astimezone(UTC))
        return 1
    return 0


def _fall_due(today: date) -> int:
    late = (Checkpoint.due_on <= today, Checkpoint.kind != CheckpointKind.BASE.value)
    rows = db.session.scalars(select(Checkpoint).where(Checkpoint.state == "scheduled", *late))
    at, opened = clock.now(), 0
    for checkpoint in rows.all():
        transitions.move(checkpoint, Kind.CHECKPOINT, "fall_due", SYSTEM, at)
        opened += 1
    tell_questions()
    return opened


@act
def record_outcome(actor: Actor, checkpoint_id: int, answer: Answer) -> int:
    """Record an answer, or supersede one that has weaker evidence; nothing is overwritten.

    The young person, their provider or the placement's employer may; raises `NotFound`,
    `Invalid` or `GuardRefused`.
    """
    return _record(actor, checkpoint_id, answer)


@act
def record_outcomes(actor: Actor, checkpoint_ids: Sequence[int], answer: Answer) -> None:
    """Record the same answer to several questions, or to none of them if one is refused."""
    for checkpoint_id in checkpoint_ids:
        _record(actor, checkpoint_id, answer)


def _record(actor: Actor, checkpoint_id: int, answer: Answer) -> int:
    return keep_answer(actor, get_checkpoint(actor, checkpoint_id), answer)


def keep_answer(
    actor: Actor, checkpoint: Checkpoint, answer: Answer, *, quiet: bool = False
) -> int:
    """Keep an answer as `record_outcome` does; part of an act. If `quiet`, nobody is told."""
    at = clock.now()
    if actor.role not in SPEAKS_AS:
        raise GuardRefused("An outcome is recorded by the person, their provider or the employer.")
    check_answer(answer)
    outcome = build_outcome(actor, checkpoint, answer, SPEAKS_AS[actor.role], at)
    earlier = find_standing_outcome(checkpoint)
    if earlier is not None and is_repeated(outcome, earlier) and checkpoint.state in STANDS:
        return earlier.id
    if earlier is not None:
        _check_supersedes(outcome, earlier)
        outcome.supersedes_id = earlier.id
    told = transitions.move(checkpoint, Kind.CHECKPOINT, action_of(answer, checkpoint), actor, at)
    if not quiet:
        tell_outcome(told, checkpoint, actor)
    db.session.add(outcome)
    db.session.flush()
    if answer.evidence and checkpoint.state == "recorded":
        transitions.move(checkpoint, Kind.CHECKPOINT, "evidence", SYSTEM, at)
    return outcome.id


def find_standing_outcome(checkpoint: Checkpoint) -> Outcome | None:
    """Return the answer that stands, or None."""
    rows = select(Outcome).where(Outcome.checkpoint_id == checkpoint.id)
    return pick_standing(db.session.scalars(rows.order_by(Outcome.id)).all())


def pick_standing(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Return which of a question's answers, in order, stands: the last that superseded another.

    One that neither was first nor superseded any contradicts what is better known.
    """
    stands = None
    for outcome in outcomes:
        if stands is None or outcome.supersedes_id is not None:
            stands = outcome
    return stands


def check_answer(answer: Answer) -> None:
    """Raise `Invalid` for hours or days that cannot be."""
    hours = answer.hours_per_week
    if hours is not None and not 0 < hours <= 100:
        raise Invalid("hours_per_week", "Hours a week must be more than 0 and at most 100.")
    if answer.from_on and answer.to_on and answer.to_on < answer.from_on:
        raise Invalid("to_on", "The last day cannot be before the first.")


def _check_supersedes(new: Outcome, old: Outcome) -> None:
    if not may_supersede(new, old):
        raise GuardRefused(
            "Somebody who knows better has already answered. If it is not right, tell us why."
        )


def may_supersede(new: Outcome, old: Outcome) -> bool:
    """Say whether an answer takes the place of another: better known, or by the same voice."""
    same_voice = new.recorded_by == old.recorded_by and new.source == old.source
    was_unknown = OutcomeKind(old.kind) in UNKNOWN
    better = is_better_evidence(Source(new.evidence_level), Source(old.evidence_level))
    return same_voice or was_unknown or better


def is_repeated(new: Outcome, old: Outcome) -> bool:
    """Say whether an answer only says again what stands, by the same voice."""
    return new.recorded_by == old.recorded_by and all(
        getattr(old, fact) == getattr(new, fact) for fact in FACTS
    )


def action_of(answer: Answer, checkpoint: Checkpoint) -> str:
    """Return how an answer moves its question: a first one, or one after it was closed."""
    if checkpoint.state not in ("scheduled", *OPEN_STATES):
        return "supersede"
    return "refuse" if answer.kind is OutcomeKind.REFUSED else "record"


def build_outcome(
    actor: Actor, checkpoint: Checkpoint, answer: Answer, source: Source, at: datetime
) -> Outcome:
    """Return an answer as a row, not yet kept."""
    on_paper = bool(answer.evidence) and source is not Source.MATCHED
    return Outcome(
        checkpoint_id=checkpoint.id,
        kind=answer.kind.value,
        from_on=answer.from_on,
        to_on=answer.to_on,
        hours_per_week=answer.hours_per_week,
        is_temporary=answer.is_temporary,
        training=answer.training,
        scheme=answer.scheme,
        with_whom=answer.with_whom,
        hired=answer.hired,
        reason=answer.reason,
        source=source.value,
        evidence_level=(Source.DOCUMENT if on_paper else source).value,
        evidence=answer.evidence,
        recorded_by=actor.account_id,
        recorded_at=at,
    )


@act
def dispute_outcome(
    actor: Actor, checkpoint_id: int, seen_version: int, right: OutcomeKind | None = None
) -> None:
    """Say that the recorded answer is not right, and what is; only the young person may.

    The answer that stands is not touched: what is right is a line of the audit for who settles it.
    """
    checkpoint, at = get_checkpoint(actor, checkpoint_id), clock.now()
    transitions.move(checkpoint, Kind.CHECKPOINT, "dispute", actor, at, seen_version=seen_version)
    if right is not None:
        same = (checkpoint.state, checkpoint.state)
        record_event(actor, f"says_{right.value}", Kind.CHECKPOINT, checkpoint.id, same, at)


def list_right_answers(checkpoint_ids: Collection[int]) -> dict[int, OutcomeKind]:
    """Return what young people last said is right instead, by question the reader may see."""
    rows = select(Event.record_id, Event.action).where(
        Event.kind == Kind.CHECKPOINT.value,
        Event.record_id.in_(checkpoint_ids),
        Event.action.startswith("says_", autoescape=True),
    )
    said = db.session.execute(rows.order_by(Event.seq))
    return {one: OutcomeKind(action.removeprefix("says_")) for one, action in said}


@act
def verify_outcome(actor: Actor, checkpoint_id: int) -> None:
    """Mark an evidenced answer as verified; an operator who did not record it may (I-40)."""
    checkpoint = get_checkpoint(actor, checkpoint_id)
    outcome = find_standing_outcome(checkpoint)
    if outcome is None or not outcome.evidence:
        raise GuardRefused("There is no evidence to verify yet.")
    if actor.account_id is None or outcome.recorded_by == actor.account_id:
        raise GuardRefused("Another member of staff must verify what you recorded.")
    transitions.move(checkpoint, Kind.CHECKPOINT, "verify", actor, clock.now())
    outcome.verified_by = actor.account_id

"""What is kept no longer than the region says: each night, or by hand, with the reason for each.

Nothing that an open round, an open question, a request or a hold needs goes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from placements import clock
from placements.domain.checkpoints import add_months
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM
from placements.domain.plain_words import day_words
from placements.domain.region import Region, Retention
from placements.domain.vocabulary import (
    LIVE_ASSIGNMENT_STATES,
    OPEN_APPLICATION_STATES,
    CheckpointKind,
    Kind,
)
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.accounts import Link, Session, SignInAttempt
from placements.models.assignments import Assignment
from placements.models.audit import History
from placements.models.candidates import Application
from placements.models.operations import ErasureList, IdempotencyKey, ImportRun, Occurrence
from placements.models.outcomes import Checkpoint
from placements.models.regions import Region as RegionRow
from placements.models.rights import RightsRequest
from placements.models.rounds import Round, Snapshot, SnapshotRecord
from placements.services import erasures, transitions
from placements.services.invariants.messages_and_time import RETAINING
from placements.services.occurrences import Claim, add_occurrence, note
from placements.services.transactions import act
from placements.settings import Settings

HOUR = time(3, 30)
WAITING_DAYS = 2
ATTEMPT_DAYS = 1
OVER = ("final", "cancelled", "planned", "open")
ASKED_STILL = ("scheduled", "due", "chasing", "disputed")
ENDED = ("completed", "left_early", "ended_by_employer")


@dataclass(frozen=True)
class Due:
    """One thing that goes, or a number of them: what, why, and of a person who and since when."""

    rule: str
    what: str
    why: str
    n: int = 1
    subject_id: int | None = None


def list_due(rules: Region) -> list[Due]:
    """List what would go now, and why; nothing changes."""
    at, kept = clock.now(), rules.retention
    return [*_people_to_end(rules.code), *_people_due(rules, at), *_rows_due(kept, at)]


def run_retention(rules: Region, settings: Settings) -> list[Due]:
    """Do what is due now and return it; cut off anywhere, the next run goes on."""
    due = list_due(rules)
    _end_taking_part([d.subject_id for d in due if d.rule == "finished" and d.subject_id])
    people = [d.subject_id for d in due if d.rule == "people" and d.subject_id]
    refused = erasures.erase_people(people, settings)
    _remove_rows(rules.retention, clock.now())
    return [d for d in due if d.rule != "people" or d.subject_id not in refused]


def _people_due(rules: Region, at: datetime) -> Iterator[Due]:
    """Yield who stopped, finished or could not join so long ago that nothing needs them."""
    months = rules.retention.people_months
    last_day = add_months(london_date(at), -months)
    moved = select(func.max(History.moved_at)).where(
        History.kind == Kind.APPLICATION.value, History.record_id == Application.id
    )
    last_move = moved.correlate(Application).scalar_subquery()
    person = Application.candidate_id
    rows = (
        select(person, func.max(Application.reference), func.max(last_move))
        .join(RegionRow, RegionRow.id == Application.region_id)
        .where(RegionRow.code == rules.code, ~_is_needed(person, last_day))
        .group_by(person)
        .order_by(person)
    )
    for candidate_id, reference, since in db.session.execute(rows):
        if since is not None and london_date(since) <= last_day:
            why = f"nothing since {day_words(london_date(since))}, {months} months are kept"
            yield Due("people", reference, why, subject_id=candidate_id)


def _is_needed(person: ColumnElement[int], last_day: date) -> ColumnElement[bool]:
    """Say in SQL that something still needs the person's record."""
    entry, place = (Application.__table__.alias(), Assignment.__table__.alias())
    own = entry.c.candidate_id == person
    sealed = (
        select(SnapshotRecord.id)
        .join(Snapshot, Snapshot.id == SnapshotRecord.snapshot_id)
        .join(Round, Round.id == Snapshot.round_id)
        .join(entry, entry.c.id == SnapshotRecord.record_id)
        .where(SnapshotRecord.kind == "application", own, Round.state.not_in(OVER))
    )
    questions = (
        select(Checkpoint.id)
        .outerjoin(place, place.c.id == Checkpoint.assignment_id)
        .outerjoin(entry, entry.c.id == Checkpoint.application_id)
        .where(or_(place.c.candidate_id == person, own))
        .where(or_(Checkpoint.state.in_(ASKED_STILL), Checkpoint.window_closes_on > last_day))
        .where(Checkpoint.state != "not_applicable", Checkpoint.kind != CheckpointKind.BASE.value)
    )
    live = (place.c.candidate_id == person, place.c.state.in_(LIVE_ASSIGNMENT_STATES))
    asked = (RightsRequest.candidate_id == person, RightsRequest.closed_at.is_(None))
    return or_(
        exists(select(entry.c.id).where(own, entry.c.state.in_(OPEN_APPLICATION_STATES))),
        exists(select(place.c.id).where(*live)),
        exists(sealed),
        exists(questions),
        exists(select(RightsRequest.id).where(*asked)),
        exists(select(ErasureList.candidate_id).where(ErasureList.candidate_id == person)),
    )


def _people_to_end(code: str) -> Iterator[Due]:
    """Yield who had a placement, was asked the last question about it, and waits for no other."""
    today = clock.today()
    place, other = (Assignment.__table__.alias(), Assignment.__table__.alias())
    had = and_(place.c.application_id == Application.id, place.c.state.in_(ENDED))
    running = and_(
        other.c.application_id == Application.id,
        other.c.state.in_((*LIVE_ASSIGNMENT_STATES, "reserve")),
    )
    asked = (
        select(Checkpoint.id)
        .join(place, place.c.id == Checkpoint.assignment_id)
        .where(place.c.application_id == Application.id, Checkpoint.state != "not_applicable")
        .where(or_(Checkpoint.state.in_(ASKED_STILL), Checkpoint.window_closes_on >= today))
    )
    sealed = (
        select(SnapshotRecord.id)
        .join(Snapshot, Snapshot.id == SnapshotRecord.snapshot_id)
        .join(Round, Round.id == Snapshot.round_id)
        .where(SnapshotRecord.kind == "application", SnapshotRecord.record_id == Application.id)
        .where(Round.state.not_in(OVER))
    )
    rows = (
        select(Application.id, Application.reference)
        .join(RegionRow, RegionRow.id == Application.region_id)
        .where(RegionRow.code == code, Application.state.in_(("ready", "on_hold")))
        .where(exists(select(place.c.id).where(had)), ~exists(asked), ~exists(sealed))
        .where(~exists(select(other.c.id).where(running)))
    )
    for application_id, reference in db.session.execute(rows.order_by(Application.id)):
        why = "the last question about their placement is closed"
        yield Due("finished", reference, why, subject_id=application_id)


@act
def _end_taking_part(application_ids: list[int]) -> None:
    """End applications after their last question: from then on the months of keeping count."""
    for application_id in application_ids:
        application = db.session.get_one(Application, application_id, with_for_update=True)
        if application.state in ("ready", "on_hold"):
            transitions.move(application, Kind.APPLICATION, "exit", SYSTEM, clock.now())


def _old_rows(kept: Retention, at: datetime) -> dict[str, tuple[Any, ColumnElement[bool], str]]:
    """Return the rows that nobody needs any more, by what they are: table, which, and why."""
    ended = at - timedelta(days=kept.sign_in_days)
    waited = at - timedelta(days=WAITING_DAYS)
    days = f"ended {kept.sign_in_days} days ago or more"
    return {
        "sessions": (
            Session,
            or_(Session.expires_at <= ended, Session.ended_at <= ended),
            days,
        ),
        "links": (Link, Link.expires_at <= ended, days),
        "tries to sign in": (
            SignInAttempt,
            SignInAttempt.happened_at <= at - timedelta(days=ATTEMPT_DAYS),
            "a day old",
        ),
        "keys of forms": (IdempotencyKey, IdempotencyKey.used_at <= ended, days),
        "files that wait": (
            ImportRun,
            and_(ImportRun.content.is_not(None), ImportRun.started_at <= waited),
            f"nobody added them in {WAITING_DAYS} days",
        ),
    }


def _rows_due(kept: Retention, at: datetime) -> Iterator[Due]:
    for what, (table, which, why) in _old_rows(kept, at).items():
        n = db.session.scalar(select(func.count()).select_from(table).where(which)) or 0
        if n:
            yield Due("rows", what, why, n)


@act
def _remove_rows(kept: Retention, at: datetime) -> None:
    for table, which, _ in _old_rows(kept, at).values():
        db.session.execute(delete(table).where(which))


@act
def begin_retention() -> int:
    """Schedule the first night; return 0 if one is scheduled already."""
    if db.session.scalar(select(exists().where(Occurrence.schedule == RETAINING))):
        return 0
    add_occurrence(RETAINING, 0, _night_after(clock.today()))
    return 1


def retain_tonight(claim: Claim, rules: Region, settings: Settings) -> None:
    """Do what is due tonight; a night that was slept through is passed over for a later one."""
    if _schedule_next(claim.due_at.astimezone(clock.LONDON).date()) <= clock.now():
        raise GuardRefused("A later night does the same.")
    due = run_retention(rules, settings)
    erasures.finish_erasures(settings)
    if due:
        note(claim, describe(due))


def describe(due: list[Due]) -> str:
    """Say in one line how much went; no reference of anybody."""
    people, rows = ([d for d in due if d.rule == rule] for rule in ("people", "rows"))
    return f"{len(people)} people erased, {sum(d.n for d in rows)} rows removed."


@act
def _schedule_next(tonight: date) -> datetime:
    due_at = _night_after(tonight)
    add_occurrence(RETAINING, 0, due_at)
    return due_at


def _night_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), HOUR, clock.LONDON).astimezone(UTC)


WORDS: dict[str, Callable[[Due], str]] = {
    "finished": lambda d: f"{d.what} finishes: {d.why}",
    "people": lambda d: f"{d.what} is erased: {d.why}",
    "rows": lambda d: f"{d.n} {d.what} are removed: {d.why}",
}
"""How each kind of line reads."""

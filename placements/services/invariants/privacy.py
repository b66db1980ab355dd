"""Whose records these are, what is gone when erased, and sums that agree (I-36 to I-40)."""

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.audit import Event, History
from placements.models.candidates import Application, Candidate, EqualityAnswer, Provider
from placements.models.employers import Employer, Site
from placements.models.operations import ErasureList
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.models.rounds import Round, SnapshotRecord
from placements.services.funnel import list_funnel
from placements.services.invariants.rows import Check, Rows, rows_of
from placements.services.personal_rows import find_person, list_told

NOT_PERSONAL = ("id", "account_id", "point_is_approximate")
PEOPLE_STAGES = {
    "matched": "offered",
    "accepted": "accepted",
    "started": "started",
    "completed": "completed",
}
VERIFIED = ("verified",)


def of_another_organisation() -> Rows:
    """I-36: what hangs on a record is of the same organisation and region."""
    site = select(Placement.id).join(Site, Placement.site_id == Site.id)
    yield from rows_of(Placement, site.where(Site.employer_id != Placement.employer_id))
    own = select(Application.id).join(Provider, Application.provider_id == Provider.id)
    yield from rows_of(Application, own.where(Provider.region_id != Application.region_id))
    pair = (
        select(Assignment.id)
        .join(Application, Assignment.application_id == Application.id)
        .join(Placement, Assignment.placement_id == Placement.id)
        .join(Employer, Placement.employer_id == Employer.id)
        .outerjoin(Round, Assignment.round_id == Round.id)
        .where(
            or_(
                Application.candidate_id != Assignment.candidate_id,
                Employer.region_id != Application.region_id,
                Round.region_id != Application.region_id,
            )
        )
    )
    yield from rows_of(Assignment, pair)


def _is_erased(candidate: type[Candidate]):
    listed = exists().where(ErasureList.candidate_id == candidate.id)
    entry = aliased(Application)
    own = entry.candidate_id == candidate.id
    anonymised = exists().where(own, entry.state == "anonymised")
    takes_part = exists().where(own, entry.state != "anonymised")
    return or_(listed, and_(anonymised, ~takes_part))


def left_behind() -> Rows:
    """I-38: nothing personal is left of who was erased."""
    personal = [c for c in Candidate.__table__.c if c.name not in NOT_PERSONAL]
    left = or_(*(column.is_not(None) for column in personal))
    erased = _is_erased(Candidate)
    yield from rows_of(Candidate, select(Candidate.id).where(erased, left))
    reachable = or_(*(c.is_not(None) for c in (Account.name, Account.email, Account.mobile)))
    yield from rows_of(Account, select(Account.id).where(Account.erased, reachable))
    answers = select(EqualityAnswer.id).join(Candidate, EqualityAnswer.candidate_id == Candidate.id)
    yield from rows_of(EqualityAnswer, answers.where(erased))
    sealed = (
        select(SnapshotRecord.id)
        .join(Application, SnapshotRecord.record_id == Application.id)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .where(SnapshotRecord.kind == "application", SnapshotRecord.body.is_not(None), erased)
    )
    yield from rows_of(SnapshotRecord, sealed)
    listed = select(Candidate).join(ErasureList, ErasureList.candidate_id == Candidate.id)
    for candidate in db.session.scalars(listed.order_by(Candidate.id)):
        yield from list_told(find_person(candidate))


def lost_from_the_funnel() -> Rows:
    """I-39: who reached a state, by the history of moves, is counted for it, and nobody else."""
    for region_id in db.session.scalars(select(Region.id).order_by(Region.id)).all():
        staff = Actor(Role.OPERATOR, region_id=region_id)
        counted = {stage.name: set(stage.ids) for stage in list_funnel(staff)}
        for name, state in PEOPLE_STAGES.items():
            for candidate_id in sorted(_who_reached(region_id, state) ^ counted[name]):
                yield Candidate.__tablename__, candidate_id


def _who_reached(region_id: int, state: str) -> set[int]:
    rows = (
        select(Assignment.candidate_id)
        .join(History, History.record_id == Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(History.kind == Kind.ASSIGNMENT.value, History.to_state == state)
        .where(Application.region_id == region_id)
    )
    return set(db.session.scalars(rows))


def wrongly_verified() -> Rows:
    """I-40: one question a kind; verified needs evidence and another than who recorded it."""
    twin = aliased(Checkpoint)
    same = exists().where(
        twin.kind == Checkpoint.kind,
        or_(
            twin.assignment_id == Checkpoint.assignment_id,
            twin.application_id == Checkpoint.application_id,
        ),
        twin.id < Checkpoint.id,
    )
    yield from rows_of(Checkpoint, select(Checkpoint.id).where(same))
    alone = or_(Outcome.verified_by == Outcome.recorded_by, Outcome.evidence.is_(None))
    wrong = and_(Outcome.verified_by.is_not(None), alone)
    yield from rows_of(Outcome, select(Outcome.id).where(wrong))
    yield from _not_as_told()
    by = exists().where(Outcome.checkpoint_id == Checkpoint.id, Outcome.verified_by.is_not(None))
    unverified = select(Checkpoint.id).where(Checkpoint.state.in_(VERIFIED), ~by)
    yield from rows_of(Checkpoint, unverified)


def _not_as_told() -> Rows:
    """Outcomes that no line of the audit tells of: recorded, or verified, by that person then."""
    of_question = and_(Event.kind == "checkpoint", Event.record_id == Outcome.checkpoint_id)
    recorded = exists().where(
        of_question,
        Event.happened_at == Outcome.recorded_at,
        Event.account_id.is_not_distinct_from(Outcome.recorded_by),
    )
    verified = exists().where(
        of_question, Event.action == "verify", Event.account_id == Outcome.verified_by
    )
    untold = or_(~recorded, and_(Outcome.verified_by.is_not(None), ~verified))
    return rows_of(Outcome, select(Outcome.id).where(untold))


CHECKS: dict[str, Check] = {
    "I-36": of_another_organisation,
    "I-38": left_behind,
    "I-39": lost_from_the_funnel,
    "I-40": wrongly_verified,
}

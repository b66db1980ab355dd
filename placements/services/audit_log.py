"""The audit as staff read it: ids, codes and times, the newest line first."""

from dataclasses import dataclass

from sqlalchemy import func, select

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.audit import AuditHead, Event
from placements.models.rounds import Round
from placements.services.applications import get_application
from placements.services.assignments import get_assignment
from placements.services.employers import get_employer
from placements.services.outcomes import get_checkpoint
from placements.services.placements import get_placement
from placements.services.rounds import get_round

STAFF = (Role.OPERATOR, Role.APPROVER)
LINES_A_PAGE = 50
OWNERS = {
    Kind.APPLICATION.value: get_application,
    Kind.ASSIGNMENT.value: get_assignment,
    Kind.EMPLOYER.value: get_employer,
    Kind.PLACEMENT.value: get_placement,
    Kind.ROUND.value: get_round,
    Kind.CHECKPOINT.value: get_checkpoint,
}


@dataclass(frozen=True)
class LogPage:
    """Some lines, the number to go on from, and the head of the whole chain."""

    lines: list[Event]
    older_than: int | None
    n_lines: int
    head_hash: str


def list_rounds_log(actor: Actor, before: int | None = None) -> LogPage:
    """List the lines about the rounds of the actor's region, the newest first; staff only."""
    mine = select(Round.id).where(Round.region_id == actor.region_id)
    about = (Event.kind == Kind.ROUND.value, Event.record_id.in_(mine))
    return _read(actor, about, before)


def list_record_log(actor: Actor, kind: str, record_id: int, before: int | None = None) -> LogPage:
    """List the lines about one record that the actor may see, the newest first; staff only."""
    if kind not in OWNERS:
        raise NotFound("There is no such record.")
    OWNERS[kind](actor, record_id)
    return _read(actor, (Event.kind == kind, Event.record_id == record_id), before)


def _read(actor: Actor, about: tuple, before: int | None) -> LogPage:
    if actor.role not in STAFF:
        raise NotFound("There is no such page, or it is not yours.")
    wanted = select(Event).where(*about).order_by(Event.seq.desc())
    if before is not None:
        wanted = wanted.where(Event.seq < before)
    found = list(db.session.scalars(wanted.limit(LINES_A_PAGE + 1)))
    head = db.session.scalar(select(AuditHead))
    return LogPage(
        lines=found[:LINES_A_PAGE],
        older_than=found[LINES_A_PAGE - 1].seq if len(found) > LINES_A_PAGE else None,
        n_lines=db.session.scalar(select(func.count(Event.seq))) or 0,
        head_hash=head.hash if head else "",
    )

"""Who lost a place through no doing of theirs: they get a next step, and staff see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, selectinload

from placements.domain.vocabulary import (
    HELD_ASSIGNMENT_STATES,
    LOST_THROUGH_NO_DOING,
    Kind,
)
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import History
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services.next_steps import give_next_steps

# Whom an assignment is about and where, read for a whole list at once.
WHO_WHERE = (
    selectinload(Assignment.application).joinedload(Application.candidate),
    selectinload(Assignment.placement).joinedload(Placement.employer),
)


@dataclass(frozen=True)
class Lost:
    """One place somebody lost, and since when they have had none."""

    assignment: Assignment
    lost_at: datetime


def open_rescue(assignment: Assignment, at: datetime) -> None:
    """Give who lost a place a dated next step; part of the act that took it.

    While the round settles its cascade looks for another place first, and the end of the round
    gives the step; after that nothing else would.
    """
    round_ = db.session.get(Round, assignment.round_id or 0)
    if round_ is not None and round_.state == "final":
        give_next_steps(round_, at)


def list_lost(region_id: int) -> list[Lost]:
    """List who lost a place and holds none since, still takes part, the longest first."""
    rows = (
        select(Assignment, func.max(History.moved_at))
        .join(Application, Assignment.application_id == Application.id)
        .join(History, History.record_id == Assignment.id)
        .where(History.kind == Kind.ASSIGNMENT.value, *_is_lost())
        .where(Application.region_id == region_id)
        .group_by(Assignment.id)
        .order_by(func.max(History.moved_at), Assignment.id)
        .options(*WHO_WHERE)
    )
    return [Lost(*row) for row in db.session.execute(rows)]


def who_lost() -> Select:
    """Return the query of the applications whose place is gone, for a part of another query."""
    rows = select(Assignment.application_id)
    return rows.join(Application, Assignment.application_id == Application.id).where(*_is_lost())


def _is_lost() -> tuple[ColumnElement[bool], ...]:
    later = aliased(Assignment)
    has_another = exists().where(
        later.application_id == Assignment.application_id,
        later.state.in_(HELD_ASSIGNMENT_STATES) | (later.offered_at > Assignment.offered_at),
    )
    is_lost = Assignment.state.in_(LOST_THROUGH_NO_DOING)
    return Application.state == "ready", is_lost, ~has_another

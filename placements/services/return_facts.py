"""What was known at the end of a day about everybody who had started a placement by then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, func, select

from placements import clock
from placements.domain.checkpoints import add_months
from placements.domain.errors import NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.sustained import Months
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import History
from placements.models.candidates import Application, Candidate, Provider
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement
from placements.services.destinations import (
    ENDED_STATES,
    QUESTIONS,
    STARTED_STATES,
    After,
    statement_of,
)
from placements.services.sight import find_hidden, may_see


@dataclass
class Known:
    """One placement that had started, and the answer to each later question as it stood."""

    assignment_id: int
    application_id: int
    candidate_id: int
    reference: str
    placement: str
    provider: str
    district: str
    born_on: date | None
    has_ehcp: bool
    start_on: date | None
    end_on: date | None
    after: dict[str, tuple[Checkpoint, Outcome]] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        """Whether the last day was over, as far as was known."""
        return self.end_on is not None

    @property
    def six_months_on(self) -> date | None:
        """The day on which six months had passed since the last day."""
        return add_months(self.end_on, 6) if self.end_on else None

    @property
    def months(self) -> Months:
        """What the person did in each month after the last day."""
        return self._after.months(self._ended_on)

    @property
    def is_sustained(self) -> bool | None:
        """Whether what followed was sustained."""
        return self._after.is_sustained(self._ended_on)

    @property
    def has_half_a_year_of_work(self) -> bool | None:
        """Whether work of 16 hours a week came to 26 weeks within the year."""
        return self._after.has_half_a_year_of_work(self._ended_on)

    @property
    def _ended_on(self) -> date:
        if self.end_on is None:
            raise ValueError("This placement has not ended.")
        return self.end_on

    @property
    def _after(self) -> After:
        told = (statement_of(*pair) for pair in self.after.values())
        return After({statement.question: statement for statement in told})


def read_known(actor: Actor, known_on: date) -> list[Known]:
    """Read every placement that had started; the authority may, or a provider its own people's."""
    until = clock.end_of(known_on)
    rows = _narrow(actor, _placements(until))
    found = {}
    for assignment, application, candidate, placement, provider, state in db.session.execute(rows):
        found[assignment.id] = Known(
            assignment.id,
            application.id,
            candidate.id,
            application.reference,
            placement,
            provider or "",
            candidate.district or application.counted_district or "",
            candidate.date_of_birth,
            bool(candidate.has_ehcp),
            assignment.start_on,
            assignment.end_on if state in ENDED_STATES else None,
        )
    of = {assignment_id: known.application_id for assignment_id, known in found.items()}
    hidden = find_hidden(set(of.values())) if actor.role is Role.PROVIDER else {}
    since = {one: hidden[application] for one, application in of.items() if application in hidden}
    ids = rows.with_only_columns(Assignment.id).order_by(None)
    _add_answers(found, ids, until, lambda one, said: may_see(actor, since.get(one), said))
    return list(found.values())


def _placements(until: datetime) -> Select:
    moved = (History.kind == Kind.ASSIGNMENT.value, History.moved_at < until)
    last = (
        select(History.record_id, func.max(History.version).label("version"))
        .where(*moved)
        .group_by(History.record_id)
        .subquery()
    )
    facts = (Assignment, Application, Candidate, Placement.reference, Provider.name)
    return (
        select(*facts, History.to_state)
        .join(last, last.c.record_id == Assignment.id)
        .join(
            History,
            (History.record_id == last.c.record_id) & (History.version == last.c.version),
        )
        .join(Application, Application.id == Assignment.application_id)
        .join(Candidate, Candidate.id == Assignment.candidate_id)
        .join(Placement, Placement.id == Assignment.placement_id)
        .outerjoin(Provider, Provider.id == Application.provider_id)
        .where(*moved, History.to_state.in_(STARTED_STATES))
        .order_by(Assignment.id)
    )


def _narrow(actor: Actor, rows: Select) -> Select:
    if actor.role is Role.PROVIDER:
        column, own = Application.provider_id, actor.organisation_id
    elif actor.role in (Role.OPERATOR, Role.APPROVER):
        column, own = Application.region_id, actor.region_id
    else:
        raise NotAllowed("Only the authority and providers make returns.")
    if own is None:
        raise NotFound("Sign in with the organisation this belongs to.")
    return rows.where(column == own)


def _add_answers(
    found: dict[int, Known],
    assignments: Select,
    until: datetime,
    is_shown: Callable[[int, Outcome], bool],
) -> None:
    """Give each placement its answers that stood: recorded by then, and not superseded by then."""
    rows = (
        select(Checkpoint, Outcome)
        .join(Outcome, Outcome.checkpoint_id == Checkpoint.id)
        .where(Checkpoint.assignment_id.in_(assignments), Checkpoint.kind.in_(QUESTIONS))
        .where(Outcome.recorded_at < until)
        .order_by(Outcome.id)
    )
    for checkpoint, outcome in db.session.execute(rows):
        after = found[checkpoint.assignment_id].after
        if not is_shown(checkpoint.assignment_id, outcome):
            continue
        if outcome.supersedes_id is not None or checkpoint.kind not in after:
            after[checkpoint.kind] = (checkpoint, outcome)

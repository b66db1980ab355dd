"""How far a DBS check is where the role allows one: days only, never what the check says."""

from dataclasses import dataclass
from datetime import date

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.needs import DBS
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.models.assignments import Assignment
from placements.services.agreements import find_agreement
from placements.services.assignments import get_assignment
from placements.services.events import record_event
from placements.services.transactions import act, lock_row

RUNNING = ("confirmed", "started")


@dataclass(frozen=True)
class DbsDays:
    """The days of a check so far; None has not been yet."""

    applied_on: date | None
    sent_on: date | None
    back_on: date | None


def is_asked(assignment: Assignment) -> bool:
    """Say whether a placement asks for a DBS check, so that its days are kept."""
    return DBS in (assignment.placement.needs or ())


def may_keep(assignment: Assignment) -> bool:
    """Say whether the days of a check can be written now."""
    return is_asked(assignment) and assignment.state in RUNNING


@act
def keep_dbs_days(actor: Actor, assignment_id: int, days: DbsDays) -> None:
    """Keep how far a person's DBS check is; their provider may, while the placement is on."""
    if actor.role is not Role.PROVIDER:
        raise NotFound("There is no such page, or it is not yours.")
    assignment = lock_row(get_assignment(actor, assignment_id))
    agreement = find_agreement(assignment)
    if agreement is None or not may_keep(assignment):
        raise GuardRefused("This placement asks for no DBS check now. Nothing changed.")
    _check(days)
    kept = (agreement.dbs_applied_on, agreement.dbs_sent_on, agreement.dbs_back_on)
    if kept == (days.applied_on, days.sent_on, days.back_on):
        return
    agreement.dbs_applied_on = days.applied_on
    agreement.dbs_sent_on, agreement.dbs_back_on = days.sent_on, days.back_on
    record_event(actor, "keep_dbs_days", "agreement", agreement.id, ("", ""), clock.now())


def _check(days: DbsDays) -> None:
    """Hold the days to their order, none of them to come."""
    earlier = None
    for name, day in vars(days).items():
        if day is None:
            continue
        if day > clock.today():
            raise Invalid(name, "Write a day that has been. Leave it empty until then.")
        if earlier is not None and day < earlier:
            raise Invalid(name, f"Write a day from {earlier:%-d %B %Y} on, the step before it.")
        earlier = day
    if days.applied_on is None and earlier is not None:
        raise Invalid("applied_on", "Write the day on which the check was applied for.")

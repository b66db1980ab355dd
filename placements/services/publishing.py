"""Results go out once, all together, at the release time and never before it (I-22, I-23)."""

from datetime import datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind
from placements.domain.working_days import deadline_at
from placements.extensions import db
from placements.models.assignments import Assignment, Edge
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round, Skip
from placements.services import transitions
from placements.services.occurrences import add_occurrence
from placements.services.places import take_place
from placements.services.rounds import get_round
from placements.services.solving import is_intact
from placements.services.transactions import act


@act
def publish_round(actor: Actor, round_id: int) -> tuple[int, int]:
    """Offer every place of the approved plan, or nothing; return how many offered and skipped.

    A pair that is no longer right (the person stopped, the place is gone) is skipped with its
    reason instead of offered (I-09).
    """
    round_, at = get_round(actor, round_id), clock.now()
    transitions.move(round_, Kind.ROUND, "publish", actor, at)
    plan = _approved_plan(round_, at)
    counts = offer_rows(round_, plan, round_.answer_days[0], at)
    transitions.move(round_, Kind.ROUND, "settle", actor, at)
    return counts


def offer_rows(round_: Round, plan: Plan, n_days: int, at: datetime) -> tuple[int, int]:
    """Offer each place of `plan`, with `n_days` working days to answer; part of an act."""
    deadline = deadline_at(at, n_days)
    offered = [_offer_or_skip(round_, row, at, deadline) for row in _placed_rows(plan)]
    add_occurrence("offers.lapse", round_.id, deadline)
    return sum(offered), len(offered) - sum(offered)


def _approved_plan(round_: Round, at: datetime) -> Plan:
    if at < round_.release_at:
        raise GuardRefused("The release time has not come. Nothing was sent.")
    wanted = (
        Plan.round_id == round_.id,
        Plan.chosen,
        Plan.snapshot_hash == round_.snapshot_hash,
        Plan.plan_hash == round_.approved_plan_hash,
    )
    plan = db.session.scalar(select(Plan).where(*wanted))
    if plan is None or not is_intact(plan):
        raise GuardRefused("The plan is not the one that was approved. Nothing was sent.")
    return plan


def _placed_rows(plan: Plan) -> list[PlanRow]:
    rows = select(PlanRow).where(PlanRow.plan_id == plan.id, PlanRow.placement_id.is_not(None))
    return list(db.session.scalars(rows.order_by(PlanRow.placement_id, PlanRow.application_id)))


def _offer_or_skip(round_: Round, row: PlanRow, at: datetime, deadline: datetime) -> bool:
    application = db.session.get_one(Application, row.application_id)
    placement = db.session.get_one(Placement, row.placement_id)
    reason = _find_obstacle(application, placement, at)
    if reason:
        skipped = Skip(round_id=round_.id, application_id=application.id, skipped_at=at)
        skipped.placement_id, skipped.reason = placement.id, reason
        db.session.add(skipped)
        return False
    _offer(round_, row, application, at, deadline)
    return True


def _find_obstacle(application: Application, placement: Placement, at: datetime) -> str | None:
    if application.state != "ready":
        return "the person is no longer ready"
    if not take_place(placement, at):
        return "the place is no longer open"
    return None


def _offer(
    round_: Round, row: PlanRow, application: Application, at: datetime, deadline: datetime
) -> None:
    edge = Edge(
        application_id=application.id,
        placement_id=row.placement_id,
        travel_minutes=max(row.minutes_there, row.minutes_back),
        limit_minutes=application.max_minutes,
        is_estimate=row.is_estimate,
        checked_at=at,
    )
    db.session.merge(edge)
    db.session.flush()
    offer = Assignment(
        round_id=round_.id,
        application_id=application.id,
        candidate_id=application.candidate_id,
        placement_id=row.placement_id,
        offered_at=at,
        deadline_at=deadline,
        original_deadline_at=deadline,
    )
    transitions.begin(offer, Kind.ASSIGNMENT, "offer", SYSTEM, at)

"""Results go out once, all together, at the release time and never before it (I-22, I-23)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.refusal_words import FOR_STAFF
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, Kind
from placements.domain.working_days import deadline_at
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models.assignments import Assignment, Edge
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round, Skip
from placements.services import transitions
from placements.services.next_steps import give_next_steps
from placements.services.notices import tell_no_place, tell_offers
from placements.services.occurrences import add_occurrence
from placements.services.places import take_place
from placements.services.reach import Checked, recheck
from placements.services.rounds import get_round
from placements.services.solving import is_intact
from placements.services.transactions import act
from placements.services.waves import schedule_cascade


@act
def publish_round(actor: Actor, round_id: int) -> tuple[int, int]:
    """Offer every place of the approved plan, or nothing; return how many offered and skipped.

    A pair that is no longer right (the person stopped, the place is gone) is skipped with its
    reason instead of offered (I-09). Everyone without an offer gets a dated next step.
    """
    round_, at = get_round(actor, round_id), clock.now()
    published = transitions.move(round_, Kind.ROUND, "publish", actor, at)
    plan = _approved_plan(round_, at)
    counts = offer_rows(round_, plan, round_.answer_days[0], at)
    give_next_steps(round_, at)
    tell_no_place(published, round_, plan)
    if counts[1]:
        schedule_cascade(round_.id, at)
    transitions.move(round_, Kind.ROUND, "settle", actor, at)
    return counts


def offer_rows(round_: Round, plan: Plan, n_days: int, at: datetime) -> tuple[int, int]:
    """Offer each place of `plan`, with `n_days` working days to answer; part of an act.

    Every pair is checked again by today's facts first (I-07, I-09). One that no longer passes
    gets a row that says why, and its place is free for somebody else.
    """
    deadline = deadline_at(at, n_days)
    pairs = _load_pairs(plan)
    checks = recheck(
        [(application, placement) for _, application, placement in pairs], round_.policy
    )
    room = _Room(round_.id, [placement.employer for _, _, placement in pairs])
    offers = []
    for (row, application, placement), checked in zip(pairs, checks, strict=True):
        reason = _find_obstacle(application, placement, checked, room, at)
        if reason:
            _skip(round_, application, placement, reason, at)
            continue
        offer = Assignment(offered_at=at, deadline_at=deadline, original_deadline_at=deadline)
        offer.round_id, offer.receipt = round_.id, row.reasons[0] if row.reasons else {}
        offer.application_id, offer.candidate_id = application.id, application.candidate_id
        offer.placement_id = placement.id
        offers.append((offer, application, checked))
    _keep_edges(offers, at)
    for offer, *_ in offers:
        transitions.begin(offer, Kind.ASSIGNMENT, "offer", SYSTEM, at)
        pass_failpoint("cascade.mid" if plan.is_cascade else "publish.mid")
    tell_offers(round_)
    add_occurrence("offers.lapse", round_.id, deadline)
    return len(offers), len(pairs) - len(offers)


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


def _load_pairs(plan: Plan) -> list[tuple[PlanRow, Application, Placement]]:
    """Load the placed rows with both records, locked in the order every act locks them."""
    placed = (PlanRow.plan_id == plan.id, PlanRow.placement_id.is_not(None))
    rows = db.session.scalars(
        select(PlanRow).where(*placed).order_by(PlanRow.placement_id, PlanRow.application_id)
    ).all()
    placement_ids = select(PlanRow.placement_id).where(*placed)
    wanted = select(Placement).where(Placement.id.in_(placement_ids)).order_by(Placement.id)
    whole = (selectinload(Placement.employer), selectinload(Placement.site))
    places = _by_id(wanted.options(*whole).with_for_update())
    application_ids = select(PlanRow.application_id).where(*placed)
    wanted = select(Application).where(Application.id.in_(application_ids))
    wanted = wanted.order_by(Application.id).options(selectinload(Application.candidate))
    people = _by_id(wanted.with_for_update())
    return [(row, people[row.application_id], places[row.placement_id]) for row in rows]


def _by_id(wanted: Select) -> dict[int, Any]:
    fresh = wanted.execution_options(populate_existing=True)
    return {record.id: record for record in db.session.scalars(fresh)}


class _Room:
    """How many more places each employer with a cap gives in this round."""

    def __init__(self, round_id: int, employers: list[Employer]) -> None:
        caps = {one.id: one.cap for one in employers if one.cap is not None}
        held = (
            select(Placement.employer_id, func.count())
            .join(Assignment, Assignment.placement_id == Placement.id)
            .where(
                Assignment.round_id == round_id,
                Assignment.state.in_(HELD_ASSIGNMENT_STATES),
                Placement.employer_id.in_(caps),
            )
            .group_by(Placement.employer_id)
        )
        used = dict(tuple(row) for row in db.session.execute(held)) if caps else {}
        self.left = {one: cap - used.get(one, 0) for one, cap in caps.items()}

    def is_left(self, employer_id: int) -> bool:
        """Say whether the employer gives one more."""
        return self.left.get(employer_id, 1) > 0

    def take(self, employer_id: int) -> None:
        """Count one more place of a capped employer as given."""
        if employer_id in self.left:
            self.left[employer_id] -= 1


def _find_obstacle(
    application: Application, placement: Placement, checked: Checked, room: _Room, at: datetime
) -> str | None:
    if application.state != "ready":
        return "the person is no longer ready"
    if checked.rule:
        return FOR_STAFF[checked.rule]
    if not room.is_left(placement.employer_id):
        return "the employer now takes fewer people"
    if not take_place(placement, at):
        return FOR_STAFF["FULL"]
    room.take(placement.employer_id)
    return None


def _skip(
    round_: Round, application: Application, placement: Placement, reason: str, at: datetime
) -> None:
    skipped = Skip(round_id=round_.id, application_id=application.id, skipped_at=at)
    skipped.placement_id, skipped.reason = placement.id, reason
    db.session.add(skipped)


def _keep_edges(offers: list[tuple[Assignment, Application, Checked]], at: datetime) -> None:
    """Store what the check found of each pair; an assignment without such a row cannot be."""
    ids = [application.id for _, application, _ in offers]
    found = select(Edge).where(Edge.application_id.in_(ids))
    known = {(e.application_id, e.placement_id): e for e in db.session.scalars(found)}
    for offer, application, checked in offers:
        pair = (application.id, offer.placement_id)
        edge = known.get(pair) or Edge(application_id=pair[0], placement_id=pair[1])
        edge.travel_minutes, edge.limit_minutes = checked.minutes, application.max_minutes
        edge.is_estimate, edge.checked_at = checked.is_estimate, at
        db.session.add(edge)
    db.session.flush()

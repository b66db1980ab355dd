"""Results go out once, all together, at the release time and never before it (I-22, I-23)."""

from collections.abc import Mapping
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
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services import transitions
from placements.services.edges import keep_edges
from placements.services.next_steps import give_next_steps
from placements.services.notices import tell_no_place, tell_offers
from placements.services.occurrences import add_occurrence
from placements.services.places import take_place
from placements.services.reach import Checked, recheck
from placements.services.reserves import find_in_line, form_lines
from placements.services.rounds import get_round, hold_round
from placements.services.skips import CAP_CUT, HOLDS_ANOTHER, NOT_READY, add_skip
from placements.services.solving import follows_policy, is_intact
from placements.services.transactions import act
from placements.services.waves import schedule_cascade


@act
def publish_round(actor: Actor, round_id: int) -> tuple[int, int]:
    """Offer every place of the approved plan, or nothing; return how many offered and skipped.

    A pair that is no longer right (the person stopped, the place is gone) is skipped with its
    reason instead of offered (I-09). Everyone without an offer gets a dated next step.
    """
    round_, at = hold_round(actor, round_id), clock.now()
    published = transitions.move(round_, Kind.ROUND, "publish", actor, at)
    plan = _approved_plan(round_, at)
    counts = offer_rows(round_, plan, round_.answer_days[0], at)
    form_lines(round_, plan, at)
    give_next_steps(round_, at)
    tell_no_place(published, round_, plan)
    if counts[1]:
        schedule_cascade(round_.id, at)
    transitions.move(round_, Kind.ROUND, "settle", actor, at)
    return counts


def offer_rows(
    round_: Round,
    plan: Plan,
    n_days: int,
    at: datetime,
    numbers: Mapping[tuple[int, int], int] | None = None,
) -> tuple[int, int]:
    """Offer each place of `plan`, with `n_days` working days to answer; part of an act.

    Every pair is checked again by today's facts first (I-07, I-09). One that no longer passes
    gets a row that says why, and its place is free for somebody else. Where pairs have `numbers`
    in line, the lowest goes first, and a row that waited becomes the offer (I-06, I-12).
    """
    deadline, numbers = deadline_at(at, n_days), numbers or {}
    pairs = _load_pairs(plan, numbers)
    in_line = find_in_line(round_.id, {place for _, place in numbers})
    checks = recheck(
        [(application, placement) for _, application, placement in pairs], round_.policy
    )
    room = _Room(round_.id, [placement.employer for _, _, placement in pairs])
    holding = _list_holding(pairs)
    offers = []
    for (row, application, placement), checked in zip(pairs, checks, strict=True):
        reason = HOLDS_ANOTHER if application.candidate_id in holding else None
        reason = reason or _find_obstacle(application, placement, checked, room, at)
        if reason:
            add_skip(round_.id, (application.id, placement.id), reason, at)
            continue
        pair = (application.id, placement.id)
        offer = in_line.get(pair) or Assignment(round_id=round_.id, position=numbers.get(pair))
        offer.receipt = row.reasons[0] if row.reasons else {}
        offer.application_id, offer.candidate_id = application.id, application.candidate_id
        offer.placement_id = placement.id
        offers.append((offer, application, checked))
    keep_edges([(person, offer.placement_id, found) for offer, person, found in offers], at)
    for offer, *_ in offers:
        offer.offered_at, offer.deadline_at, offer.original_deadline_at = at, deadline, deadline
    _send([offer for offer, *_ in offers], at)
    pass_failpoint("cascade.mid" if plan.is_cascade else "publish.mid")
    tell_offers(round_)
    add_occurrence("offers.lapse", round_.id, deadline)
    return len(offers), len(pairs) - len(offers)


def _send(offers: list[Assignment], at: datetime) -> None:
    """Give new offers their first state, and move those that waited in line."""
    new = [offer for offer in offers if offer.id is None]
    waited = [offer for offer in offers if offer.id is not None]
    transitions.begin_all(new, Kind.ASSIGNMENT, "offer", SYSTEM, at)
    for offer in waited:
        transitions.move(offer, Kind.ASSIGNMENT, "offer", SYSTEM, at)


def _approved_plan(round_: Round, at: datetime) -> Plan:
    if at < round_.release_at:
        raise GuardRefused("The release time has not come. Nothing was sent.")
    plan, wrong = _find_approved(round_)
    if plan is None or wrong:
        raise GuardRefused(f"{wrong} Nothing was sent.")
    return plan


def find_stop(actor: Actor, round_id: int) -> str:
    """Say why an approved plan could not go out as it is now, or nothing."""
    return _find_approved(get_round(actor, round_id))[1]


def _find_approved(round_: Round) -> tuple[Plan | None, str]:
    wanted = (
        Plan.round_id == round_.id,
        Plan.chosen,
        Plan.snapshot_hash == round_.snapshot_hash,
        Plan.plan_hash == round_.approved_plan_hash,
        Plan.plan_hash == round_.plan_hash,
    )
    plan = db.session.scalar(select(Plan).where(*wanted))
    if plan is None or not is_intact(plan):
        return None, "The plan is not the one that was approved."
    is_same = follows_policy(round_, plan)
    return plan, "" if is_same else "The rules of the round changed since the approval."


def _load_pairs(
    plan: Plan, numbers: Mapping[tuple[int, int], int]
) -> list[tuple[PlanRow, Application, Placement]]:
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
    loaded = [(row, people[row.application_id], places[row.placement_id]) for row in rows]

    def in_order(one: tuple[PlanRow, Application, Placement]) -> tuple[int, int, int]:
        _, person, place = one
        return place.id, numbers.get((person.id, place.id), 0), person.id

    return sorted(loaded, key=in_order)


def _list_holding(pairs: list[tuple[PlanRow, Application, Placement]]) -> set[int]:
    """Return who holds a place or an offer by now, from another round perhaps (I-05)."""
    wanted = {application.candidate_id for _, application, _ in pairs}
    held = (Assignment.candidate_id.in_(wanted), Assignment.state.in_(HELD_ASSIGNMENT_STATES))
    return set(db.session.scalars(select(Assignment.candidate_id).where(*held)))


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
        return NOT_READY
    if checked.rule:
        return FOR_STAFF[checked.rule]
    if not room.is_left(placement.employer_id):
        return CAP_CUT
    if not take_place(placement, at):
        return FOR_STAFF["FULL"]
    room.take(placement.employer_id)
    return None

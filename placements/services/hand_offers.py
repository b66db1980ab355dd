"""Another place for somebody who lost theirs: the best now, what each does to others, the offer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.refusal_words import FOR_STAFF
from placements.domain.vocabulary import Kind, Role
from placements.domain.working_days import deadline_at
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import skips, transitions
from placements.services.applications import get_application
from placements.services.edges import keep_edges
from placements.services.lost_places import Lost, list_lost
from placements.services.notices import tell_offers
from placements.services.occurrences import add_occurrence
from placements.services.places import lock_places, take_place
from placements.services.reach import Reach, list_openers, list_reach, recheck
from placements.services.rescues import RescueLine, list_rescues
from placements.services.reserves import find_in_line
from placements.services.rounds import hold_round
from placements.services.transactions import act, lock_row

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
MOST_OPTIONS, ANSWER_DAYS = 3, 2
BECAUSE = "The place you had is gone. Staff offered you this one: it is free and you can reach it."


@dataclass(frozen=True)
class Option:
    """One free place for the person, and how many others would go without by it."""

    reach: Reach
    choice_rank: int | None
    n_others_without: int


@dataclass(frozen=True)
class Rescue:
    """Somebody who lost a place, their best free places now, or what would open some."""

    lost: Lost
    options: list[Option]
    openers: list[str]


def list_lost_places(actor: Actor, round_id: int | None = None) -> list[Lost]:
    """List who lost a place and holds none, the longest wait first; staff only."""
    if actor.role not in STAFF:
        raise NotFound("There is no such page, or it is not yours.")
    found = list_lost(actor.region_id or 0)
    return [one for one in found if round_id in (None, one.assignment.round_id)]


def has_lost_place(actor: Actor, application_id: int) -> bool:
    """Say whether the person lost a place and holds none since; staff only."""
    lost = list_lost_places(actor)
    return any(one.assignment.application_id == application_id for one in lost)


def get_rescue(actor: Actor, application_id: int) -> Rescue:
    """Return the three best free places of somebody who lost one: their choices first, then near.

    What a place does to others is worked out on today's facts, with everyone who waits.
    """
    lost = _get_lost(actor, application_id)
    application = lost.assignment.application
    reached = [one for one in list_reach(application) if one.obstacle is None]
    had = _list_had(application.id)
    open_now = [one for one in reached if one.placement.id not in had]
    ranks = {reference: n for n, reference in enumerate(application.choices, 1)}
    open_now.sort(key=lambda one: ranks.get(one.placement.reference, len(ranks) + 1))
    best = open_now[:MOST_OPTIONS]
    lines = list_rescues(actor, [one.placement.id for one in best])
    options = [
        Option(
            one,
            ranks.get(one.placement.reference),
            _count_others_without(lines[one.placement.id], application.id),
        )
        for one in best
    ]
    return Rescue(lost, options, [] if options else list_openers(application))


def _get_lost(actor: Actor, application_id: int) -> Lost:
    application = get_application(actor, application_id)
    for lost in list_lost_places(actor):
        if lost.assignment.application_id == application.id:
            return lost
    raise NotFound("This person has a place or an offer by now, or takes no part.")


def _list_had(application_id: int) -> set[int]:
    rows = select(Assignment.placement_id).where(Assignment.application_id == application_id)
    return set(db.session.scalars(rows.where(WAS_OFFERED)))


def _count_others_without(lines: list[RescueLine], application_id: int) -> int:
    known = [one for one in lines if one.n_placed is not None]
    best = max((one.n_placed or 0 for one in known), default=0)
    own = [one.n_placed for one in known if one.application_id == application_id]
    return best - (own[0] or 0) if own else 0


@act
def offer_by_hand(actor: Actor, application_id: int, placement_id: int) -> None:
    """Offer a free place to somebody who lost theirs through no doing of theirs; an operator may.

    The pair is checked again by today's facts (I-07, I-09); who is passed over in line keeps the
    reason (I-12).
    """
    if actor.role is not Role.OPERATOR:
        raise NotAllowed("Only an operator offers a place by hand. Nothing changed.")
    lost, at = _get_lost(actor, application_id), clock.now()
    round_ = hold_round(actor, lost.assignment.round_id or 0)
    lock_places([placement_id])
    placement = db.session.get(Placement, placement_id)
    application = lock_row(db.session.get_one(Application, application_id))
    if placement is None or placement.id in _list_had(application.id):
        raise NotFound("There is no such free place for this person.")
    _get_lost(actor, application_id)
    (checked,) = recheck([(application, placement)], round_.policy)
    if checked.rule:
        raise GuardRefused(f"This place is not right any more: {FOR_STAFF[checked.rule]}.")
    if not take_place(placement, at):
        raise GuardRefused("This place was taken a moment ago. Choose another.")
    keep_edges([(application, placement.id, checked)], at)
    _offer(actor, round_, application, placement, at)


def _offer(
    actor: Actor, round_: Round, application: Application, placement: Placement, at: datetime
) -> None:
    line = find_in_line(round_.id, {placement.id})
    offer = line.pop((application.id, placement.id), None) or Assignment(round_id=round_.id)
    for pair in line:
        skips.add_skip(round_.id, pair, skips.LOST_A_PLACE, at)
    offer.application_id, offer.candidate_id = application.id, application.candidate_id
    offer.placement_id, offer.receipt = placement.id, {"because": [BECAUSE]}
    deadline = deadline_at(at, ANSWER_DAYS)
    offer.offered_at, offer.deadline_at, offer.original_deadline_at = at, deadline, deadline
    if offer.id is None:
        transitions.begin(offer, Kind.ASSIGNMENT, "offer", actor, at)
    else:
        transitions.move(offer, Kind.ASSIGNMENT, "offer", actor, at)
    tell_offers(round_)
    add_occurrence("offers.lapse", round_.id, deadline)

"""Places and people: nobody too many, nobody twice, nobody where they may not be (I-01 to I-12)."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from placements.domain.vocabulary import (
    HELD_ASSIGNMENT_STATES,
    LIVE_ASSIGNMENT_STATES,
    OPEN_APPLICATION_STATES,
    Kind,
    Role,
)
from placements.models.assignments import Assignment, Edge
from placements.models.audit import Event, History
from placements.models.candidates import Application, Candidate
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Skip
from placements.services.invariants.rows import Check, Rows, rows_of

TAKES_NO_PART = ("on_hold", "exited", "withdrawn", "ineligible", "anonymised")
MAY_ANSWER = ("live", "full", "paused", "submitted", "changes_requested")
live = Assignment.state.in_(LIVE_ASSIGNMENT_STATES)
held = Assignment.state.in_(HELD_ASSIGNMENT_STATES)


def held_beyond_capacity() -> Rows:
    """I-01: held places never exceed capacity."""
    beyond = or_(Placement.held < 0, Placement.held > Placement.capacity)
    return rows_of(Placement, select(Placement.id).where(beyond))


def miscounted() -> Rows:
    """I-02: the counter equals the facts."""
    facts = (
        select(func.count())
        .where(Assignment.placement_id == Placement.id, held)
        .correlate(Placement)
        .scalar_subquery()
    )
    return rows_of(Placement, select(Placement.id).where(Placement.held != facts))


def cut_below_held() -> Rows:
    """I-03: capacity is never cut below held, nor set above the most."""
    cut = or_(Placement.capacity < Placement.held, Placement.capacity > Placement.capacity_max)
    return rows_of(Placement, select(Placement.id).where(cut))


def wrongly_full() -> Rows:
    """I-04: a placement is full exactly when every place is held."""
    wrong = or_(
        and_(Placement.state == "full", Placement.held < Placement.capacity),
        and_(Placement.state == "live", Placement.held >= Placement.capacity),
    )
    return rows_of(Placement, select(Placement.id).where(wrong))


def live_twice() -> Rows:
    """I-05: one live assignment a person and an application; one proposal a plan."""
    for column in (Assignment.candidate_id, Assignment.application_id):
        twice = select(column).where(live).group_by(column).having(func.count() > 1)
        yield from rows_of(Assignment, select(Assignment.id).where(live, column.in_(twice)))
    other = aliased(PlanRow)
    same = and_(
        other.plan_id == PlanRow.plan_id,
        other.application_id == PlanRow.application_id,
        other.id < PlanRow.id,
    )
    yield from rows_of(PlanRow, select(PlanRow.id).where(exists().where(same)))


def offered_twice() -> Rows:
    """I-06: one assignment a person, placement and round."""
    other = aliased(Assignment)
    same = and_(
        other.candidate_id == Assignment.candidate_id,
        other.placement_id == Assignment.placement_id,
        other.round_id == Assignment.round_id,
        other.id < Assignment.id,
    )
    return rows_of(Assignment, select(Assignment.id).where(exists().where(same)))


def without_edge() -> Rows:
    """I-07: no assignment of a pair that the checker did not find eligible."""
    checked = exists().where(
        Edge.application_id == Assignment.application_id,
        Edge.placement_id == Assignment.placement_id,
    )
    return rows_of(Assignment, select(Assignment.id).where(~checked))


def beyond_travel_limit() -> Rows:
    """I-08: no assignment beyond the travel limit."""
    of_pair = and_(
        Edge.application_id == Assignment.application_id,
        Edge.placement_id == Assignment.placement_id,
    )
    beyond = or_(Edge.travel_minutes > Edge.limit_minutes, Edge.travel_minutes < 0)
    return rows_of(Assignment, select(Assignment.id).join(Edge, of_pair).where(held, beyond))


def _state_then(kind: Kind, record_id: object, line: type[History]):
    """Select the state a record was in when a line of history was written."""
    earlier = aliased(History)
    return (
        select(earlier.to_state)
        .where(
            earlier.kind == kind.value,
            earlier.record_id == record_id,
            earlier.event_seq < line.event_seq,
        )
        .order_by(earlier.event_seq.desc())
        .limit(1)
        .correlate(Assignment, line)
        .scalar_subquery()
    )


def offered_when_not_right() -> Rows:
    """I-09: whoever is offered or accepts is ready then, and the placement open."""
    person = _state_then(Kind.APPLICATION, Assignment.application_id, History)
    place = _state_then(Kind.PLACEMENT, Assignment.placement_id, History)
    wanted = (
        select(Assignment.id)
        .join(History, and_(History.record_id == Assignment.id, History.kind == "assignment"))
        .where(
            or_(
                and_(History.action.in_(("offer", "accept")), person != "ready"),
                and_(History.action == "offer", place.not_in(("live", "full"))),
                and_(History.action == "accept", place.not_in(MAY_ANSWER)),
            )
        )
    )
    return rows_of(Assignment, wanted.distinct())


def held_by_who_left() -> Rows:
    """I-10: who takes no part has no live assignment."""
    wanted = select(Assignment.id).join(Application, Assignment.application_id == Application.id)
    return rows_of(Assignment, wanted.where(live, Application.state.in_(TAKES_NO_PART)))


def applied_twice() -> Rows:
    """I-11: one open application a person and region; one candidate a person."""
    other, open_ = aliased(Application), OPEN_APPLICATION_STATES
    same = and_(
        other.candidate_id == Application.candidate_id,
        other.region_id == Application.region_id,
        other.state.in_(open_),
        other.id < Application.id,
    )
    wanted = select(Application.id).where(Application.state.in_(open_), exists().where(same))
    yield from rows_of(Application, wanted)
    twin = aliased(Candidate)
    same_person = and_(twin.identity_key == Candidate.identity_key, twin.id < Candidate.id)
    yield from rows_of(Candidate, select(Candidate.id).where(exists().where(same_person)))


def offered_out_of_line() -> Rows:
    """I-12: a place goes to whom a stored plan names, else to reserves in their order."""
    named = exists().where(
        PlanRow.plan_id == Plan.id,
        Plan.round_id == Assignment.round_id,
        or_(Plan.chosen, Plan.is_cascade),
        PlanRow.application_id == Assignment.application_id,
        PlanRow.placement_id == Assignment.placement_id,
    )
    offered = (
        select(Assignment.id)
        .join(History, and_(History.record_id == Assignment.id, History.kind == "assignment"))
        .join(Event, Event.seq == History.event_seq)
        .where(History.action == "offer", Event.role == Role.SYSTEM.value)
        .where(Assignment.round_id.is_not(None))
    )
    yield from rows_of(Assignment, offered.where(History.from_state == "", ~named).distinct())
    before = aliased(Assignment)
    passed_over = exists().where(
        before.round_id == Assignment.round_id,
        before.placement_id == Assignment.placement_id,
        before.state == "reserve",
        before.position < Assignment.position,
        ~exists().where(
            Skip.round_id == before.round_id,
            Skip.application_id == before.application_id,
            Skip.placement_id == before.placement_id,
        ),
    )
    from_line = offered.where(History.from_state == "reserve", live, passed_over)
    yield from rows_of(Assignment, from_line.distinct())


CHECKS: dict[str, Check] = {
    "I-01": held_beyond_capacity,
    "I-02": miscounted,
    "I-03": cut_below_held,
    "I-04": wrongly_full,
    "I-05": live_twice,
    "I-06": offered_twice,
    "I-07": without_edge,
    "I-08": beyond_travel_limit,
    "I-09": offered_when_not_right,
    "I-10": held_by_who_left,
    "I-11": applied_twice,
    "I-12": offered_out_of_line,
}

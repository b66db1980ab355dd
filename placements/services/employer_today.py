"""What waits for an employer, by date, and how its places stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.freshness import ASK_AFTER, pauses_on
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.assignments import Agreement, Assignment, Signature
from placements.models.employers import Pledge
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services.employer_people import Person, list_people
from placements.services.placements import list_placements
from placements.services.still_here import list_finished

SOON = timedelta(days=7)
DESCRIBED = ("draft", "submitted", "changes_requested", "live", "full", "paused", "suspended")
OPEN = ("live", "full", "paused")
BEFORE_RELEASE = ("planned", "open", "locked", "simulating", "proposed", "approved", "failed")


@dataclass(frozen=True)
class ToDo:
    """One thing that waits: what it is, of whom, by when (None is: whenever it suits)."""

    what: str
    record_id: int
    title: str
    name: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class PlaceCounts:
    """How many places were pledged, are described, are open to young people, are filled."""

    pledged: int
    described: int
    live: int
    filled: int


@dataclass(frozen=True)
class RoundDates:
    """When a round opens, closes and tells its results."""

    name: str
    opens_at: datetime
    locks_at: datetime
    release_at: datetime


def list_todo(actor: Actor) -> list[ToDo]:
    """List what the actor's employer has to do, the earliest first, undated things last."""
    today, signed = clock.today(), _list_signed(actor)
    people = list_people(actor, ("accepted", "confirmed", "started"))
    found = [todo for person in people for todo in _of_person(person, signed, today)]
    for placement in list_placements(actor):
        found += _of_placement(placement, today)
    stayed = list_finished(actor)
    if stayed:
        n = len(stayed)
        found.append(ToDo("still_here", 0, "1 person" if n == 1 else f"{n} people"))
    return sorted(found, key=lambda todo: (todo.due_on or date.max, todo.what, todo.record_id))


def _list_signed(actor: Actor) -> set[int]:
    """Return the assignments whose agreement this employer has signed."""
    rows = (
        select(Agreement.assignment_id)
        .join(Signature, Signature.agreement_id == Agreement.id)
        .join(Assignment, Assignment.id == Agreement.assignment_id)
        .join(Placement, Placement.id == Assignment.placement_id)
        .where(Placement.employer_id == actor.organisation_id, Signature.party == "employer")
    )
    return set(db.session.scalars(rows))


def _of_person(person: Person, signed: set[int], today: date) -> list[ToDo]:
    facts = (person.id, person.placement_title, person.name)
    if person.state == "accepted":
        return [ToDo("confirm", *facts, person.confirm_by)]
    if person.state == "started":
        ends_soon = person.end_on is not None and today >= person.end_on - timedelta(days=1)
        return [ToDo("end", *facts, person.end_on)] if ends_soon else []
    found = [] if person.id in signed else [ToDo("sign", *facts, person.start_on)]
    if person.start_on and person.start_on <= today + SOON:
        found.append(ToDo("day_one", *facts, person.start_on))
    return found


def _of_placement(placement: Placement, today: date) -> list[ToDo]:
    facts = (placement.id, placement.title or placement.reference)
    if placement.state == "changes_requested":
        return [ToDo("change", *facts)]
    if placement.state == "draft":
        return [ToDo("describe", *facts)]
    if placement.state in OPEN and placement.checked_at is not None:
        asked_on = london_date(placement.checked_at + ASK_AFTER)
        due_on = pauses_on(placement.checked_at)
        return [ToDo("still_true", *facts, due_on=due_on)] if asked_on <= today else []
    return []


def count_places(actor: Actor) -> PlaceCounts:
    """Count the places of the actor's employer from pledge to filled."""
    if actor.role is not Role.EMPLOYER or actor.organisation_id is None:
        raise NotFound("There is no such employer, or it is not yours.")
    pledged = select(func.coalesce(func.sum(Pledge.n_places), 0)).where(
        Pledge.employer_id == actor.organisation_id, Pledge.answer == "yes"
    )
    placements = list_placements(actor, DESCRIBED)
    live = [placement for placement in placements if placement.state in ("live", "full")]
    return PlaceCounts(
        pledged=int(db.session.scalar(pledged) or 0),
        described=sum(max(p.capacity, p.capacity_likely or 0) for p in placements),
        live=sum(placement.capacity for placement in live),
        filled=sum(placement.held for placement in placements),
    )


def find_next_round(actor: Actor) -> RoundDates | None:
    """Return the dates of the next round of the actor's region to tell results, or None."""
    rows = select(Round).where(Round.region_id == actor.region_id, Round.state.in_(BEFORE_RELEASE))
    found = db.session.scalar(rows.order_by(Round.release_at).limit(1))
    if found is None:
        return None
    return RoundDates(found.name, found.opens_at, found.locks_at, found.release_at)

"""The kinds of race: what is set up, what each of the two does, and what must hold afterwards.

A turn returns whether it got what it wanted. Every name is invented.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from faults.race_worlds import (
    DEADLINE,
    NOW,
    make_edge,
    make_plan,
    make_round,
    make_world,
    offer_row,
)
from sqlalchemy import select

from placements import clock
from placements.domain.errors import Refusal
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.rounds import Plan, Round
from placements.services import (
    applications,
    assignments,
    placement_withdrawals,
    publishing,
)
from placements.services.transactions import act

INSTANT = timedelta(milliseconds=1)
BATCH = 20


@dataclass(frozen=True)
class Race:
    """One kind of race between process 0 and process 1, each with its own clock.

    Both tidy up after each `batch` of races; a batch of one is tidied by its winner.
    """

    prepare: Callable[[int], SimpleNamespace]
    turns: tuple[Callable, Callable]
    tidy: Callable
    set_up: Callable = lambda world, n: None
    clocks: tuple[datetime, datetime] = (NOW, NOW)
    batch: int = 1


def _try(work: Callable[[], object]) -> bool:
    try:
        return bool(work())
    except Refusal:
        return False


def _live_of(who: int, world: SimpleNamespace) -> Assignment | None:
    live = (
        Assignment.candidate_id == world.people[who][1],
        Assignment.state.in_(("offered", "accepted")),
    )
    return db.session.scalar(select(Assignment).where(*live))


def _give_back(who: int, world: SimpleNamespace) -> None:
    found = _live_of(who, world)
    if found is not None:
        assignments.cancel_assignment(world.operator, found.id, "Invented reason")


# The last place and two people.
@act
def _prepare_last_place(_n: int) -> SimpleNamespace:
    world = make_world(2 * BATCH, BATCH)
    for who, (application_id, _) in enumerate(world.people):
        make_edge(application_id, world.places[who % BATCH])
    return world


def _take_last(me: int) -> Callable:
    @act
    def take(world: SimpleNamespace, at: int) -> int:
        return offer_row(world, me * BATCH + at, world.places[at], None)

    return lambda world, n: _try(lambda: take(world, n % BATCH))


def _give_back_last(world: SimpleNamespace, me: int) -> None:
    for who in range(me * BATCH, (me + 1) * BATCH):
        _give_back(who, world)


# A yes at the last instant, and the lapse at the deadline.
@act
def _prepare_deadline(n: int) -> SimpleNamespace:
    world = make_world(1, n)
    world.round_id = make_round(world)
    for placement_id in world.places:
        make_edge(world.people[0][0], placement_id)
    return world


@act
def _offer_one(world: SimpleNamespace, n: int) -> None:
    world.offer_id = offer_row(world, 0, world.places[n], world.round_id)


def _accept(world: SimpleNamespace, n: int) -> bool:
    person = Actor(Role.YOUNG_PERSON, candidate_id=world.people[0][1])
    found = _live_of(0, world)

    def accept() -> bool:
        assignments.accept_offer(person, found.id)
        return True

    return _try(accept)


def _lapse(world: SimpleNamespace, n: int) -> bool:
    return assignments.lapse_due_offers(world.round_id) == 1


def _give_back_first(world: SimpleNamespace, me: int) -> None:
    _give_back(0, world)


# The employer takes the placement back while a plan offers it.
@act
def _prepare_plans(n: int) -> SimpleNamespace:
    world = make_world(1, n)
    world.rounds = [make_round(world, which) for which in (1, 2)]
    world.plans = [
        [make_plan(round_id, world.people[0][0], place) for place in world.places]
        for round_id in world.rounds
    ]
    return world


def _offer_plan(which: int, shift: int) -> Callable:
    @act
    def offer(world: SimpleNamespace, n: int) -> int:
        round_ = db.session.get_one(Round, world.rounds[which])
        plan = db.session.get_one(Plan, world.plans[which][(n + shift) % len(world.places)])
        return publishing.offer_rows(round_, plan, 2, clock.now())[0]

    return lambda world, n: _try(lambda: offer(world, n))


def _withdraw(world: SimpleNamespace, n: int) -> bool:
    """Withdraw for good; counted as a win when nobody had been offered the place."""
    lost = placement_withdrawals.withdraw_placement(
        world.employer, world.places[n], "Invented reason"
    )
    return lost == 0


# A person takes a break while a plan offers them a place.
def _hold(world: SimpleNamespace, n: int) -> bool:
    def hold() -> bool:
        applications.hold_application(world.provider, world.people[0][0])
        return True

    return _try(hold)


def _come_back(world: SimpleNamespace, me: int) -> None:
    _give_back(0, world)
    if db.session.get_one(Application, world.people[0][0]).state == "on_hold":
        applications.resume_application(world.provider, world.people[0][0])


KINDS = {
    "last_place": Race(
        _prepare_last_place, (_take_last(0), _take_last(1)), _give_back_last, batch=BATCH
    ),
    "deadline": Race(
        _prepare_deadline,
        (_accept, _lapse),
        _give_back_first,
        _offer_one,
        (DEADLINE - INSTANT, DEADLINE),
    ),
    "withdrawal": Race(_prepare_plans, (_offer_plan(0, 0), _withdraw), _give_back_first),
    "hold": Race(_prepare_plans, (_offer_plan(0, 0), _hold), _come_back),
    "two_rounds": Race(_prepare_plans, (_offer_plan(0, 0), _offer_plan(1, 1)), _give_back_first),
}

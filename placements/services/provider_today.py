"""What waits for a provider today, and how near its people are to the next round."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.rounds import Round
from placements.services.agreements import list_terms
from placements.services.assignments import list_assignments
from placements.services.lost_places import who_lost
from placements.services.outcomes import OPEN_STATES, list_checkpoints
from placements.services.people import NOT_READY, PersonLine, list_people

SOON = timedelta(days=7)


@dataclass(frozen=True)
class ToDo:
    """One kind of thing to do, how many of them wait, and how many of those are late or today."""

    what: str
    n: int
    n_urgent: int = 0


@dataclass(frozen=True)
class NextLock:
    """The next round to close for choices."""

    round_id: int
    name: str
    locks_at: datetime
    is_open: bool


@dataclass(frozen=True)
class Readiness:
    """A provider's people still in the rounds, by how near they are."""

    n_ready: int
    n_one_missing: int
    n_more_missing: int
    n_on_hold: int

    @property
    def n_all(self) -> int:
        """Everybody of the bar."""
        return self.n_ready + self.n_one_missing + self.n_more_missing + self.n_on_hold


def list_todo(actor: Actor, people: list[PersonLine]) -> list[ToDo]:
    """List the kinds of things that wait for the actor's provider, the most pressing first."""
    today = clock.today()
    offers = list_assignments(actor, ("offered",))
    last_day = clock.now() + timedelta(days=1)
    due = list_checkpoints(actor, OPEN_STATES)
    coming = list_assignments(actor, ("confirmed",))
    starting = [a for a in coming if a.start_on and a.start_on <= today + SOON]
    unsigned = [terms for terms in list_terms(coming).values() if terms.awaits("provider")]
    states = [person.state for person in people]
    n_last_day = sum(1 for a in offers if a.deadline_at and a.deadline_at <= last_day)
    late = sum(1 for a in starting if a.start_on and a.start_on < today)
    lost = set(db.session.scalars(who_lost()))
    todo = [
        ToDo("lost", sum(person.application_id in lost for person in people)),
        ToDo("answers", len(offers), n_last_day),
        ToDo("agreements", len(unsigned)),
        ToDo("starts", len(starting), late),
        ToDo("info", states.count("info_requested")),
        ToDo("not_ready", sum(state in NOT_READY for state in states)),
        ToDo("outcomes", len(due), sum(1 for q in due if q.window_closes_on < today)),
        ToDo("disputed", len(list_checkpoints(actor, ("disputed",)))),
    ]
    return [one for one in todo if one.n]


def count_readiness(actor: Actor, people: list[PersonLine]) -> Readiness:
    """Count how near the people are who hold no place yet."""
    held = select(Assignment.application_id).where(Assignment.state.in_(LIVE_ASSIGNMENT_STATES))
    placed = set(db.session.scalars(held))
    waiting = [person for person in people if person.application_id not in placed]
    unready = [person for person in waiting if person.state in NOT_READY]
    # A draft that only waits to be sent is one thing away.
    n_one = sum(len(person.missing) <= 1 for person in unready)
    return Readiness(
        sum(person.state == "ready" for person in waiting),
        n_one,
        len(unready) - n_one,
        sum(person.state == "on_hold" for person in waiting),
    )


def find_next_lock(actor: Actor) -> NextLock | None:
    """Return the next round of the actor's region that closes for choices, or None."""
    rows = select(Round).where(Round.region_id == actor.region_id)
    rows = rows.where(Round.state.in_(("planned", "open")), Round.locks_at > clock.now())
    found = db.session.scalar(rows.order_by(Round.locks_at).limit(1))
    return NextLock(found.id, found.name, found.locks_at, found.state == "open") if found else None


def read_day(actor: Actor, folder: Path) -> tuple[list[ToDo], Readiness, NextLock | None, int]:
    """Return all of a provider's first page: to-do, readiness, next lock, how many people."""
    people = list_people(actor, folder)
    todo, readiness = list_todo(actor, people), count_readiness(actor, people)
    return todo, readiness, find_next_lock(actor), len(people)

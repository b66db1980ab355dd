"""A round taken to the step a test is about, by the acts of real people, and what it says to whom.

Every name is invented.
"""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from factories.letters import link_of, make_world, read_letters, settings_with
from sqlalchemy import select

from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.services import (
    agreements,
    assignments,
    messages,
    publishing,
    rounds,
    solving,
    starts,
)

OPENS, LOCKS, RELEASE = (datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
FIRST_DAY = date(2026, 7, 13)
HOUR = timedelta(hours=1)


def london(day, hour):
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + (hour - 1) * HOUR


def open_round(app, tmp_path):
    """A world with an open round, its clock and its folder of messages; inside the app."""
    world = make_world(n_people=3, n_places=2)
    world.clock_at = lambda at: (tmp_path / "clock").write_text(at.isoformat())
    world.clock_at(OPENS)
    world.folder, world.pages = tmp_path / "mail", app.url_map.bind("invented.example")
    world.settings = settings_with(world.folder)
    world.round_id = rounds.create_round(world.operator, "Summer", (OPENS, LOCKS, RELEASE), seed=7)
    rounds.open_round(world.operator, world.round_id)
    return world


def deliver(world, at):
    """Move the clock, send what is due, and return what is new; every link leads to a page."""
    world.clock_at(at)
    before = {letter["X-Message-Key"] for letter in read_letters(world.folder)}
    messages.deliver_due(world.settings)
    new = [m for m in read_letters(world.folder) if m["X-Message-Key"] not in before]
    for letter in new:
        world.pages.match(urlsplit(link_of(letter)).path)
    return new


def propose(world):
    world.clock_at(LOCKS)
    rounds.lock_round(world.operator, world.round_id)
    solving.solve_round(world.operator, world.round_id)
    kept = rounds.get_round(world.approver, world.round_id)
    rounds.approve_round(world.approver, world.round_id, kept.plan_hash, kept.snapshot_hash)


def publish(world):
    propose(world)
    deliver(world, LOCKS)
    world.clock_at(RELEASE)
    publishing.publish_round(SYSTEM, world.round_id)
    return deliver(world, RELEASE)


def offers():
    return db.session.scalars(
        select(Assignment).where(WAS_OFFERED).order_by(Assignment.offered_at, Assignment.id)
    ).all()


def person_of(world, assignment):
    return next(p for p in world.people if p.candidate_id == assignment.candidate_id)


def accept(world):
    offer = offers()[0]
    assignments.accept_offer(person_of(world, offer), offer.id)
    return offer.id


def confirm(world, assignment_id):
    first_day = {"time": "9am", "bring": "your boots"}
    starts.confirm_assignment(
        world.employer, assignment_id, "Ines Supervisorname", FIRST_DAY, first_day
    )


def start(world):
    publish(world)
    assignment_id = accept(world)
    confirm(world, assignment_id)
    person = person_of(world, offers()[0])
    for actor in (world.employer, world.provider, person):
        agreements.sign_agreement(actor, assignment_id)
    world.clock_at(london(FIRST_DAY, 9))
    starts.start_assignment(world.employer, assignment_id)
    return assignment_id


def key(letter):
    return letter["X-Message-Key"]

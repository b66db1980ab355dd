"""Many writers at once: nothing lost, nothing doubled, one chain."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.audit import AuditHead, Event
from placements.models.employers import Employer, Site
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.models.rounds import Round
from placements.services import transactions, transitions
from placements.services.events import record_event
from placements.services.transactions import Busy, act

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
WRITERS, TURNS, PLACES = 4, 10, 7


@act
def add_placement(capacity: int) -> int:
    region = Region(code="invented", name="Invented", timezone="Europe/London")
    db.session.add(region)
    db.session.flush()
    employer = Employer(region_id=region.id, name="Invented Foundry", sector="engineering")
    transitions.begin(employer, Kind.EMPLOYER, "apply", SYSTEM, AT)
    site = Site(employer_id=employer.id, name="Works", postcode="B1 1AY", district="Birmingham")
    site.latitude, site.longitude, site.insurance_expires_on = 52.5, -1.9, date(2027, 1, 1)
    db.session.add(site)
    db.session.flush()
    placement = Placement(employer_id=employer.id, site_id=site.id, reference="P-1")
    placement.capacity_min = placement.capacity_likely = placement.capacity = capacity
    placement.capacity_max = capacity
    transitions.begin(placement, Kind.PLACEMENT, "describe", SYSTEM, AT)
    return placement.id


@act
def take_place(placement_id: int) -> bool:
    free = (Placement.id == placement_id, Placement.held < Placement.capacity)
    taken = db.session.execute(update(Placement).where(*free).values(held=Placement.held + 1))
    if taken.rowcount == 1:
        record_event(SYSTEM, "take", "placement", placement_id, ("", ""), AT)
    return taken.rowcount == 1


def test_I01_last_place_with_many_writers_is_taken_once(app, edited_by_hand):
    with app.app_context():
        placement_id = add_placement(PLACES)

    def take_turns(_writer):
        with app.app_context():
            return sum(take_place(placement_id) for _ in range(TURNS))

    with ThreadPoolExecutor(WRITERS) as writers:
        taken = sum(writers.map(take_turns, range(WRITERS)))
    with app.app_context():
        assert taken == PLACES
        assert db.session.get_one(Placement, placement_id).held == PLACES
        events = db.session.scalars(select(Event).order_by(Event.seq)).all()
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert all(b.prev_hash == a.hash for a, b in itertools.pairwise(events))
        assert db.session.get_one(AuditHead, 1).seq == events[-1].seq
        assert sum(event.action == "take" for event in events) == PLACES


def test_act_when_the_database_is_busy_tries_the_whole_again(app, monkeypatch):
    calls = []

    @act
    def busy_twice():
        calls.append(len(calls))
        if len(calls) < 3:
            raise OperationalError("", {}, Exception("database is locked"))
        return "kept"

    monkeypatch.setattr(transactions.time, "sleep", lambda _seconds: None)
    with app.app_context():
        assert busy_twice() == "kept"
    assert len(calls) == 3


def test_act_when_the_database_stays_busy_says_so_in_words(app, monkeypatch):
    @act
    def always_busy():
        raise OperationalError("", {}, Exception("database is locked"))

    monkeypatch.setattr(transactions.time, "sleep", lambda _seconds: None)
    with app.app_context(), pytest.raises(Busy, match="Nothing was changed"):
        always_busy()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("held = capacity + 1", "held_within_capacity"),
        ("held = -1", "held_within_capacity"),
        ("capacity = capacity_max + 1", "capacity_within_most"),
        ("capacity_likely = 0", "capacity_honest"),
        ("capacity_min = capacity_likely + 1", "capacity_honest"),
        ("group_min = 0", "group_min_positive"),
    ],
)
def test_I01_dishonest_capacity_is_refused_by_the_database(app, change, constraint):
    with app.app_context():
        add_placement(3)
        with pytest.raises(IntegrityError, match=constraint):
            db.session.execute(text(f"UPDATE placement SET {change}"))
        db.session.rollback()


@pytest.mark.parametrize("same", ["locked_by", "solved_by", "chosen_by"])
def test_I21_round_approved_by_who_prepared_it_is_refused_by_the_database(app, same):
    @act
    def approve_own():
        db.session.execute(text("INSERT INTO account (id, email, erased) VALUES (1, 'a', false)"))
        region = Region(code="invented", name="Invented", timezone="Europe/London")
        db.session.add(region)
        db.session.flush()
        dates = [AT.replace(month=month) for month in (6, 7, 8)]
        own = Round(region_id=region.id, name="Summer", seed=1, approved_by=1, **{same: 1})
        own.opens_at, own.locks_at, own.release_at = dates
        transitions.begin(own, Kind.ROUND, "plan", SYSTEM, AT)

    with app.app_context(), pytest.raises(IntegrityError, match="two_people"):
        approve_own()

"""A state moves by one road, in one transaction with its history and its line of audit."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from placements.domain.errors import GuardRefused, IllegalMove, NotAllowed, Stale
from placements.domain.lifecycles import LIFECYCLES
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.audit import AuditHead, Event, History, Transition
from placements.models.employers import Employer
from placements.models.regions import Region
from placements.services import events, transitions
from placements.services.events import FIRST_HASH, hash_event
from placements.services.transactions import act

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
OPERATOR = Actor(Role.OPERATOR)


@act
def add_employer(name: str = "Invented Foundry") -> int:
    region = db.session.scalar(select(Region))
    if region is None:
        region = Region(code="invented", name="Invented", timezone="Europe/London")
        db.session.add(region)
        db.session.flush()
    employer = Employer(region_id=region.id, name=name, sector="engineering")
    transitions.begin(employer, Kind.EMPLOYER, "apply", SYSTEM, AT)
    return employer.id


@act
def move_employer(employer_id, action, actor=OPERATOR, **facts):
    employer = db.session.get_one(Employer, employer_id)
    transitions.move(employer, Kind.EMPLOYER, action, actor, AT, **facts)


@pytest.fixture
def employer_id(app):
    with app.app_context():
        yield add_employer()


def state_of(employer_id):
    return db.session.scalar(select(Employer.state).where(Employer.id == employer_id))


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_move_when_legal_writes_state_history_and_event_together(employer_id):
    move_employer(employer_id, "verify")
    assert state_of(employer_id) == "verified"
    moves = select(History.from_state, History.to_state, History.version).order_by(History.id)
    rows = db.session.execute(moves).all()
    assert rows == [("", "applied", 1), ("applied", "verified", 2)]
    assert count(Event) == 2


def test_I28_events_after_three_moves_form_one_chain(employer_id):
    move_employer(employer_id, "verify")
    move_employer(employer_id, "suspend", reason="Invented reason")
    events = db.session.scalars(select(Event).order_by(Event.seq)).all()
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.prev_hash for event in events] == [FIRST_HASH, *[e.hash for e in events[:-1]]]
    assert all(event.hash == hash_event(event) for event in events)
    assert db.session.get_one(AuditHead, 1).hash == events[-1].hash


@pytest.mark.parametrize(
    ("action", "actor", "refusal"),
    [
        ("suspend", OPERATOR, IllegalMove),
        ("verify", Actor(Role.EMPLOYER), NotAllowed),
        ("verify", Actor(Role.APPROVER), NotAllowed),
    ],
)
def test_move_when_not_allowed_changes_nothing(employer_id, action, actor, refusal):
    with pytest.raises(refusal):
        move_employer(employer_id, action, actor, reason="Invented reason")
    assert (state_of(employer_id), count(History), count(Event)) == ("applied", 1, 1)


def test_move_without_a_reason_where_one_is_needed_is_refused(employer_id):
    move_employer(employer_id, "verify")
    with pytest.raises(GuardRefused, match="reason"):
        move_employer(employer_id, "suspend", reason="  ")
    assert state_of(employer_id) == "verified"


def test_I17_move_from_a_stale_page_changes_nothing(employer_id):
    move_employer(employer_id, "verify", seen_version=1)
    with pytest.raises(Stale):
        move_employer(employer_id, "suspend", reason="Invented reason", seen_version=1)
    assert state_of(employer_id) == "verified"


def test_move_when_somebody_was_faster_is_stale(employer_id):
    @act
    def move_behind_its_back():
        employer = db.session.get_one(Employer, employer_id)
        db.session.execute(text("UPDATE employer SET version = version + 1"))
        transitions.move(employer, Kind.EMPLOYER, "verify", OPERATOR, AT)

    with pytest.raises(Stale):
        move_behind_its_back()
    assert state_of(employer_id) == "applied"


def test_act_that_fails_after_a_move_keeps_nothing(employer_id):
    @act
    def move_and_fail():
        employer = db.session.get_one(Employer, employer_id)
        transitions.move(employer, Kind.EMPLOYER, "verify", OPERATOR, AT)
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        move_and_fail()
    assert (state_of(employer_id), count(Event)) == ("applied", 1)
    move_employer(employer_id, "verify")
    assert count(Event) == 2


def test_act_inside_an_act_is_refused(employer_id):
    @act
    def outer():
        move_employer(employer_id, "verify")

    with pytest.raises(RuntimeError, match="inside another"):
        outer()
    assert state_of(employer_id) == "applied"


def test_I13_a_state_outside_the_lifecycle_is_refused_by_the_database(employer_id):
    with pytest.raises(IntegrityError, match="state_known"):
        db.session.execute(text("UPDATE employer SET state = 'famous'"))
    db.session.rollback()


def test_I14_history_of_an_illegal_move_is_refused_by_the_database(employer_id):
    @act
    def forge():
        event = events.record_event(
            SYSTEM, "apply", Kind.EMPLOYER, employer_id, ("applied", "suspended"), AT
        )
        event.history = History(kind="employer", record_id=employer_id, version=2, moved_at=AT)
        forged = event.history
        forged.from_state, forged.action, forged.to_state = "applied", "apply", "suspended"

    with pytest.raises(DBAPIError, match=r"legal_move|FOREIGN KEY"):
        forge()
    assert count(History) == 1


def test_migrated_transitions_are_the_lifecycle_tables(app):
    with app.app_context():
        columns = (
            Transition.kind,
            Transition.from_state,
            Transition.action,
            Transition.to_state,
        )
        stored = {tuple(row) for row in db.session.execute(select(*columns))}
    tables = LIFECYCLES.values()
    assert stored == {(table.kind.value, *edge) for table in tables for edge in table.edges}

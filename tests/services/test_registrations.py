"""A registration page by page: what is kept, whom it reaches, who is told, and when."""

from datetime import UTC, date, datetime

import pytest
from factories.records import make_account, make_provider, make_region
from sqlalchemy import select

from placements.domain.errors import Invalid, NotFound, Stale
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.candidates import Application, Candidate, ProviderMember
from placements.models.operations import Message
from placements.services import registrations
from placements.services.applications import PersonFacts
from placements.services.registrations import AlreadyYours
from placements.services.transactions import act
from placements.settings import ROOT

FOLDER = ROOT / "config/regions/west_midlands"
AMARA = PersonFacts("Amara Invented", date(2006, 5, 14), "B1 1BA", email="amara@young.example")
WEEK = {
    "start_from": date(2026, 7, 6),
    "start_to": None,
    "availability": [[0, 540, 1020]],
}


@pytest.fixture(autouse=True)
def june(clock_file):
    clock_file.write_text(datetime(2026, 6, 16, 11, tzinfo=UTC).isoformat())


@act
def make_actors():
    region, actors = make_region(code="west_midlands"), []
    for _ in range(2):
        provider, account = make_provider(region), make_account()
        db.session.add(ProviderMember(provider_id=provider.id, account_id=account.id))
        actors.append(Actor(Role.PROVIDER, account.id, provider.id, region_id=region.id))
    return actors


@pytest.fixture
def both(app):
    with app.app_context():
        yield make_actors()


@pytest.fixture
def us(both):
    return both[0]


@pytest.fixture
def them(both):
    return both[1]


def begin(actor, **facts):
    person = PersonFacts(**{**AMARA.__dict__, **facts})
    return registrations.begin_registration(actor, FOLDER, person)


def change(actor, one, facts, version=1):
    registrations.change_registration(actor, one, FOLDER, facts, version)


def get(one):
    return db.session.get_one(Application, one)


def account_of(one):
    return db.session.get_one(Account, get(one).candidate.account_id)


def n_messages():
    return len(db.session.scalars(select(Message)).all())


def test_a_draft_tells_nobody_and_sending_it_tells_once(us):
    one = begin(us)
    change(us, one, {**WEEK, "right_to_work_checked": True})
    registrations.give_consent(us, one, None)
    assert n_messages() == 0
    assert registrations.send_registration(us, one, FOLDER, 1) == []
    assert n_messages() == 1
    assert get(one).state == "ready"


def test_who_is_known_is_told_of_without_saying_whose(us, them):
    begin(us)
    with pytest.raises(AlreadyYours):
        begin(us, name="AMARA  Invented")
    with pytest.raises(Invalid, match="Ask them who supports them"):
        begin(them, name="Amara invented")


def test_only_a_provider_registers(us):
    with pytest.raises(NotFound):
        begin(Actor(Role.YOUNG_PERSON, None, candidate_id=1))


def test_alike_are_own_people_only(us, them):
    one = begin(us)
    other = begin(us, name="Bena Invented")
    begin(them, name="Cara Invented")
    assert [found.id for found in registrations.list_alike(us, other)] == [one]


def test_a_changed_address_is_where_messages_go(us):
    one = begin(us)
    first = account_of(one).id
    change(us, one, {"email": "new@young.example", "mobile": None})
    assert account_of(one).id != first
    assert account_of(one).email == "new@young.example"
    change(us, one, {"email": "new@young.example", "mobile": "+447700900321"})
    assert account_of(one).mobile == "+447700900321"


def test_nobody_comes_by_a_sign_in_of_staff_by_writing_a_number(us):
    staff = db.session.get_one(Account, us.account_id)
    one = begin(us, email=staff.email)
    change(us, one, {"email": staff.email, "mobile": "+447700900321"})
    assert db.session.get_one(Account, us.account_id).mobile is None


def test_a_changed_name_keeps_one_person_one(us):
    begin(us)
    other = begin(us, name="Bena Invented", email="bena@young.example")
    with pytest.raises(Invalid):
        change(us, other, {"name": "Amara Invented"})
    assert len({c.identity_key for c in db.session.scalars(select(Candidate))}) == 2


def test_I17_what_was_seen_before_a_send_changes_nothing(us):
    one = begin(us)
    change(us, one, WEEK)
    registrations.send_registration(us, one, FOLDER, 1)
    with pytest.raises(Stale):
        change(us, one, {"max_minutes": 20}, version=1)
    with pytest.raises(Stale):
        registrations.send_registration(us, one, FOLDER, 1)


def test_no_other_fact_can_be_written(us):
    one = begin(us)
    with pytest.raises(ValueError, match="not facts"):
        change(us, one, {"state": "ready"})


def test_a_refused_page_keeps_nothing_of_itself(us):
    one = begin(us)
    with pytest.raises(Invalid):
        change(us, one, {"postcode": "SW1A 1AA", "preferred_name": "Ama"})
    assert get(one).candidate.preferred_name is None
    assert get(one).candidate.postcode == "B1 1BA"

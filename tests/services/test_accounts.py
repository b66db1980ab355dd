"""A sign-in link works once and for 15 minutes; a session ends when it is told to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from factories.records import make_account, make_provider, make_region
from sqlalchemy import select

from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account, Link, Session
from placements.models.candidates import Candidate
from placements.models.operations import Message
from placements.services import accounts, applications
from placements.services.applications import EntryFacts, PersonFacts
from placements.services.transactions import act
from placements.settings import load_settings

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def set_clock(clock_file):
    def set_to(at):
        clock_file.write_text(at.isoformat())

    set_to(START)
    return set_to


@pytest.fixture
def token(app, set_clock):
    with app.app_context():
        account = Account(name="Asha Invented", email="asha@invented.example")
        db.session.add(account)
        db.session.commit()
        yield accounts.make_sign_in_link(account.id)


def test_use_link_in_time_signs_the_person_in(token):
    assert accounts.find_account(accounts.use_sign_in_link(token)).name == "Asha Invented"


def test_use_link_a_second_time_is_refused_and_makes_no_session(token):
    accounts.use_sign_in_link(token)
    with pytest.raises(NotFound):
        accounts.use_sign_in_link(token)
    assert len(db.session.scalars(select(Session)).all()) == 1


def test_use_link_at_fifteen_minutes_is_refused(token, set_clock):
    set_clock(START + timedelta(minutes=15))
    with pytest.raises(NotFound):
        accounts.use_sign_in_link(token)


def test_make_link_keeps_no_token_in_the_database(token):
    session_token = accounts.use_sign_in_link(token)
    kept = [
        db.session.scalar(select(Link.token_hash)),
        db.session.scalar(select(Session.token_hash)),
    ]
    assert token not in kept and session_token not in kept and len(token) >= 22


def test_end_session_takes_effect_at_once(token):
    session_token = accounts.use_sign_in_link(token)
    accounts.end_session(session_token)
    with pytest.raises(NotFound):
        accounts.find_account(session_token)


@pytest.fixture
def asha(app):
    with app.app_context():
        db.session.add(
            Account(name="Asha Invented", email="asha@invented.example", mobile="+447700900123")
        )
        db.session.commit()
        yield


@act
def ensure(email, mobile, name="Kim Invented"):
    return accounts.ensure_account(email, mobile, name).id


def test_ensure_account_finds_the_same_person_again(asha):
    known = ensure("ASHA@invented.example", None)
    assert ensure(None, "07700 900123") == known
    assert ensure("new@invented.example", "07700 900456") != known
    assert len(db.session.scalars(select(Account)).all()) == 2


def test_ensure_account_never_gives_an_account_another_address(asha):
    """Whoever registers a person could else let themselves into somebody's account."""
    known = ensure("asha@invented.example", "07700 900999")
    stranger = ensure("stranger@invented.example", "07700 900123")
    kept = db.session.execute(select(Account.id, Account.email, Account.mobile))
    assert [tuple(row) for row in kept] == [
        (known, "asha@invented.example", "+447700900123"),
        (stranger, "stranger@invented.example", None),
    ]


@pytest.mark.parametrize(
    ("has", "sent"),
    [
        ({"email": "only@invented.example"}, ("only@invented.example", "07700 900888")),
        ({"mobile": "+447700900555"}, ("new@invented.example", "07700 900555")),
    ],
)
def test_ensure_account_leaves_the_one_address_of_an_account_alone(asha, has, sent):
    @act
    def add():
        return make_account(**{"email": None, "mobile": None, **has}).id

    account_id = add()
    ensure(*sent)
    kept = db.session.get_one(Account, account_id, populate_existing=True)
    assert {"email": kept.email, "mobile": kept.mobile} == {"email": None, "mobile": None, **has}


@pytest.mark.parametrize(
    ("email", "mobile", "field"),
    [("asha@", None, "email"), (None, "12", "mobile"), (None, None, "email")],
)
def test_ensure_account_without_an_address_says_which(asha, email, mobile, field):
    with pytest.raises(Invalid) as refusal:
        ensure(email, mobile)
    assert refusal.value.field == field


def test_ensure_account_by_many_at_once_is_one_account(app, asha):
    def add(_n):
        with app.app_context():
            return ensure("twice@invented.example", "07700 900777")

    with ThreadPoolExecutor(4) as writers:
        assert len(set(writers.map(add, range(8)))) == 1


def test_two_siblings_who_share_an_address_share_the_account_and_stay_two_people(app, set_clock):
    folder = load_settings({"PLACEMENTS_ENV": "test"}).region_folder
    shared = {"email": "home@invented.example", "postcode": "B1 1BA", "right_to_work_checked": True}
    entry = EntryFacts(start_from=date(2026, 7, 1))

    with app.app_context():
        provider = make_provider_actor()
        for name, born in (("Kim Invented", date(2006, 1, 1)), ("Lee Invented", date(2007, 1, 1))):
            person = PersonFacts(name=name, date_of_birth=born, **shared)
            one = applications.register_person(provider, folder, person, entry, consented=True)
            applications.submit_application(provider, one)
        people = db.session.scalars(select(Candidate)).all()
        assert len(people) == 2 and len({person.account_id for person in people}) == 1
        kept = db.session.execute(select(Message.template, Message.channel, Message.subject_id))
        assert sorted(tuple(row) for row in kept) == [
            ("registered", "email", 1),
            ("registered", "email", 2),
        ]


@act
def make_provider_actor():
    provider = make_provider(make_region())
    return Actor(Role.PROVIDER, make_account().id, provider.id)

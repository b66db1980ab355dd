"""A sign-in link works once and for 15 minutes; a session ends when it is told to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from placements.domain.errors import NotFound
from placements.extensions import db
from placements.models.accounts import Account, Link, Session
from placements.services import accounts

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def set_clock(tmp_path, monkeypatch):
    path = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(path))

    def set_to(at):
        path.write_text(at.isoformat())

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

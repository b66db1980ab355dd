"""The invented region written down: everybody asked for, once, all of it or none."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from placements import clock, scheduler
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.audit import Event
from placements.models.candidates import Application, Candidate
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import hats
from placements.services.demo import seed as demo_seed
from placements.services.demo.seed import AlreadySeeded, Sizes

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def seed(west_midlands, **sizes):
    wanted = Sizes(**{"seed": 7, "n_people": 40, "n_placements": 12, **sizes})
    with clock.held_at(NOW):
        return demo_seed.seed_region(*west_midlands, wanted, scheduler.run_due)


def count(table, *where):
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def test_seed_region_writes_the_people_asked_for_with_an_account_each(app, west_midlands):
    with app.app_context():
        seed(west_midlands)
        assert count(Application, Application.reference.like("AP-%")) == 40
        assert count(Placement, Placement.reference.like("PL-%")) == 12
        assert count(Candidate, Candidate.account_id.is_(None)) == 0
        assert count(Message, Message.state == "queued", Message.send_at < NOW) == 0
        held_twice = select(Candidate.account_id).group_by(Candidate.account_id)
        assert db.session.scalars(held_twice.having(func.count() > 1)).all() == []
        assert all(hats.list_hats(account.id) for account in db.session.scalars(select(Account)))


def test_seed_region_a_second_time_says_so_and_changes_nothing(app, west_midlands):
    with app.app_context():
        seed(west_midlands)
        before = count(Event)
        with pytest.raises(AlreadySeeded, match="Nothing was changed"):
            seed(west_midlands, n_people=50)
        assert count(Event) == before


def test_seed_region_that_breaks_half_way_leaves_nothing(app, west_midlands, monkeypatch):
    def break_down(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(demo_seed.demo_records, "renew_papers", break_down)
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            seed(west_midlands)
        assert [count(table) for table in (Account, Application, Placement, Round, Event)] == [
            0
        ] * 5


def test_seed_region_with_canaries_leaves_no_invented_name_of_a_person(app, west_midlands):
    with app.app_context():
        seed(west_midlands, canaries=True)
        names = db.session.scalars(select(Candidate.name)).all()
        assert all(name.startswith("CANARY-") for name in names)
        assert len(set(names)) == len(names)

"""R6 and R2: who looks after somebody, and a line for each day on which another member reads."""

import pytest
from factories.records import make_account
from sqlalchemy import select

from placements.domain.errors import Invalid
from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import Application, KeyWorker, ProviderMember
from placements.services import erasures
from placements.services.key_workers import READ_BY_ANOTHER, choose_key_worker
from placements.services.transactions import act

PEOPLE = "/provider/people"


@act
def join_us(provider_id):
    account = make_account(name="Priya (invented)")
    db.session.add(ProviderMember(provider_id=provider_id, account_id=account.id))
    return account.id


@pytest.fixture
def priya(app, world):
    with app.app_context():
        return join_us(world.provider_id)


@pytest.fixture
def looked_after(us, priya, add_person):
    """Somebody whose key worker is another member than us."""
    person = add_person(person={"name": "Dana (invented)"})
    us.get(f"{PEOPLE}/{person}/key-worker").send("Save", who=str(priya))
    assert us.here == f"{PEOPLE}/{person}"
    return person


def readers(app):
    with app.app_context():
        rows = select(Event.account_id).where(Event.action == READ_BY_ANOTHER)
        return list(db.session.scalars(rows.order_by(Event.seq)))


def workers(app):
    with app.app_context():
        return list(db.session.scalars(select(KeyWorker.account_id)))


def test_another_members_reading_is_a_line_once_a_day(
    us, app, world, looked_after, priya, visit, come_back
):
    page = f"{PEOPLE}/{looked_after}"
    us.get(page)
    assert "Key worker: Priya (invented)" in us.text
    assert readers(app) == [world.account_id]
    visit(priya).get(page)
    assert readers(app) == [world.account_id]
    come_back(17)
    us.get(page)
    assert readers(app) == [world.account_id, world.account_id]
    assert "who is not their key worker, by you" in us.text


def test_nobodys_reading_is_noted_before_there_is_a_key_worker(us, app, add_person):
    us.get(f"{PEOPLE}/{add_person()}")
    assert "Key worker: nobody yet" in us.text
    assert readers(app) == []


def test_the_list_shows_and_filters_by_key_worker(us, looked_after, add_person, priya, visit):
    add_person(person={"name": "Amir (invented)"})
    us.get(f"{PEOPLE}?sort=key_worker&order=down")
    assert us.text.index("Dana") < us.text.index("Amir")
    assert "Priya (invented)" in us.text
    assert "Nobody is in this list." in us.get(f"{PEOPLE}?show=mine").text
    mine = visit(priya).get(f"{PEOPLE}?show=mine").text
    assert "Dana" in mine
    assert "Amir" not in mine


def test_only_a_member_of_ours_can_be_chosen(us, them, app, world, looked_after, priya):
    page = f"{PEOPLE}/{looked_after}/key-worker"
    us.get(page).send("Save", who=str(world.other_account_id))
    assert us.status == 422
    with app.app_context(), pytest.raises(Invalid, match="of your organisation"):
        choose_key_worker(world.actor, looked_after, world.other_account_id)
    assert workers(app) == [priya]
    assert them.get(page).status == 404
    us.get(page).send("Save", who="nobody")
    assert workers(app) == []


def test_who_leaves_looks_after_nobody(us, app, looked_after, priya):
    us.get("/provider/members")
    priyas = [form for form in us.page.forms if "remove" in form.action][-1]
    assert us.client.post(priyas.action, data=priyas.fields).status_code == 303
    assert workers(app) == []


def test_I38_the_key_worker_of_somebody_erased_is_not_kept(app, looked_after):
    with app.app_context():
        person = db.session.get_one(Application, looked_after).candidate_id
        assert not erasures.erase_people([person], app.config["SETTINGS"])
    assert workers(app) == []

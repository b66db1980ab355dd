"""A page reads without a transaction, and writes only in an act."""

import pytest
from factories.records import make_region
from sqlalchemy import select, text, update

from placements.extensions import db
from placements.models.regions import Region
from placements.services.invariants import verifying
from placements.services.streams import stream
from placements.services.transactions import act


@pytest.fixture
def region_id(app):
    with app.app_context():
        return act(make_region)().id


@pytest.fixture
def page(app, region_id):
    with app.test_request_context("/"):
        yield


def prepared_lines():
    """How many statements the database has prepared for this line; None where it prepares none."""
    if db.engine.dialect.name != "postgresql":
        return None
    return db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))


def test_page_that_read_often_has_its_statement_prepared_after_a_rollback(page, region_id):
    for _ in range(7):
        db.session.scalars(select(Region.name)).all()
        db.session.rollback()
    assert prepared_lines() in (None, 1)


def test_page_cannot_write_outside_of_an_act(page, region_id):
    with pytest.raises(RuntimeError, match="outside of an act"):
        db.session.execute(update(Region).values(name="Changed"))
    db.session.get_one(Region, region_id).name = "Changed"
    with pytest.raises(RuntimeError, match="outside of an act"):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalars(select(Region.name)).all() != ["Changed"]


def test_page_writes_in_an_act_all_or_nothing(page, region_id):
    @act
    def rename(then):
        db.session.get_one(Region, region_id).name = "Changed"
        db.session.flush()
        if then:
            raise then

    before = db.session.scalar(select(Region.name))
    with pytest.raises(KeyError):
        rename(KeyError())
    assert db.session.scalar(select(Region.name)) == before
    rename(None)
    assert db.session.scalar(select(Region.name)) == "Changed"


def test_page_reads_rows_through_a_cursor(page, region_id):
    assert [row.id for row in stream(select(Region.id))] == [region_id]


def test_page_sees_one_picture_where_it_asks_for_one(page, region_id):
    with verifying.one_picture():
        level = db.session.connection().get_isolation_level()
    assert level in ("REPEATABLE READ", "SERIALIZABLE")

"""When the database cannot do its work: plain words and 503, reads go on, and it mends itself."""

from collections import Counter
from contextlib import contextmanager

import pytest
from factories.records import make_account
from sqlalchemy import create_engine, event, func, select, text

from placements import failpoints
from placements.extensions import db
from placements.models.accounts import Account
from placements.services import outages
from placements.services.transactions import OutOfReach, act
from placements.web.access import open_to


@act
def add_accounts(n):
    for _ in range(n):
        make_account(name="Invented " + "x" * 180)


def count():
    n = db.session.scalar(select(func.count(Account.id)))
    db.session.rollback()
    return n


@pytest.fixture
def pages(app_to_build_on):
    """A page that reads and a page that writes, behind the real gates."""

    @open_to()
    def read():
        return str(count())

    @open_to()
    def write():
        add_accounts(400)
        return "kept"

    app_to_build_on.add_url_rule("/read", "read", read)
    app_to_build_on.add_url_rule("/write", "write", write)
    with app_to_build_on.app_context():
        yield app_to_build_on.test_client()


@contextmanager
def full_disk():
    """A disk without room for one more page, as the database itself says it."""
    engine = db.engine
    if engine.dialect.name == "sqlite":

        def stop_growing(connection, _record):
            connection.execute("PRAGMA max_page_count = 1")

        db.session.remove()
        engine.dispose()
        event.listen(engine, "connect", stop_growing)
        yield
        event.remove(engine, "connect", stop_growing)
        db.session.remove()
        engine.dispose()
        return
    with planted_error("53100"):
        yield


@contextmanager
def planted_error(state):
    """PostgreSQL says this when a row is written."""
    made = (
        "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION 'planted' USING ERRCODE = '{state}'; END $$",
        "CREATE TRIGGER planted BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION planted()",
    )
    undone = ("DROP TRIGGER planted ON account", "DROP FUNCTION planted()")
    for statements in (made, undone):
        with db.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        if statements is made:
            yield


def test_a_full_disk_is_503_in_plain_words_reads_go_on_and_it_mends_itself(pages):
    with full_disk():
        refused = pages.get("/write")
        assert (refused.status_code, outages.FULL.split(",")[0] in refused.text) == (503, False)
        assert "disk is full" in refused.text
        read = pages.get("/read")
        assert (read.status_code, read.text) == (200, "0")
    assert pages.get("/write").text == "kept"
    assert pages.get("/read").text == "400"


def test_a_full_disk_outside_the_database_is_said_too_and_nothing_is_kept(pages, monkeypatch):
    monkeypatch.setattr(failpoints, "_passes", Counter())
    monkeypatch.setenv("FAILPOINT", "tx.before_commit=enospc")
    assert pages.get("/write").status_code == 503
    assert pages.get("/read").text == "0"


def test_a_database_that_takes_no_writes_is_said_and_reads_go_on(pages):
    with no_writes():
        refused = pages.get("/write")
        assert (refused.status_code, "not change them now" in refused.text) == (503, True)
        assert pages.get("/read").status_code == 200
    assert pages.get("/write").text == "kept"


@contextmanager
def no_writes():
    engine = db.engine
    if engine.dialect.name == "postgresql":
        with planted_error("25006"):
            yield
        return

    def only_read(connection, _record):
        connection.execute("PRAGMA query_only = on")

    db.session.remove()
    engine.dispose()
    event.listen(engine, "connect", only_read)
    yield
    event.remove(engine, "connect", only_read)
    db.session.remove()
    engine.dispose()


def test_connections_that_were_cut_off_are_made_again_without_a_word(pages):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("A file is not cut off")
    admin = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    for url, said in (("/read", "0"), ("/write", "kept"), ("/read", "400")):
        mine = db.session.scalar(text("SELECT pg_backend_pid()"))
        db.session.rollback()
        with admin.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        assert pages.get(url).text == said
    admin.dispose()


def test_a_commit_whose_answer_is_lost_is_not_made_twice(pages):
    """The connection is cut inside the transaction's last statement, so nobody knows the end."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("A file is not cut off")
    tries = []

    @act
    def cut_off_at_the_end():
        tries.append(1)
        make_account()
        db.session.flush()
        raw = db.session.connection().connection.driver_connection
        event.listen(db.session(), "before_commit", lambda _s: raw.close(), once=True)

    with pytest.raises(OutOfReach, match="whether it is there"):
        cut_off_at_the_end()
    assert len(tries) == 1

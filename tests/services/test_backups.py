"""A backup comes back whole or not at all, and what it may not say it does not say."""

import json
import os
import random
import stat
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import build_app, close
from factories.lived import live_a_round
from factories.records import AT, make_account, make_employer, make_region
from flask import current_app
from sqlalchemy import select, text

from placements import failpoints
from placements.domain.errors import Refusal
from placements.domain.personal_data import INVENTORY, STAYS
from placements.extensions import Base, db
from placements.failpoints import FailpointReached
from placements.models.operations import ErasureList
from placements.services import anchors, health, restoring_mark
from placements.services.backups import files, making, redacting, restoring
from placements.services.invariants import verifying
from placements.services.transactions import act
from placements.web.access import RESTORING_WORDS


def nobody(_settings):
    return 0


def read_all():
    """Every row of every table, as plain text."""
    rows = {}
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            found = connection.execute(select(table).order_by(*table.primary_key.columns))
            rows[table.name] = [str(row) for row in found]
    return rows


@act
def add_region():
    make_employer(make_region())


@act
def add_account(**facts):
    return make_account(**facts).id


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody else serves these databases, so nobody need be given time to see the mark."""
    monkeypatch.setattr(restoring, "LOOKED_EVERY", 0)
    monkeypatch.setattr(restoring_mark, "LOOKED_EVERY", 0)


@pytest.fixture
def small(app, tmp_path):
    """A database with a little in it, and its backup."""
    with app.app_context():
        add_account()
        path = tmp_path / "backup.zip"
        manifest = making.back_up(path)
        yield SimpleNamespace(path=path, manifest=manifest, settings=app.config["SETTINGS"])


@pytest.fixture
def other(make_database):
    """An app over a second database, migrated and empty."""
    app = build_app(make_database())
    with app.app_context():
        yield app
    close(app)


def left_out():
    """Every text that a column holds which is left out, if no kept column holds it too."""
    kept, out = set(), set()
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            names = {column.name for column in redacting.kept_columns(table)}
            for row in connection.execute(select(table)).mappings():
                for column in table.columns:
                    value = row[column]
                    (kept if column.name in names else out).add(
                        value if isinstance(value, str) else json.dumps(value, default=str)
                    )
    return {value for value in out - kept if len(value) > 4}


def check_redacted(path):
    """I-29: a redacted dump says nothing of what was left out, and is no backup."""
    assert redacting.dump_redacted(path) > 100
    texts = left_out()
    assert len(texts) > 50
    with zipfile.ZipFile(path) as archive:
        said = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    assert [text for text in texts if text in said] == []
    with pytest.raises(files.UnfitFile):
        restoring.restore(path, current_app.config["SETTINGS"], nobody, replaces=True)


def test_a_lived_round_comes_back_row_for_row_and_its_redacted_dump_names_nobody(
    app, tmp_path, make_database, clock_file
):
    path = tmp_path / "backup.zip"
    with app.app_context():
        live_a_round(app, tmp_path)
        manifest = making.back_up(path)
        taken = read_all()
        check_redacted(path.with_name("redacted.zip"))
    other = build_app(make_database())
    try:
        with other.app_context():
            done = restoring.restore(path, other.config["SETTINGS"], nobody)
            assert read_all() == taken
            assert (done.schema, health.list_faults()) == (manifest.schema, [])
            assert verifying.verify_invariants().exit_code == verifying.CLEAN
            assert add_account() > max(int(row.split(",")[0][1:]) for row in taken["account"])
    finally:
        close(other)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.glob("*.part")) == []


def test_a_backup_says_what_it_is(small):
    with zipfile.ZipFile(small.path) as archive:
        facts = json.loads(archive.read(files.MANIFEST))
    assert (facts["service"], facts["format"]) == ("placements", 1)
    assert facts["kind"] == db.engine.dialect.name
    assert (facts["audit_seq"], facts["tables"]["account"]) == (0, 1)


def damage(name, path):
    whole = path.read_bytes()
    if name == "flipped":
        for _ in range(30):
            at, bit = random.randrange(len(whole)), 1 << random.randrange(8)
            yield whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
        yield bytes([whole[0] ^ 1]) + whole[1:]
        yield whole[:-1] + bytes([whole[-1] ^ 1])
    elif name == "cut":
        for n in (0, 1, 70, 71, 100, len(whole) // 2, len(whole) - 1):
            yield whole[:n]
    elif name == "longer":
        yield whole + b"\n"
    else:
        yield b"not a backup at all, " * 50


@pytest.mark.parametrize("name", ["flipped", "cut", "longer", "unknown"])
def test_a_damaged_cut_or_unknown_file_is_refused_before_anything_is_touched(small, other, name):
    before = read_all()
    for content in damage(name, small.path):
        bad = small.path.with_name("bad.zip")
        bad.write_bytes(content)
        with pytest.raises(files.UnfitFile):
            restoring.restore(bad, small.settings, nobody)
    assert (read_all(), health.list_faults()) == (before, [])


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("kind", "other", "comes back to the kind"),
        ("schema", "9999", "does not know"),
        ("format", 2, "this version reads"),
        ("service", "another", "no backup of this service"),
    ],
)
def test_a_file_of_another_kind_or_a_newer_schema_is_refused(small, other, fact, value, said):
    bad = small.path.with_name("bad.zip")
    with files.pack(bad) as packing:
        packing.close(replace(small.manifest, **{fact: value}))
    with pytest.raises(files.UnfitFile, match=said):
        restoring.restore(bad, small.settings, nobody)
    assert health.list_faults() == []


def test_a_database_with_records_is_kept_unless_it_is_to_be_replaced(small, other):
    add_account(name="Invented other")
    before = read_all()
    with pytest.raises(restoring.TargetInUse, match="--replace"):
        restoring.restore(small.path, small.settings, nobody)
    assert read_all() == before
    restoring.restore(small.path, small.settings, nobody, replaces=True)
    assert "Invented other" not in str(read_all()["account"])


def test_a_file_that_is_no_backup_is_not_written_over(small):
    letter = small.path.with_name("letter.txt")
    letter.write_text("Dear employer")
    with pytest.raises(files.UnfitFile, match="is no backup"):
        making.back_up(letter)
    assert letter.read_text() == "Dear employer"
    making.back_up(small.path)


def test_an_empty_database_without_a_schema_takes_a_backup(small, other):
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        for end in ("", "-wal", "-shm"):
            Path(f"{db.engine.url.database}{end}").unlink(missing_ok=True)
    restoring.restore(small.path, small.settings, nobody)
    assert (len(read_all()["account"]), health.list_faults()) == (1, [])


def test_I38_nothing_is_served_until_the_erasure_list_was_replayed(small, other, monkeypatch):
    with db.engine.begin() as connection:
        erased = {"candidate_id": 77, "at": "2026-06-01T09:00:00.000Z"}
        connection.execute(
            text("INSERT INTO erasure_list (candidate_id, erased_at) VALUES (:candidate_id, :at)"),
            erased,
        )
    seen = []

    def replay(_settings):
        client = other.test_client()
        seen.extend(client.get(url).status_code for url in ("/readyz", "/", "/healthz"))
        seen.append(db.session.scalar(select(ErasureList.candidate_id)))
        assert RESTORING_WORDS in client.get("/").text
        return 1

    done = restoring.restore(small.path, small.settings, replay, replaces=True)
    assert (seen, done.n_erased) == ([503, 503, 200, 77], 1)
    assert other.test_client().get("/readyz").status_code == 200


@pytest.mark.parametrize("nth", [1, 2])
def test_a_restore_that_is_cut_off_opens_nothing_and_is_run_again(small, other, monkeypatch, nth):
    add_account(name="Invented other")
    before = read_all()["account"]
    monkeypatch.setenv("FAILPOINT", f"restore.mid:{nth}=raise")
    monkeypatch.setattr(failpoints, "_passes", Counter())
    with pytest.raises(FailpointReached):
        restoring.restore(small.path, small.settings, nobody, replaces=True)
    monkeypatch.delenv("FAILPOINT")
    assert read_all()["account"] == before
    assert "restore FILE --replace" in health.list_faults()[0]
    restoring.restore(small.path, small.settings, nobody, replaces=True)
    assert ("Invented other" in str(read_all()["account"]), health.list_faults()) == (False, [])


def test_I28_the_audit_is_held_to_what_was_kept_outside_up_to_the_backup(
    app, tmp_path, monkeypatch
):
    folder = tmp_path / "anchors"
    with app.app_context():
        settings = replace(app.config["SETTINGS"], anchor_folder=folder)
        add_region()
        path = tmp_path / "backup.zip"
        making.back_up(path)
        add_region()
        anchors.keep_head(folder, AT)
        restoring.restore(path, settings, nobody, replaces=True)
        assert verifying.verify_audit(folder).exit_code == verifying.CLEAN


def test_a_damaged_database_is_not_backed_up(small):
    if db.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL says so itself")
    path = Path(db.engine.url.database)
    db.session.remove()
    db.engine.dispose()
    whole = path.read_bytes()
    try:
        broken = bytearray(whole)
        for at in range(8 * 4096, len(broken) - 4096, 4096):
            broken[at : at + 64] = os.urandom(64)
        path.write_bytes(bytes(broken))
        with pytest.raises(Refusal, match="damaged"):
            making.back_up(small.path.with_name("second.zip"))
        assert not small.path.with_name("second.zip").exists()
    finally:
        db.engine.dispose()
        path.write_bytes(whole)


def test_I29_no_column_that_says_something_of_somebody_is_in_a_redacted_dump():
    kept = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in redacting.kept_columns(table)
        if not column.foreign_keys
    }
    personal = {(f.table, f.column) for f in INVENTORY if f.erased_to is not STAYS}
    assert (len(personal) > 50, kept & personal) == (True, set())

"""Each rule's check finds a row that breaks it, and nothing in a region that lived."""

import json

import pytest
from factories.by_hand import unguarded
from factories.lived import live_a_round
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from placements.extensions import db
from placements.services.invariants import verifying

BROKEN = {
    "I-01": "UPDATE placement SET held = capacity + 1",
    "I-02": "UPDATE placement SET held = held - 1",
    "I-03": "UPDATE placement SET capacity = held - 1",
    "I-04": "UPDATE placement SET state = 'full'",
    "I-05": "UPDATE assignment SET state = 'offered', candidate_id = 1, round_id = NULL",
    "I-07": "DELETE FROM edge",
    "I-08": "UPDATE edge SET travel_minutes = limit_minutes + 1",
    "I-09": "UPDATE history SET to_state = 'on_hold' WHERE kind = 'application' AND version = 3",
    "I-10": "UPDATE assignment SET state = 'started'; UPDATE application SET state = 'withdrawn'",
    "I-11": "UPDATE application SET candidate_id = 1",
    "I-12": "DELETE FROM plan_row",
    "I-13": "UPDATE employer SET state = 'famous'",
    "I-14": "UPDATE history SET action = 'vanish' WHERE kind = 'round' AND version = 2",
    "I-15": "DELETE FROM history WHERE kind = 'round' AND version = 2",
    "I-16": "UPDATE history SET from_state = 'declined' WHERE action = 'accept'",
    "I-17": "UPDATE employer SET version = version + 1",
    "I-18": "UPDATE assignment SET deadline_at = answered_at WHERE state = 'completed'",
    "I-19": "UPDATE snapshot_record SET body = body || ' ' WHERE id = 1",
    "I-20": "UPDATE round SET plan_hash = snapshot_hash WHERE approved_by IS NOT NULL",
    "I-21": "UPDATE round SET locked_by = approved_by WHERE approved_by IS NOT NULL",
    "I-22": "UPDATE round SET release_at = (SELECT max(deadline_at) FROM assignment)",
    "I-23": "UPDATE round SET state = 'approved' WHERE state IN ('settling', 'final')",
    "I-24": "UPDATE plan SET checked_ok = false",
    "I-26": "DELETE FROM plan_row WHERE id = 1",
    "I-27": "UPDATE history SET event_seq = event_seq + 1000 WHERE kind = 'round' AND version = 1",
    "I-28": "UPDATE event SET account_id = 999 WHERE seq = 5",
    "I-29": "UPDATE event SET request_id = 'Sana Invented' WHERE seq = 5",
    "I-30": "UPDATE message SET event_seq = 100000",
    "I-31": "UPDATE message SET state = 'sent', sent_at = NULL",
    "I-32": "UPDATE assignment SET deadline_at = original_deadline_at",
    "I-33": "DELETE FROM occurrence WHERE schedule = 'round.lock'",
    "I-34": "UPDATE occurrence SET state = 'claimed', lease_epoch = 0 WHERE state = 'due'",
    "I-36": "UPDATE application SET region_id = region_id + 1",
    "I-38": "INSERT INTO erasure_list (candidate_id, erased_at)"
    " SELECT 1, opens_at FROM round WHERE id = 1",
    "I-39": "UPDATE history SET to_state = 'reserve' WHERE to_state = 'offered'",
    "I-40": "UPDATE outcome SET evidence = NULL",
}


@pytest.fixture(scope="module")
def lived(kept_app, make_database, tmp_path_factory):
    """A region that lived a round, once for all tests here; each undoes what it did."""
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patch, kept_app.app_context():
        patch.setenv("CLOCK_FILE", str(folder / "clock"))
        yield live_a_round(kept_app, folder)
        db.session.remove()
    make_database.empty(kept_app.config["SETTINGS"].database_url)


def broken_by(statement):
    """Break the constraints' rules too, where the engine lets us; say what the check finds."""
    connection = db.session.connection()
    try:
        with unguarded(connection):
            for constraint in unconstrained(connection):
                connection.exec_driver_sql(constraint)
            for one in statement.split("; "):
                assert connection.execute(text(one)).rowcount > 0
            report = verifying.run_checks(verifying.ALL)
    finally:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
        db.session.rollback()
    assert report.unchecked == ()
    return {violation.invariant for violation in report.violations}


def unconstrained(connection):
    """The statements that let this transaction write what a constraint refuses."""
    if connection.dialect.name == "sqlite":
        indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%UNIQUE%'"
        names = connection.exec_driver_sql(indexes).scalars().all()
        return ["PRAGMA ignore_check_constraints = ON", *(f"DROP INDEX {n}" for n in names)]
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'u')"
        " AND connamespace = 'public'::regnamespace"
    ).all()
    drops = [f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE" for table, name in found]
    return [*drops, "DROP INDEX uq_assignment_live_candidate", "DROP INDEX uq_application_open"]


def test_verify_invariants_of_a_region_that_lived_finds_nothing(lived):
    report = verifying.verify_invariants().to_dict()
    assert report == {"ok": True, "checked": list(verifying.ALL), "violations": []}


@pytest.mark.parametrize("name", BROKEN)
def test_verify_finds_each_broken_rule(lived, name):
    assert name in broken_by(BROKEN[name])


def test_verify_checks_every_rule_that_a_row_can_break():
    proven_elsewhere = {"I-06", "I-35"}
    assert {f"I-{n:02}" for n in range(1, 41)} == {*verifying.ALL, "I-25", "I-37"}
    assert set(BROKEN) == set(verifying.ALL) - proven_elsewhere


def test_I06_a_second_assignment_of_a_pair_in_a_round_is_refused_by_the_database(lived):
    again = "UPDATE assignment SET candidate_id = 1, placement_id = 1"
    with pytest.raises(IntegrityError), unguarded(db.session.connection()):
        db.session.execute(text(again))
    db.session.rollback()


def test_I35_a_time_of_another_width_is_found(lived):
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        assert "I-35" in broken_by("UPDATE event SET happened_at = '2026-06-01 09:00:00'")
        return
    to_local = "ALTER TABLE session ALTER COLUMN created_at TYPE timestamp"
    connection.exec_driver_sql(to_local)
    report = verifying.run_checks(verifying.ALL)
    db.session.rollback()
    assert [v.invariant for v in report.violations] == ["I-35"]


def test_verify_round_makes_the_plan_again(lived):
    report = verifying.verify_round(lived.round_id).to_dict()
    assert report["violations"] == []
    assert report["checked"] == [f"I-{n}" for n in range(19, 27)]


def test_a_check_that_cannot_run_is_2_and_the_others_run(lived):
    def breaks():
        raise RuntimeError("planted")

    report = verifying.run_checks({"I-01": breaks, "I-02": verifying.ALL["I-02"]})
    db.session.rollback()
    assert (report.exit_code, report.unchecked, report.checked) == (2, ("I-01",), ("I-02",))
    assert report.to_dict()["ok"] is False


def test_I29_what_was_found_holds_ids_and_no_value(lived):
    with unguarded(db.session.connection()):
        db.session.execute(text("UPDATE event SET request_id = 'Sana Invented' WHERE seq = 5"))
        report = verifying.run_checks(verifying.ALL)
    db.session.rollback()
    assert "Sana" not in json.dumps(report.to_dict())
    assert report.to_dict()["violations"][0] == {"id": "I-28", "table": "event", "rows": [5]}

"""What the database itself refuses, whoever writes: each guard by the rule it holds."""

import pytest
from factories.lived import live_a_round
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from placements.extensions import db

APPROVED = "WHERE approved_by IS NOT NULL"
REFUSED = {
    "I-12": [
        "UPDATE assignment SET placement_id = placement_id + 1",
        "UPDATE assignment SET round_id = NULL",
    ],
    "I-14": [
        "UPDATE employer SET state = 'applied'",
        "UPDATE round SET state = 'open' WHERE state IN ('settling', 'final')",
        "UPDATE assignment SET state = 'offered' WHERE state = 'declined'",
        "UPDATE checkpoint SET state = 'scheduled' WHERE state = 'verified'",
    ],
    "I-15": [
        "UPDATE history SET moved_at = moved_at",
        "DELETE FROM history",
        "INSERT INTO history (kind, record_id, version, from_state, action, to_state, moved_at,"
        " event_seq) SELECT kind, record_id, version + 7, from_state, action, to_state, moved_at,"
        " event_seq FROM history WHERE version = 2",
    ],
    "I-19": [
        "UPDATE snapshot SET n_candidates = 1",
        "DELETE FROM snapshot",
        "DELETE FROM snapshot_record",
        "UPDATE snapshot_record SET body = body || ' '",
        "UPDATE snapshot_record SET body = NULL, salt = NULL, record_hash = 'x'",
    ],
    "I-20": [f"UPDATE round SET approved_plan_hash = 'x' {APPROVED}"],
    "I-21": [
        f"UPDATE round SET seed = seed + 1 {APPROVED}",
        f'UPDATE round SET policy = \'{{"mechanism": "stable"}}\' {APPROVED}',
    ],
    "I-28": [
        "UPDATE event SET account_id = 1",
        "DELETE FROM event WHERE seq = 1",
        "UPDATE audit_head SET seq = seq - 1",
        "DELETE FROM audit_head",
        "INSERT INTO event SELECT seq + 1000, happened_at, role, account_id, action, kind,"
        " record_id, from_state, to_state, request_id, prev_hash, 'x' FROM event WHERE seq = 2",
    ],
    "I-29": [
        "INSERT INTO event SELECT seq + 1, happened_at, role, account_id, 'Sana Invented', kind,"
        " record_id, from_state, to_state, request_id, hash, 'x' FROM event"
        " WHERE seq = (SELECT max(seq) FROM event)",
    ],
    "I-32": [
        "UPDATE assignment SET original_deadline_at = offered_at",
        "UPDATE assignment SET deadline_at = offered_at",
        "UPDATE extension SET to_at = from_at",
        "DELETE FROM extension",
    ],
    "I-33": ["DELETE FROM occurrence"],
    "I-36": [
        "UPDATE application SET region_id = region_id + 1",
        "UPDATE application SET provider_id = 999",
    ],
}
STATEMENTS = [(rule, statement) for rule, statements in REFUSED.items() for statement in statements]


@pytest.fixture(scope="module")
def lived(kept_app, make_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patch, kept_app.app_context():
        patch.setenv("CLOCK_FILE", str(folder / "clock"))
        yield live_a_round(kept_app, folder)
        db.session.remove()
    make_database.empty(kept_app.config["SETTINGS"].database_url)


@pytest.mark.parametrize(("rule", "statement"), STATEMENTS)
def test_the_database_refuses_what_no_rule_allows(lived, rule, statement):
    with pytest.raises(IntegrityError, match=rule):
        db.session.execute(text(statement))
    db.session.rollback()


def test_I09_I10_who_takes_a_break_is_offered_nothing_and_keeps_nothing(lived):
    rest = "UPDATE application SET state = 'on_hold' WHERE state = 'ready'"
    db.session.execute(text(rest))
    offer = (
        "INSERT INTO assignment (id, application_id, candidate_id, placement_id, state, version,"
        " first_day, receipt) SELECT 999, application_id, candidate_id, placement_id, 'offered',"
        " 1, first_day, receipt FROM assignment WHERE id = 1"
    )
    with pytest.raises(IntegrityError, match="I-09"):
        db.session.execute(text(offer))
    db.session.rollback()
    db.session.execute(text(offer))
    with pytest.raises(IntegrityError, match="I-10"):
        db.session.execute(text(rest))
    db.session.rollback()


def test_I19_a_sealed_record_may_be_blanked_and_keeps_its_hash(lived):
    blank = "UPDATE snapshot_record SET body = NULL, salt = NULL"
    assert db.session.execute(text(blank)).rowcount > 0
    db.session.rollback()


def test_I20_a_second_chosen_plan_is_refused(lived):
    with pytest.raises(IntegrityError, match=r"uq_plan_chosen|plan\.round_id"):
        db.session.execute(text(f"UPDATE plan SET chosen = {literal_true()}"))
    db.session.rollback()


def literal_true():
    return "true" if db.engine.dialect.name == "postgresql" else "1"


def test_I34_a_step_is_not_ended_under_a_lease_that_has_passed_on(lived):
    text_of = "UPDATE occurrence SET state = 'claimed', lease_epoch = 0 WHERE state = 'due'"
    assert db.session.execute(text(text_of)).rowcount > 0
    with pytest.raises(IntegrityError, match="I-34"):
        db.session.execute(text("UPDATE occurrence SET state = 'done' WHERE state = 'claimed'"))
    db.session.rollback()

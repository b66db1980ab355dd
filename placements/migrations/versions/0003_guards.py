"""Let the database itself refuse what no rule allows: guards as triggers, and one chosen plan.

Each guard is one condition, the same on SQLite and PostgreSQL. A table that a later migration
makes anew on SQLite loses its triggers: that migration must make them again (`add_guards`).
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIVE = "('offered', 'accepted', 'confirmed', 'started')"
OUT = "('on_hold', 'exited', 'withdrawn', 'ineligible', 'anonymised')"
KINDS = [
    "placement",
    "application",
    "round",
    "assignment",
    "checkpoint",
    "employer",
    "message",
    "occurrence",
]
CODES = ("action", "kind", "from_state", "to_state")
ALWAYS = "1 = 1"


def differs(*columns: str) -> str:
    """Say that one of these columns is to change."""
    return "(" + " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in columns) + ")"


# name, when, table, condition, what is said. `{odd}` is "holds a letter no code has".
GUARDS = (
    ("event_is_not_changed", "UPDATE", "event", ALWAYS, "I-28: the audit is only added to"),
    ("event_is_not_removed", "DELETE", "event", ALWAYS, "I-28: the audit is only added to"),
    (
        "event_follows_the_last",
        "INSERT",
        "event",
        "NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM event"
        " WHERE seq = NEW.seq - 1 AND hash = NEW.prev_hash)",
        "I-28: a line of the audit follows the last",
    ),
    (
        "event_holds_codes",
        "INSERT",
        "event",
        " OR ".join(f"NEW.{column} {{odd}}" for column in CODES),
        "I-29: the audit holds codes, ids and times only",
    ),
    (
        "audit_head_goes_on",
        "UPDATE",
        "audit_head",
        "NEW.seq < OLD.seq OR NEW.id <> OLD.id",
        "I-28: the head of the audit goes on",
    ),
    ("audit_head_stays", "DELETE", "audit_head", ALWAYS, "I-28: the head of the audit stays"),
    ("history_is_not_changed", "UPDATE", "history", ALWAYS, "I-15: history is only added to"),
    ("history_is_not_removed", "DELETE", "history", ALWAYS, "I-15: history is only added to"),
    (
        "history_joins_up",
        "INSERT",
        "history",
        "NEW.from_state <> COALESCE((SELECT to_state FROM history WHERE kind = NEW.kind"
        " AND record_id = NEW.record_id AND version = NEW.version - 1), '')",
        "I-15: a change begins where the last one ended",
    ),
    ("snapshot_is_not_changed", "UPDATE", "snapshot", ALWAYS, "I-19: a snapshot is sealed"),
    ("snapshot_is_not_removed", "DELETE", "snapshot", ALWAYS, "I-19: a snapshot is sealed"),
    (
        "snapshot_record_is_only_blanked",
        "UPDATE",
        "snapshot_record",
        "NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR "
        + differs("id", "snapshot_id", "kind", "record_id", "record_hash"),
        "I-19: a sealed record is only ever blanked",
    ),
    (
        "snapshot_record_is_not_removed",
        "DELETE",
        "snapshot_record",
        ALWAYS,
        "I-19: a snapshot is sealed",
    ),
    (
        "round_approval_is_of_its_plan",
        "UPDATE",
        "round",
        "NEW.approved_plan_hash IS NOT NULL"
        " AND NEW.approved_plan_hash IS DISTINCT FROM NEW.plan_hash",
        "I-20: the plan approved is the plan in use",
    ),
    (
        "round_change_voids_approval",
        "UPDATE",
        "round",
        "OLD.approved_by IS NOT NULL AND NEW.approved_by IS NOT NULL AND "
        + differs("snapshot_hash", "plan_hash", "seed", "CAST(policy AS TEXT)"),
        "I-21: a change of the plan voids its approval",
    ),
    (
        "assignment_stays_whose_it_is",
        "UPDATE",
        "assignment",
        differs("application_id", "candidate_id", "placement_id", "round_id"),
        "I-12: an assignment is never moved to another person or place",
    ),
    (
        "assignment_deadline_stays",
        "UPDATE",
        "assignment",
        "(OLD.original_deadline_at IS NOT NULL AND "
        + differs("original_deadline_at")
        + ") OR (OLD.deadline_at IS NOT NULL AND "
        + differs("deadline_at")
        + " AND NOT EXISTS (SELECT 1 FROM extension WHERE assignment_id = OLD.id"
        " AND from_at = OLD.deadline_at AND to_at = NEW.deadline_at))",
        "I-32: a deadline moves by an extension only",
    ),
    ("extension_is_not_changed", "UPDATE", "extension", ALWAYS, "I-32: an extension stays"),
    ("extension_is_not_removed", "DELETE", "extension", ALWAYS, "I-32: an extension stays"),
    (
        "application_out_holds_no_place",
        "UPDATE",
        "application",
        f"NEW.state IN {OUT} AND NEW.state <> OLD.state AND EXISTS (SELECT 1 FROM assignment"
        f" WHERE application_id = NEW.id AND state IN {LIVE})",
        "I-10: who takes no part holds no place",
    ),
    *(
        (
            f"assignment_{name}_needs_ready",
            when,
            "assignment",
            f"NEW.state IN ('offered', 'accepted'){also} AND NOT EXISTS"
            " (SELECT 1 FROM application WHERE id = NEW.application_id AND state = 'ready')",
            "I-09: an offer is for somebody who is ready",
        )
        for name, when, also in (
            ("made", "INSERT", ""),
            ("moved", "UPDATE", " AND NEW.state <> OLD.state"),
        )
    ),
    *(
        (
            f"application_{when.lower()}_in_one_region",
            when,
            "application",
            "NEW.provider_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM provider"
            " WHERE id = NEW.provider_id AND region_id = NEW.region_id)",
            "I-36: a provider holds applications of its own region",
        )
        for when in ("INSERT", "UPDATE")
    ),
    ("occurrence_stays", "DELETE", "occurrence", ALWAYS, "I-33: a due step never vanishes"),
    (
        "occurrence_ends_under_the_lease",
        "UPDATE",
        "occurrence",
        "OLD.state = 'claimed' AND NEW.state = 'done' AND NEW.lease_epoch <"
        " (SELECT epoch FROM lease WHERE name = 'schedule')",
        "I-34: a lease that has passed on writes nothing",
    ),
    *(
        (
            f"{kind}_moves_legally",
            "UPDATE",
            kind,
            "NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM transition"
            f" WHERE kind = '{kind}' AND from_state = OLD.state AND to_state = NEW.state)"
            f" AND EXISTS (SELECT 1 FROM transition WHERE kind = '{kind}' AND to_state = NEW.state)",
            "I-14: there is no such move",
        )
        for kind in KINDS
    ),
)


def upgrade() -> None:
    add_guards()
    op.create_index(
        "uq_plan_chosen",
        "plan",
        ["round_id"],
        unique=True,
        sqlite_where=sa.text("chosen"),
        postgresql_where=sa.text("chosen"),
    )


def downgrade() -> None:
    op.drop_index("uq_plan_chosen", table_name="plan")
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, _, table, *_ in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if on_postgresql else f"DROP TRIGGER {name}")
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}()")


def add_guards(tables: Iterable[str] | None = None) -> None:
    """Make the guards of these tables, or of all."""
    wanted = None if tables is None else set(tables)
    write = _postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite
    for guard in GUARDS:
        if wanted is None or guard[2] in wanted:
            for statement in write(*guard):
                op.get_bind().exec_driver_sql(statement)


def _sqlite(name: str, when: str, table: str, condition: str, said: str) -> list[str]:
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    condition = condition.replace("{odd}", "GLOB '*[^A-Za-z0-9_.]*'")
    condition = _cast_inside(condition)
    return [
        f'CREATE TRIGGER {name} BEFORE {when} ON "{table}" WHEN {condition}'
        f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
    ]


def _postgresql(name: str, when: str, table: str, condition: str, said: str) -> list[str]:
    condition = _cast_inside(condition.replace("{odd}", "~ '[^A-Za-z0-9_.]'"))
    row = "OLD" if when == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation';"
        f" END IF; RETURN {row}; END $$",
        f'CREATE TRIGGER {name} BEFORE {when} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()',
    ]


def _cast_inside(condition: str) -> str:
    for row in ("NEW", "OLD"):
        condition = condition.replace(f"{row}.CAST(policy AS TEXT)", f"CAST({row}.policy AS TEXT)")
    return condition

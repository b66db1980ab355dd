"""Run the checks on one unmoving picture of the database and say what they found, by ids alone."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from placements.domain.errors import NotFound, Refusal
from placements.extensions import db
from placements.models.rounds import Plan, Round
from placements.services import anchors
from placements.services.invariants import (
    audit,
    messages_and_time,
    places,
    privacy,
    rounds,
    states,
)
from placements.services.invariants.rows import Check, Rows
from placements.services.snapshots import list_blank_records, read_snapshot
from placements.services.solver_process import Limits
from placements.services.solving import (
    hash_result,
    list_wrong_claims,
    policy_of,
    solve_checked,
)
from placements.services.transactions import TOGETHER

log = logging.getLogger(__name__)
TOPICS = (places, states, rounds, audit, messages_and_time, privacy)
ALL: dict[str, Check] = {name: check for topic in TOPICS for name, check in topic.CHECKS.items()}
CLEAN, FOUND, COULD_NOT = 0, 1, 2


class CouldNotCheck(Refusal):
    """The records could not be read; nothing is known about them."""


@dataclass(frozen=True)
class Violation:
    """Rows of one table that break one invariant."""

    invariant: str
    table: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """What was checked, what was found, and what could not be checked."""

    checked: tuple[str, ...]
    violations: tuple[Violation, ...]
    unchecked: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 clean, 1 something found, 2 something could not be checked."""
        return COULD_NOT if self.unchecked else FOUND if self.violations else CLEAN

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a machine reads it."""
        found = [
            {"id": v.invariant, "table": v.table, "rows": list(v.rows)} for v in self.violations
        ]
        ok = self.exit_code == CLEAN
        return {"ok": ok, "checked": list(self.checked), "violations": found}


def verify_invariants(folder: Path | None = None) -> Report:
    """Check every invariant; `folder` holds the anchors of the audit."""
    with one_picture():
        return run_checks(ALL | _with_anchor(folder))


def verify_audit(folder: Path | None = None) -> Report:
    """Check that no line of the audit was edited, removed or put in."""
    with one_picture():
        return run_checks(audit.CHECKS | _with_anchor(folder))


def verify_round(round_id: int) -> Report:
    """Check one round: its seal, its hashes, its people; then check and make its plan again."""
    with one_picture():
        if db.session.scalar(select(Round.id).where(Round.id == round_id)) is None:
            raise NotFound("There is no such round.")
        checks = {name: partial(check, round_id) for name, check in rounds.OF_ROUND.items()}
        own = {"I-24": partial(_wrong_plans, round_id), "I-25": partial(_other_plans, round_id)}
        return run_checks(dict(sorted((checks | own).items())))


def run_checks(checks: Mapping[str, Check]) -> Report:
    """Run checks in the transaction at hand; one that fails is said, and the others run on."""
    try:
        with db.session.begin_nested():
            found = [v for name, check in checks.items() for v in _gather(name, check())]
    except Exception:
        return _run_one_by_one(checks)
    return Report(tuple(checks), tuple(found), ())


def _run_one_by_one(checks: Mapping[str, Check]) -> Report:
    """Run checks again, each so that its own failing leaves the picture to the others."""
    checked, violations, unchecked = [], [], []
    for name, check in checks.items():
        try:
            with db.session.begin_nested():
                violations.extend(_gather(name, check()))
        except Exception:
            log.exception("check stopped", extra={"invariant": name})
            unchecked.append(name)
        else:
            checked.append(name)
    return Report(tuple(checked), tuple(violations), tuple(unchecked))


def _gather(name: str, rows: Iterable[tuple[str, int]]) -> Iterator[Violation]:
    found: dict[str, set[int]] = {}
    for table, row_id in rows:
        found.setdefault(table, set()).add(row_id)
    for table, ids in found.items():
        yield Violation(name, table, tuple(sorted(ids)))


@contextmanager
def one_picture() -> Iterator[None]:
    """Read all inside as it was at one instant, and leave nothing behind."""
    session = db.session
    if session.info.get(TOGETHER):
        raise RuntimeError("Records are checked when they are kept, not on the way.")
    session.rollback()
    options = {"isolation_level": "REPEATABLE READ"}
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    try:
        session.connection(execution_options=options if on_postgresql else {})
        yield
    except SQLAlchemyError as fault:
        raise CouldNotCheck("The database does not answer, or is damaged.") from fault
    finally:
        session.rollback()


def _with_anchor(folder: Path | None) -> dict[str, Check]:
    def check() -> Rows:
        yield from audit.broken_chain()
        yield from anchors.unlike_anchors(folder)

    return {"I-28": check}


def _kept_plan(round_id: int) -> tuple[Round, Plan] | None:
    """Read a round and the plan in use, as stored now; None before there is one."""
    chosen = (Plan.round_id == Round.id, Plan.chosen, Plan.snapshot_hash == Round.snapshot_hash)
    rows = select(Round, Plan).where(Round.id == round_id, *chosen)
    found = db.session.execute(rows.execution_options(populate_existing=True)).first()
    if found is not None and list_blank_records(found[0]):
        raise RuntimeError("Sealed people were erased: the plan cannot be made again without them.")
    return None if found is None else tuple(found)


def _wrong_plans(round_id: int) -> Rows:
    """I-24: the stored plan passes the checker again."""
    yield from rounds.unchecked_plans(round_id)
    kept = _kept_plan(round_id)
    if kept and list_wrong_claims(*kept):
        yield Plan.__tablename__, kept[1].id


def _other_plans(round_id: int) -> Rows:
    """I-25: the same seal and policy give the same plan."""
    kept = _kept_plan(round_id)
    if kept is None:
        return
    round_, plan = kept
    policy = policy_of(round_, plan.mechanism)
    again = solve_checked(read_snapshot(round_), policy, Limits())
    if hash_result(round_, again.plan)[1] != plan.plan_hash:
        yield Plan.__tablename__, plan.id

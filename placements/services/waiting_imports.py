"""A file of people that was read and not added yet: what it would do, and the press that does it.

The text of a file waits in `import_run.content`. It is dropped in the act that records what was
added, and after a day with its row: each file schedules its own `imports.forget` when it comes.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from placements import clock
from placements.domain.csv_rows import FileFault, Problem, decode, read_rows, write_bad_rows
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.extensions import db
from placements.models.operations import ImportRun
from placements.services.imports import KINDS, ImportResult, import_file
from placements.services.occurrences import add_occurrence
from placements.services.transactions import act

KIND, FORGET = "applications", "imports.forget"
KEPT_FOR = timedelta(days=1)
SHOWN_CELLS = 100


@dataclass(frozen=True)
class WaitingImport:
    """A file as its page shows it; `is_waiting` until its good rows were added."""

    run_id: int
    n_new: int
    n_same: int
    n_bad: int
    problems: tuple[Problem, ...]
    n_more: int
    is_waiting: bool


def receive_file(actor: Actor, folder: Path, sent: bytes) -> int:
    """Read a file of people and keep nothing of it but the text; raises `FileFault`.

    The provider whose people they are may; returns the id of the page that says what is in it.
    """
    result = import_file(actor, folder, KIND, sent, dry_run=True)
    if not result.n_new and not result.n_same and not result.bad:
        raise FileFault("There are no rows below the column names. Write one row a person.")
    return _keep(actor, sent, result)


@act
def _keep(actor: Actor, sent: bytes, result: ImportResult) -> int:
    at = clock.now()
    run = ImportRun(kind=KIND, file_hash=hashlib.sha256(sent).hexdigest(), started_at=at)
    run.account_id, run.organisation_id = actor.account_id, actor.organisation_id
    run.n_new, run.n_same, run.n_bad = result.n_new, result.n_same, len(result.bad)
    run.content = decode(sent)
    run.errors = [[p.line, p.column, p.sent, p.fix] for p in result.problems]
    db.session.add(run)
    db.session.flush()
    add_occurrence(FORGET, run.id, at + KEPT_FOR)
    return run.id


def get_import(actor: Actor, run_id: int) -> WaitingImport:
    """Return a file of the actor's own organisation, or raise `NotFound`."""
    run = _get(actor, run_id)
    waits = run.content is not None
    cells = [Problem(*cell) for cell in run.errors[:SHOWN_CELLS]] if waits else []
    n_more = len(run.errors) - len(cells) if waits else 0
    return WaitingImport(run.id, run.n_new, run.n_same, run.n_bad, tuple(cells), n_more, waits)


def write_rows_to_fix(actor: Actor, run_id: int) -> str:
    """Return the bad rows of a waiting file, with what to write in a `fix` column."""
    run = _get(actor, run_id)
    if run.content is None:
        raise NotFound("The rows of this file are not kept any more. Send the file in again.")
    wrong: dict[int, list[Problem]] = {}
    for cell in run.errors:
        wrong.setdefault(cell[0], []).append(Problem(*cell))
    columns = [column.name for column in KINDS[KIND].columns]
    rows = read_rows(run.content.encode(), columns, ())
    return write_bad_rows([(row, wrong[row.line]) for row in rows if row.line in wrong], columns)


def add_good_rows(actor: Actor, folder: Path, run_id: int) -> None:
    """Keep the good rows of a waiting file and drop its text; pressed again, nothing changes."""
    run = _get(actor, run_id)
    if run.content is not None:
        import_file(actor, folder, KIND, run.content.encode(), run_id=run.id)


@act
def forget_import(run_id: int) -> None:
    """Drop a file that nobody added within a day, with its row."""
    run = db.session.get(ImportRun, run_id)
    if run is not None and run.content is not None:
        db.session.delete(run)


def _get(actor: Actor, run_id: int) -> ImportRun:
    run = db.session.get(ImportRun, run_id)
    own = run is not None and run.organisation_id == actor.organisation_id
    too_old = own and run.content is not None and run.started_at + KEPT_FOR <= clock.now()
    if not own or too_old or actor.organisation_id is None or run.kind != KIND:
        raise NotFound("There is no such file, or it is not yours.")
    return run

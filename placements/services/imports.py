"""Files in: good rows are kept, bad rows come back with what to write, a dry run keeps nothing.

Rows are kept in acts of a few hundred, so that others can write in between. Every row is known
by its reference: the same file again, or one that was cut off, changes only what is missing.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from placements import clock
from placements.domain.csv_rows import (
    Problem,
    SentRow,
    find_unsafe_cells,
    read_rows,
    write_bad_rows,
)
from placements.domain.errors import NotAllowed, Refusal
from placements.domain.import_columns import (
    APPLICATION_COLUMNS,
    OUTCOME_COLUMNS,
    PLACEMENT_COLUMNS,
    Column,
)
from placements.domain.import_rows import (
    ApplicationRow,
    FileRow,
    OutcomeRow,
    PlacementRow,
    read_row,
)
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models.operations import ImportRun
from placements.services import import_applications, import_outcomes, import_placements
from placements.services.import_rows import RowRefused
from placements.services.transactions import act

ROWS_IN_AN_ACT = 250
SHOWN_PROBLEMS = 1000


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its columns, its typed row, who may send it, and who keeps a row."""

    name: str
    columns: tuple[Column, ...]
    row: type[FileRow]
    roles: frozenset[Role]
    keep_rows: Callable[[Actor, Path, Sequence[FileRow]], Sequence[bool | Refusal]]


KINDS = {
    kind.name: kind
    for kind in (
        FileKind(
            "placements",
            PLACEMENT_COLUMNS,
            PlacementRow,
            frozenset({Role.OPERATOR}),
            import_placements.keep_rows,
        ),
        FileKind(
            "applications",
            APPLICATION_COLUMNS,
            ApplicationRow,
            frozenset({Role.OPERATOR, Role.PROVIDER}),
            import_applications.keep_rows,
        ),
        FileKind(
            "outcomes",
            OUTCOME_COLUMNS,
            OutcomeRow,
            frozenset({Role.OPERATOR, Role.PROVIDER}),
            import_outcomes.keep_rows,
        ),
    )
}


@dataclass
class ImportResult:
    """What became of a file: counts, and each bad row with its problems."""

    n_new: int = 0
    n_same: int = 0
    bad: list[tuple[SentRow, list[Problem]]] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Every problem, in the order of the file."""
        return [problem for _, problems in self.bad for problem in problems]


def import_file(
    actor: Actor,
    folder: Path,
    kind_name: str,
    sent: bytes,
    *,
    dry_run: bool = False,
    run_id: int | None = None,
) -> ImportResult:
    """Take in a file; raise `FileFault` when the file as a whole is bad, with nothing kept.

    `run_id` is the run of a file that waited: what became of it is recorded there, its text goes.
    """
    kind, result = KINDS[kind_name], ImportResult()
    if actor.role not in kind.roles:
        raise NotAllowed(f"You cannot send in a file of {kind.name}. Nothing was kept.")
    known = [column.name for column in kind.columns]
    required = [column.name for column in kind.columns if column.required]
    rows = list(read_rows(sent, known, required))
    seen: dict[str, int] = {}
    typed = ((row, _check(kind, row, seen)) for row in rows)
    while chunk := list(islice(typed, ROWS_IN_AN_ACT)):
        _keep_chunk(actor, folder, kind, chunk, result, dry_run)
    result.bad.sort(key=lambda bad: bad[0].line)
    if not dry_run:
        _record_run(actor, kind.name, sent, result, run_id)
    return result


def _check(kind: FileKind, row: SentRow, seen: dict[str, int]) -> FileRow | list[Problem]:
    unsafe = find_unsafe_cells(row, frozenset({"mobile", "guardian_contact"}))
    if unsafe:
        return unsafe
    typed = read_row(kind.row, row)
    if isinstance(typed, list):
        return typed
    first = seen.setdefault(typed.key, row.line)
    if first != row.line:
        fix = f"This reference is on line {first} too. Write a different one."
        if typed.key != typed.reference:
            fix = f"The same question of the same person is on line {first} too. Keep one."
        return [Problem(row.line, "reference", typed.reference, fix)]
    return typed


Chunk = list[tuple[SentRow, FileRow | list[Problem]]]


def _keep_chunk(
    actor: Actor, folder: Path, kind: FileKind, chunk: Chunk, result: ImportResult, dry_run: bool
) -> None:
    kept: list[ImportResult] = []

    @act
    def keep() -> None:
        part = ImportResult(bad=[(row, typed) for row, typed in chunk if isinstance(typed, list)])
        good = [(row, typed) for row, typed in chunk if not isinstance(typed, list)]
        verdicts = kind.keep_rows(actor, folder, [typed for _, typed in good])
        pass_failpoint("import.mid")
        for (row, _), verdict in zip(good, verdicts, strict=True):
            _count(row, verdict, part)
        kept.append(part)
        if dry_run:
            raise _DryRun

    with contextlib.suppress(_DryRun):
        keep()
    result.n_new += kept[-1].n_new
    result.n_same += kept[-1].n_same
    result.bad += kept[-1].bad


class _DryRun(Exception):
    """Ends an act so that nothing of it is kept."""


def _count(row: SentRow, verdict: bool | Refusal, part: ImportResult) -> None:
    if isinstance(verdict, Refusal):
        column = verdict.column if isinstance(verdict, RowRefused) else "reference"
        sent = row.cells.get(column, "")[:80]
        part.bad.append((row, [Problem(row.line, column, sent, str(verdict))]))
    else:
        part.n_new += verdict
        part.n_same += not verdict


@act
def _record_run(
    actor: Actor, kind: str, sent: bytes, result: ImportResult, run_id: int | None
) -> None:
    waited = db.session.get(ImportRun, run_id) if run_id else None
    run = waited or ImportRun(kind=kind, file_hash=hashlib.sha256(sent).hexdigest())
    run.content = None
    run.account_id, run.organisation_id = actor.account_id, actor.organisation_id
    run.started_at = clock.now()
    run.n_new, run.n_same, run.n_bad = result.n_new, result.n_same, len(result.bad)
    run.errors = [[p.line, p.column] for p in result.problems[:SHOWN_PROBLEMS]]
    db.session.add(run)


def write_fix_file(kind_name: str, result: ImportResult) -> str:
    """Return the rows to fix as a file that can be sent in again."""
    return write_bad_rows(result.bad, [column.name for column in KINDS[kind_name].columns])


def write_template(kind_name: str) -> str:
    """Return a file with the column names and one example row."""
    columns = KINDS[kind_name].columns
    example = SentRow(2, {column.name: column.example for column in columns})
    lines = write_bad_rows([(example, [])], [column.name for column in columns])
    return "\r\n".join(line.rsplit(",", 1)[0] for line in lines.splitlines()) + "\r\n"


def list_columns(kind_name: str) -> Iterator[Column]:
    """Yield the columns of a kind of file, with what to write in each."""
    yield from KINDS[kind_name].columns

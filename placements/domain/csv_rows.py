"""A file somebody sent, read as rows: what is wrong with the file is said first and alone."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_CELL = 5_000
DELIMITERS = ",;\t"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ZIP, PDF = b"PK\x03\x04", b"%PDF"


class FileFault(ValueError):
    """The file as a whole cannot be read; the text says what to do."""


@dataclass(frozen=True)
class SentRow:
    """One row as it was sent, with the line it starts on."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: where, what was sent, what to write."""

    line: int
    column: str
    sent: str
    fix: str


def read_rows(sent: bytes, known: Iterable[str], required: Iterable[str]) -> Iterator[SentRow]:
    """Yield each row that is not empty; raise `FileFault` before the first if the file is bad."""
    text = decode(sent)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        _check_header(header, list(known), list(required))
        yield from _rows(reader, header)
    except csv.Error as fault:
        words = f"Line {reader.line_num} cannot be read ({fault}). Save the file as CSV again."
        raise FileFault(words) from fault


def decode(sent: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a mark, or in Windows-1252."""
    if len(sent) > MAX_BYTES:
        raise FileFault("The file is larger than 10 MB. Send it in parts.")
    if sent.startswith((ZIP, PDF)) or b"\0" in sent:
        raise FileFault("This is not a CSV file. In your spreadsheet, choose Save as, then CSV.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return sent.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFault("The letters cannot be read. Save the file as CSV UTF-8.")


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _check_header(header: list[str], known: list[str], required: list[str]) -> None:
    if not any(header):
        raise FileFault("The file is empty. The first line must hold the column names.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise FileFault(f"These columns are there twice: {', '.join(twice)}. Keep one of each.")
    if not set(header) & set(known):
        raise FileFault("The first line has no column names. Write those of the template there.")
    faults = []
    missing = [name for name in required if name not in header]
    if missing:
        faults.append(f"These columns are missing: {', '.join(missing)}. See the template.")
    unknown = [name for name in header if name not in known and name != "fix"]
    if unknown:
        shown = ", ".join(name or "(no name)" for name in unknown)[:200]
        faults.append(f"These columns are not known: {shown}. Remove or rename them.")
    if faults:
        raise FileFault(" ".join(faults))


def _rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[SentRow]:
    n_rows, line = 0, 2
    for cells in reader:
        if any(cell.strip() for cell in cells):
            n_rows += 1
            if n_rows > MAX_ROWS:
                raise FileFault(f"The file has more than {MAX_ROWS:,} rows. Send it in parts.")
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                cells = [*cells[: len(header) - 1], "\n".join(cells[len(header) - 1 :])]
            padded = [*cells, *[""] * (len(header) - len(cells))]
            yield SentRow(line, dict(zip(header, padded, strict=False)))
        line = getattr(reader, "line_num", line) + 1


def find_unsafe_cells(row: SentRow, may_start_with_plus: frozenset[str]) -> list[Problem]:
    """Find cells that a spreadsheet would run, or that are far too long."""
    problems = []
    for column, cell in row.cells.items():
        if len(cell) > MAX_CELL:
            words = f"Write at most {MAX_CELL:,} characters."
            problems.append(Problem(row.line, column, cell[:80], words))
        elif cell.lstrip(" ").startswith(FORMULA_STARTS):
            if cell.lstrip().startswith("+") and column in may_start_with_plus:
                continue
            words = "Write plain text. A cell may not start with = + - @ or a tab."
            problems.append(Problem(row.line, column, cell[:80], words))
    return problems


def write_bad_rows(rows: Iterable[tuple[SentRow, list[Problem]]], header: list[str]) -> str:
    """Return the rows that need fixing as a file, with what to write in a `fix` column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = [name for name in header if name != "fix"]
    writer.writerow([*names, "fix"])
    for row, problems in rows:
        fixes = " ".join(f"{problem.column}: {problem.fix}" for problem in problems)
        writer.writerow([*(neutralise(row.cells.get(name, "")) for name in names), fixes])
    return out.getvalue()


def neutralise(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def write_rows(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    """Return rows as a file for a spreadsheet; no cell of text runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    return out.getvalue()


def _safe(value: object) -> object:
    if value is None:
        return ""
    return neutralise(value) if isinstance(value, str) else value

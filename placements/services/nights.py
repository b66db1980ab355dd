"""Each night: every record is checked, and the head of the audit is kept outside the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import exists, select

from placements import clock
from placements.domain.errors import GuardRefused
from placements.extensions import db
from placements.models.operations import Occurrence
from placements.services import anchors
from placements.services.invariants.messages_and_time import NIGHTLY
from placements.services.invariants.verifying import Report, verify_invariants
from placements.services.occurrences import Claim, add_occurrence, note
from placements.services.transactions import act

# An hour that every night has, once: the clocks change between one and two.
HOUR = time(2, 30)


@dataclass(frozen=True)
class Finding:
    """What the last check of all records found, when, and the step that found it."""

    words: str
    at: datetime
    step_id: int


@act
def begin_nights() -> int:
    """Schedule the first night's check; return 0 if one is scheduled already."""
    if db.session.scalar(select(exists().where(Occurrence.schedule == NIGHTLY))):
        return 0
    add_occurrence(NIGHTLY, 0, _night_after(clock.today()))
    return 1


def check_night(claim: Claim, folder: Path | None) -> None:
    """Check every record, say what was found on the step, and keep the audit's head in `folder`.

    A night that was slept through is passed over when a later one checks the same.
    """
    tonight = claim.due_at.astimezone(clock.LONDON).date()
    if _schedule_next(tonight) <= clock.now():
        raise GuardRefused("A later night checks the same records.")
    report = verify_invariants(folder)
    if report.violations or report.unchecked:
        note(claim, describe(report))
    if folder is not None and "I-28" in report.checked:
        anchors.keep_head(folder, clock.now())


@act
def _schedule_next(tonight: date) -> datetime:
    due_at = _night_after(tonight)
    add_occurrence(NIGHTLY, 0, due_at)
    return due_at


def _night_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), HOUR, clock.LONDON).astimezone(UTC)


def find_last_finding() -> Finding | None:
    """Return what the last night found; it stands until a later night finds nothing."""
    nights = (Occurrence.schedule == NIGHTLY, Occurrence.state == "done")
    last = select(Occurrence).where(*nights).order_by(Occurrence.due_at.desc()).limit(1)
    night = db.session.scalar(last)
    if night is None or night.done_at is None or not night.reason:
        return None
    return Finding(night.reason, night.done_at, night.id)


def describe(report: Report) -> str:
    """Say in one line which rules are broken in how many records; no value of a record."""
    n_rows = Counter()
    for violation in report.violations:
        n_rows[violation.invariant] += len(violation.rows)
    broken = ", ".join(f"{name} in {n}" for name, n in n_rows.items())
    parts = [f"Rules broken: {broken}."] if broken else []
    if report.unchecked:
        parts.append(f"Not checked: {', '.join(report.unchecked)}.")
    return " ".join(["Call whoever runs the service.", *parts])

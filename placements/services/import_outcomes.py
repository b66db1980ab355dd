"""One row of the outcomes file: what somebody is doing, by a provider or from matched data."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Invalid, Refusal
from placements.domain.import_rows import OutcomeRow
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role, Source
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint
from placements.services.import_rows import RowRefused, refuse_at
from placements.services.outcome_batches import Said, keep_answers
from placements.services.outcomes import Answer

COLUMNS = {"from_on": "since", "to_on": "until", "hours_per_week": "hours"}
MATCHED = "Matched data"
Questions = dict[str, dict[str, Checkpoint]]


def keep_rows(actor: Actor, folder: Path, rows: Sequence[OutcomeRow]) -> list[bool | Refusal]:
    """Keep rows as answers; False for one here already, its refusal in place of a bad one.

    A provider speaks for its own people. Staff bring what matched data says.
    """
    asked = _find_questions(actor, rows)
    verdicts: list[bool | Refusal | None] = [_find_fault(row, asked) for row in rows]
    good = [row for row, fault in zip(rows, verdicts, strict=True) if fault is None]
    kept = iter(keep_answers(actor, [_said(actor, row, asked) for row in good]))
    return [_in_columns(next(kept)) if fault is None else fault for fault in verdicts]


def _find_questions(actor: Actor, rows: Sequence[OutcomeRow]) -> Questions:
    """Return the questions asked of each reference after their last placement, by kind."""
    found: Questions = {}
    scope = Application.region_id == actor.region_id
    if actor.role is Role.PROVIDER:
        scope = Application.provider_id == actor.organisation_id
    asked = (
        select(Application.reference, Checkpoint)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Checkpoint, Checkpoint.assignment_id == Assignment.id)
        .where(scope, Application.reference.in_({row.reference for row in rows}))
        .order_by(Assignment.id, Checkpoint.id)
    )
    for reference, checkpoint in db.session.execute(asked):
        found.setdefault(reference, {})[checkpoint.kind] = checkpoint
    return found


def _find_fault(row: OutcomeRow, asked: Questions) -> RowRefused | None:
    if row.reference not in asked:
        fix = "Nobody of yours with this reference has started a placement. Check the reference."
        return RowRefused("reference", fix)
    if row.question not in asked[row.reference]:
        known = ", ".join(asked[row.reference])
        return RowRefused("question", f"This is not asked of them. Write one of: {known}.")
    if row.since and row.since > clock.today() and row.kind != OutcomeKind.START_AGREED:
        return RowRefused("since", "This day has not come. Write START_AGREED as the kind.")
    return None


def _said(actor: Actor, row: OutcomeRow, asked: Questions) -> Said:
    is_matched = actor.role is not Role.PROVIDER
    answer = Answer(
        OutcomeKind(row.kind),
        from_on=row.since,
        to_on=row.until,
        hours_per_week=row.hours,
        is_temporary=row.temporary,
        training=row.training,
        scheme=row.scheme,
        with_whom=row.with_whom,
        hired=row.hired,
        reason=row.reason,
        evidence=row.evidence or (MATCHED if is_matched else None),
    )
    source = Source.MATCHED if is_matched else Source.PROVIDER
    return Said(asked[row.reference][row.question], answer, source)


def _in_columns(verdict: bool | Refusal) -> bool | Refusal:
    """Return a verdict that names the column of the file, where it names a field."""
    return refuse_at(COLUMNS, verdict) if isinstance(verdict, Invalid) else verdict

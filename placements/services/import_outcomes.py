"""One row of the outcomes file: what somebody is doing, by a provider or from matched data."""

from collections.abc import Mapping, Sequence
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
from placements.services.baselines import BASE, OVER, find_asked, open_baselines, read_kinds
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
    asked, entries = _find_questions(actor, rows), _find_entries(actor, rows)
    over = _find_over(entries)
    verdicts: list[bool | Refusal | None] = [
        _judge_before(row, entries, over)
        if row.question == BASE
        else _find_fault(row, asked) or _find_future(row)
        for row in rows
    ]
    good = [row for row, fault in zip(rows, verdicts, strict=True) if fault is None]
    _open_before([row for row in good if row.question == BASE], entries, asked)
    kept = iter(keep_answers(actor, [_said(actor, row, asked) for row in good]))
    return [_in_columns(next(kept)) if fault is None else fault for fault in verdicts]


def _find_questions(actor: Actor, rows: Sequence[OutcomeRow]) -> Questions:
    """Return the questions asked of each reference after their last placement, by kind."""
    found: Questions = {}
    asked = (
        select(Application.reference, Checkpoint)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Checkpoint, Checkpoint.assignment_id == Assignment.id)
        .where(_scope_of(actor), Application.reference.in_({row.reference for row in rows}))
        .order_by(Assignment.id, Checkpoint.id)
    )
    for reference, checkpoint in db.session.execute(asked):
        found.setdefault(reference, {})[checkpoint.kind] = checkpoint
    return found


def _scope_of(actor: Actor):
    if actor.role is Role.PROVIDER:
        return Application.provider_id == actor.organisation_id
    return Application.region_id == actor.region_id


def _find_entries(actor: Actor, rows: Sequence[OutcomeRow]) -> dict[str, Application]:
    """Return the entries of which a row says what came before, by reference."""
    references = {row.reference for row in rows if row.question == BASE}
    if not references:
        return {}
    wanted = select(Application).where(_scope_of(actor), Application.reference.in_(references))
    return {one.reference: one for one in db.session.scalars(wanted)}


def _find_over(entries: dict[str, Application]) -> dict[str, str | None]:
    """Return what stands of those of whom it can be said no more, by reference."""
    asked, kinds = find_asked(list(entries.values())), read_kinds([o.id for o in entries.values()])
    return {name: kinds.get(one.id) for name, one in entries.items() if one.id not in asked}


def _open_before(
    rows: Sequence[OutcomeRow], entries: dict[str, Application], asked: Questions
) -> None:
    """Open what came before for rows that will be kept: a question nobody answers stays shut."""
    here = [entries[reference] for reference in dict.fromkeys(row.reference for row in rows)]
    found = open_baselines(here) if here else {}
    for one in here:
        asked.setdefault(one.reference, {})[BASE] = found[one.id]


def _judge_before(
    row: OutcomeRow, entries: dict[str, Application], over: Mapping[str, str | None]
) -> bool | RowRefused | None:
    """Return why a row cannot be kept, False if it is here already, None if it can be."""
    if row.reference not in entries:
        fix = "Nobody of yours has this reference. Check the reference."
        return RowRefused("reference", fix)
    if row.reference not in over:
        return _find_future(row)
    return False if over[row.reference] == row.kind else RowRefused("question", OVER)


def _find_fault(row: OutcomeRow, asked: Questions) -> RowRefused | None:
    if row.reference not in asked:
        fix = "Nobody of yours with this reference has started a placement. Check the reference."
        return RowRefused("reference", fix)
    if row.question not in asked[row.reference]:
        known = ", ".join(asked[row.reference])
        return RowRefused("question", f"This is not asked of them. Write one of: {known}.")
    return None


def _find_future(row: OutcomeRow) -> RowRefused | None:
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

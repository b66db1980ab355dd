"""What the answers after a placement come to: the standing ones, read as a row a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Result, Select, select

from placements.domain.destinations import has_destination
from placements.domain.sustained import (
    AFTER_THE_END,
    Months,
    Statement,
    has_half_a_year_of_work,
    is_sustained,
    list_months,
)
from placements.domain.vocabulary import CheckpointKind, OutcomeKind, Source
from placements.models.assignments import Assignment
from placements.models.outcomes import Checkpoint, Outcome
from placements.services.streams import stream

KINDS = {kind.value: kind for kind in OutcomeKind}
SOURCES = {source.value: source for source in Source}
QUESTIONS = {kind.value: kind for kind in AFTER_THE_END}
ENDED_STATES = ("completed", "left_early", "ended_by_employer")
STARTED_STATES = ("started", *ENDED_STATES)


@dataclass
class After:
    """What is known of one person after one placement: an answer a question, as it stands."""

    statements: dict[CheckpointKind, Statement] = field(default_factory=dict)

    @property
    def has_destination(self) -> bool | None:
        """Whether they went on to work or learning; None while nothing is known."""
        return has_destination(s.kind for s in self.statements.values())

    def months(self, ended_on: date) -> Months:
        """What they did in each month after the last day."""
        return list_months(ended_on, self.statements.values())

    def is_sustained(self, ended_on: date) -> bool | None:
        """Whether what followed was sustained; None while it hangs on what is not known."""
        return is_sustained(self.months(ended_on))

    def has_half_a_year_of_work(self, ended_on: date) -> bool | None:
        """Whether work of 16 hours a week came to 26 weeks within the year."""
        return has_half_a_year_of_work(ended_on, self.statements.values())


def statement_of(checkpoint: Checkpoint, outcome: Outcome) -> Statement:
    """Return an answer as the rules read it."""
    return Statement(
        QUESTIONS[checkpoint.kind],
        checkpoint.due_on,
        KINDS[outcome.kind],
        outcome.from_on,
        outcome.to_on,
        outcome.hours_per_week,
        outcome.with_whom,
        outcome.hired,
        SOURCES[outcome.evidence_level],
    )


def read_after(
    assignments: Select, until: datetime | None = None
) -> Iterator[tuple[int, date, After]]:
    """Yield each assignment whose id `assignments` selects, its last day, and what is known after.

    Only those of whom something was told, before `until` if it is given. An answer stands until
    another supersedes it; one that contradicts it on weaker evidence is kept beside it and changes
    nothing here.
    """
    for (assignment_id, end_on), told in groupby(_rows(assignments, until), key=itemgetter(0, 1)):
        stands: dict[CheckpointKind, Statement] = {}
        for _, _, supersedes_id, question, due_on, kind, *facts, level in told:
            asked = QUESTIONS[question]
            if supersedes_id is not None or asked not in stands:
                stands[asked] = Statement(asked, due_on, KINDS[kind], *facts, SOURCES[level])
        yield assignment_id, end_on, After(stands)


def _rows(assignments: Select, until: datetime | None) -> Result:
    rows = (
        select(
            Assignment.id,
            Assignment.end_on,
            Outcome.supersedes_id,
            Checkpoint.kind,
            Checkpoint.due_on,
            Outcome.kind,
            Outcome.from_on,
            Outcome.to_on,
            Outcome.hours_per_week,
            Outcome.with_whom,
            Outcome.hired,
            Outcome.evidence_level,
        )
        .join(Checkpoint, Outcome.checkpoint_id == Checkpoint.id)
        .join(Assignment, Checkpoint.assignment_id == Assignment.id)
        .where(Checkpoint.kind.in_(QUESTIONS), Assignment.id.in_(assignments))
        .order_by(Assignment.id, Outcome.id)
    )
    if until is not None:
        rows = rows.where(Outcome.recorded_at < until)
    return stream(rows)

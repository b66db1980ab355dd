"""What the answers after a placement come to: the standing ones, read as a row a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, select

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
from placements.extensions import db
from placements.models.outcomes import Checkpoint, Outcome

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


NOTHING = After()


def read_after(assignments: Select) -> dict[int, After]:
    """Return what is known after each assignment whose id `assignments` selects.

    An answer stands until another supersedes it; one that contradicts it on weaker evidence is
    kept beside it and changes nothing here.
    """
    found: dict[int, After] = {}
    for assignment_id, supersedes_id, statement in _rows(assignments):
        stands = found.setdefault(assignment_id, After()).statements
        if supersedes_id is not None or statement.question not in stands:
            stands[statement.question] = statement
    return found


def _rows(assignments: Select) -> Iterator[tuple[int, int | None, Statement]]:
    rows = (
        select(
            Checkpoint.assignment_id,
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
        .where(Checkpoint.kind.in_(QUESTIONS), Checkpoint.assignment_id.in_(assignments))
        .order_by(Outcome.id)
    )
    for assignment_id, supersedes_id, question, due_on, kind, *facts, level in db.session.execute(
        rows
    ):
        statement = Statement(QUESTIONS[question], due_on, KINDS[kind], *facts, SOURCES[level])
        yield assignment_id, supersedes_id, statement

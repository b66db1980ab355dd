"""When each dated question falls, and which of two answers stands."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from placements.domain.vocabulary import CheckpointKind, Source

OPENS_BEFORE = timedelta(days=7)
CLOSES_AFTER = timedelta(days=28)
LADDER = (Source.SELF, Source.PROVIDER, Source.EMPLOYER, Source.DOCUMENT, Source.MATCHED)


@dataclass(frozen=True)
class DatedQuestion:
    """A question with its day and the window in which an answer to it counts."""

    kind: CheckpointKind
    due_on: date

    @property
    def window_opens_on(self) -> date:
        """The first day an answer counts."""
        return self.due_on - OPENS_BEFORE

    @property
    def window_closes_on(self) -> date:
        """The last day an answer counts."""
        return self.due_on + CLOSES_AFTER


def add_months(day: date, n_months: int) -> date:
    """Return the same day `n_months` later, or that month's last day if it is shorter."""
    years, month0 = divmod(day.month - 1 + n_months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def questions_at_start(start_on: date, end_on: date) -> tuple[DatedQuestion, ...]:
    """Return the questions of a placement that runs from `start_on` to its planned end."""
    middle = start_on + (end_on - start_on) / 2
    return (
        DatedQuestion(CheckpointKind.START, start_on),
        DatedQuestion(CheckpointKind.MID, middle),
        DatedQuestion(CheckpointKind.END, end_on),
    )


def questions_at_end(ended_on: date) -> tuple[DatedQuestion, ...]:
    """Return the questions that follow the last day, however it came."""
    return (
        DatedQuestion(CheckpointKind.W4, ended_on + timedelta(weeks=4)),
        DatedQuestion(CheckpointKind.M3, add_months(ended_on, 3)),
        DatedQuestion(CheckpointKind.M6, add_months(ended_on, 6)),
        DatedQuestion(CheckpointKind.M12, add_months(ended_on, 12)),
    )


def is_better_evidence(new: Source, old: Source) -> bool:
    """Say whether `new` stands higher on the evidence ladder than `old`."""
    return LADDER.index(new) > LADDER.index(old)

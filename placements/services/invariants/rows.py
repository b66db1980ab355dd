"""What a check gives: the table and the id of each row that breaks its rule, never a value."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Select

from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.operations import Message, Occurrence
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Round

Rows = Iterator[tuple[str, int]]
Check = Callable[[], Rows]

STATEFUL: dict[Kind, Any] = {
    Kind.PLACEMENT: Placement,
    Kind.APPLICATION: Application,
    Kind.ROUND: Round,
    Kind.ASSIGNMENT: Assignment,
    Kind.CHECKPOINT: Checkpoint,
    Kind.EMPLOYER: Employer,
    Kind.MESSAGE: Message,
    Kind.OCCURRENCE: Occurrence,
}


def rows_of(table: Any, wanted: Select) -> Rows:
    """Give each id that `wanted` selects, as a row of `table`."""
    name = table.__tablename__
    for row in db.session.execute(wanted):
        yield name, int(row[0])

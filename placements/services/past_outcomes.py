"""What became of people placed with an employer before, told to who reads its offer.

No count is told, so nothing can be worked out by taking one page from another: how many finished
is rounded down to fives, and the share is a word.
"""

from dataclasses import dataclass

from sqlalchemy import select

from placements.domain.disclosure import FEW
from placements.domain.plain_words import share_words
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.placements import Placement
from placements.services.destinations import ENDED_STATES, read_after


@dataclass(frozen=True)
class Past:
    """At least how many people finished there and are known, and what share went on."""

    at_least: int
    share: str


def find_past(placement: Placement) -> Past | None:
    """Return what became of people placed with this placement's employer; None of under five."""
    ended = (
        select(Assignment.id)
        .join(Placement, Placement.id == Assignment.placement_id)
        .where(
            Placement.employer_id == placement.employer_id,
            Assignment.state.in_(ENDED_STATES),
            Assignment.end_on.is_not(None),
        )
    )
    went_on: dict[int, bool] = {}
    people = dict(db.session.execute(ended.add_columns(Assignment.candidate_id)).all())
    for assignment_id, _, after in read_after(ended):
        if after.has_destination is not None:
            person = people[assignment_id]
            went_on[person] = went_on.get(person, False) or after.has_destination
    if len(went_on) < FEW:
        return None
    n = sum(went_on.values())
    return Past(len(went_on) // FEW * FEW, share_words(n, len(went_on)))

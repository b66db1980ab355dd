"""Figures of rounds that are over; nothing of a round that still runs is in them."""

from sqlalchemy import func, select

from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.placements import Placement
from placements.models.rounds import Round

CAME = ("started", "completed", "left_early", "ended_by_employer")


def count_came_before(region_id: int) -> dict[int, int]:
    """Count, for each employer, the people who came to it through rounds that are over."""
    rows = (
        select(Placement.employer_id, func.count(Assignment.candidate_id.distinct()).label("n"))
        .join(Assignment, Assignment.placement_id == Placement.id)
        .join(Round, Assignment.round_id == Round.id)
        .where(Round.region_id == region_id, Round.state == "final", Assignment.state.in_(CAME))
        .group_by(Placement.employer_id)
    )
    return {row.employer_id: row.n for row in db.session.execute(rows)}

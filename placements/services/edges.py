"""What a check found of each pair: an assignment cannot be without such a row (I-07, I-08)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from placements.extensions import db
from placements.models.assignments import Edge
from placements.models.candidates import Application
from placements.services.reach import Checked


def keep_edges(pairs: Iterable[tuple[Application, int, Checked]], at: datetime) -> None:
    """Store what the check found of each application and placement; part of an act."""
    wanted = list(pairs)
    ids = {application.id for application, _, _ in wanted}
    found = select(Edge).where(Edge.application_id.in_(ids))
    known = {(e.application_id, e.placement_id): e for e in db.session.scalars(found)}
    for application, placement_id, checked in wanted:
        pair = (application.id, placement_id)
        edge = known.get(pair) or Edge(application_id=pair[0], placement_id=pair[1])
        edge.travel_minutes, edge.limit_minutes = checked.minutes, application.max_minutes
        edge.is_estimate, edge.checked_at = checked.is_estimate, at
        db.session.add(edge)
    db.session.flush()

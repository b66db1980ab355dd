"""What people call a placement: its title and its employer, never its reference."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from placements.extensions import db
from placements.models.placements import Placement

GONE = "A placement that is not here any more"


def find_titles(references: Iterable[str]) -> dict[str, str]:
    """Return what to call each placement of these references."""
    names = dict.fromkeys(references, GONE)
    rows = select(Placement).where(Placement.reference.in_(names))
    for placement in db.session.scalars(rows.options(joinedload(Placement.employer))):
        names[placement.reference] = f"{placement.title} at {placement.employer.name}"
    return names

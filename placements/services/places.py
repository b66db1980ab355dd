"""Places taken and freed: the counter moves in the statement that checks it (I-01, I-04)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.placements import Placement
from placements.services import transitions


def take_place(placement: Placement, at: datetime) -> bool:
    """Hold one place of a live placement; False, and nothing changed, if none is left."""
    db.session.flush()
    free = (
        Placement.id == placement.id,
        Placement.state == "live",
        Placement.held < Placement.capacity,
    )
    if not _change_held(free, 1):
        return False
    db.session.refresh(placement)
    if placement.held == placement.capacity:
        transitions.move(placement, Kind.PLACEMENT, "fill", SYSTEM, at)
    return True


def lock_places(placement_ids: Iterable[int]) -> None:
    """Keep placements from every other writer until the act ends, in the order of their ids."""
    wanted = select(Placement).where(Placement.id.in_(set(placement_ids))).order_by(Placement.id)
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    db.session.scalars(fresh).all()


def free_place(placement: Placement, at: datetime) -> None:
    """Give one held place back; a full placement is live again."""
    db.session.flush()
    if not _change_held((Placement.id == placement.id, Placement.held > 0), -1):
        raise RuntimeError("A place was freed that nobody held.")
    db.session.refresh(placement)
    if placement.state == "full":
        transitions.move(placement, Kind.PLACEMENT, "free", SYSTEM, at)


def _change_held(where: tuple, step: int) -> bool:
    statement = update(Placement).where(*where).values(held=Placement.held + step)
    changed = db.session.execute(statement.execution_options(synchronize_session=False))
    return changed.rowcount == 1

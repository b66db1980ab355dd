"""Places taken and freed: the counter moves in the statement that checks it (I-01, I-04)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm.attributes import set_committed_value

from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.placements import Placement
from placements.services import transitions

HAS_ROOM = Placement.held < Placement.capacity
TOLD = (Placement.held, Placement.capacity, Placement.state, Placement.version)


def take_place(placement: Placement, at: datetime) -> bool:
    """Hold one place of a live placement; False, and nothing changed, if none is left."""
    if not _change_held(placement, 1, Placement.state == "live", HAS_ROOM):
        return False
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
    if not _change_held(placement, -1, Placement.held > 0):
        raise RuntimeError("A place was freed that nobody held.")
    if placement.state == "full":
        transitions.move(placement, Kind.PLACEMENT, "free", SYSTEM, at)


def _change_held(placement: Placement, step: int, *where: ColumnElement[bool]) -> bool:
    """Move the counter where it may be moved, and learn what the row says now."""
    db.session.flush()
    statement = update(Placement).where(Placement.id == placement.id, *where)
    statement = statement.values(held=Placement.held + step).returning(*TOLD)
    same = statement.execution_options(synchronize_session=False)
    row = db.session.execute(same).one_or_none()
    for column, value in zip(TOLD, row or (), strict=False):
        set_committed_value(placement, column.key, value)
    return row is not None

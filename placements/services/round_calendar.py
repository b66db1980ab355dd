"""What a new round is filled in with: the region's year, or the last round moved on."""

import secrets
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.round_dates import RoundDates, copy_dates, propose_dates
from placements.extensions import db
from placements.models.rounds import Round
from placements.services.gazetteer import get_rules


def suggest_dates(actor: Actor, folder: Path) -> RoundDates:
    """Return the next round of the region's year that is not planned yet."""
    names = select(Round.name).where(Round.region_id == actor.region_id)
    taken = set(db.session.scalars(names))
    return propose_dates(get_rules(folder).calendar, clock.today(), taken)


def find_last_dates(actor: Actor) -> RoundDates | None:
    """Return the region's last round moved on to the next working day; None if there is none."""
    rows = select(Round).where(Round.region_id == actor.region_id)
    last = db.session.scalar(rows.order_by(Round.release_at.desc()).limit(1))
    if last is None:
        return None
    dates = RoundDates(last.name, last.opens_at, last.locks_at, last.release_at)
    return copy_dates(dates, clock.today())


def draw_seed() -> int:
    """Draw the number that a round's lottery starts from; it is stored and shown."""
    return secrets.randbelow(1_000_000)

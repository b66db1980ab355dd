"""When an organisation said that it sent a return, and as known on which day."""

from datetime import date, datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import NotAllowed
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.audit import Event
from placements.services.events import record_event
from placements.services.transactions import act

SENT = "sent_{}_"
DAY = "%Y%m%d"


@act
def record_sent(actor: Actor, name: str, known_on: date) -> None:
    """Write down that a return was sent, as known on a day; a provider may, for its own."""
    action = SENT.format(name) + f"{known_on:{DAY}}"
    record_event(actor, action, "provider", _own(actor), ("", ""), clock.now())


def find_last_sent(actor: Actor, name: str, before: date) -> date | None:
    """Return the day of the last return that was sent, of those before a day."""
    rows = select(Event.action).where(
        Event.kind == "provider",
        Event.record_id == _own(actor),
        Event.action.startswith(SENT.format(name), autoescape=True),
    )
    days = (
        datetime.strptime(action.rpartition("_")[2], DAY).date()
        for action in db.session.scalars(rows)
    )
    return max((day for day in days if day < before), default=None)


def _own(actor: Actor) -> int:
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotAllowed("Only a provider sends the returns of its own people here.")
    return actor.organisation_id

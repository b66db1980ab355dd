"""How the messages of a region stand: what waits, what went, what did not go out."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.operations import Message
from placements.services.message_regions import region_of_message

STAFF = (Role.OPERATOR, Role.APPROVER)
MOST_DEAD = 200


@dataclass(frozen=True)
class Standing:
    """Messages of one kind, by state."""

    template: str
    states: dict[str, int]


def list_standings(actor: Actor) -> list[Standing]:
    """Count all messages of the service by kind and state; staff only."""
    _check_staff(actor)
    rows = select(Message.template, Message.state, func.count()).group_by(
        Message.template, Message.state
    )
    counts: dict[str, Counter[str]] = {}
    for template, state, n in db.session.execute(rows):
        counts.setdefault(template, Counter())[state] = n
    return [Standing(name, dict(found)) for name, found in sorted(counts.items())]


def list_dead(actor: Actor) -> list[Message]:
    """List the messages of the actor's region that did not go out, the newest first; staff only."""
    _check_staff(actor)
    dead = (Message.state == "dead", region_of_message() == actor.region_id)
    rows = select(Message).where(*dead).order_by(Message.id.desc()).limit(MOST_DEAD)
    return list(db.session.scalars(rows))


def _check_staff(actor: Actor) -> None:
    if actor.role not in STAFF:
        raise NotFound("There is no such page, or it is not yours.")

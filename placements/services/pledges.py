"""What an employer says about offering places this year: yes and how many, maybe, or not now."""

from datetime import date

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.pledge_words import NOT_NOW, ask_again_on
from placements.domain.references import new_reference
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.employers import Pledge
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.transactions import act

MOST_PLACES = 1000


def list_pledges(actor: Actor) -> list[Pledge]:
    """List what the actor's employer said about places, the newest first."""
    _check_employer(actor)
    own = select(Pledge).where(Pledge.employer_id == actor.organisation_id)
    return list(db.session.scalars(own.order_by(Pledge.id.desc())))


@act
def record_pledge(actor: Actor, answer: str, n_places: int | None, reason: str | None) -> None:
    """Keep an employer's answer; a yes leaves that many places to be described."""
    _check_employer(actor)
    today, at = clock.today(), clock.now()
    if answer not in ("yes", "maybe", "not_now"):
        raise Invalid("answer", "Choose one.")
    if answer == "yes" and not 1 <= (n_places or 0) <= MOST_PLACES:
        raise Invalid("n_places", f"Write how many places, from 1 to {MOST_PLACES:,}.")
    if answer == "not_now" and reason not in NOT_NOW:
        raise Invalid("reason", "Choose a reason. It tells us when to ask again.")
    pledge = Pledge(employer_id=actor.organisation_id, answer=answer, source="employer")
    pledge.n_places = (n_places or 0) if answer == "yes" else 0
    pledge.reason = reason if answer == "not_now" else None
    pledge.period, pledge.made_at = f"{today.year}", at
    pledge.ask_again_on = _ask_again(answer, reason, today)
    db.session.add(pledge)
    if answer == "yes":
        placement = Placement(reference=new_reference("P"), employer_id=actor.organisation_id)
        placement.n_pledged = pledge.n_places
        transitions.begin(placement, Kind.PLACEMENT, "pledge", actor, at)


def _ask_again(answer: str, reason: str | None, today: date) -> date | None:
    return None if answer == "yes" else ask_again_on(reason, today)


def _check_employer(actor: Actor) -> None:
    if actor.role is not Role.EMPLOYER or actor.organisation_id is None:
        raise NotFound("There is no such employer, or it is not yours.")

"""The placements that are open now, and who of a provider's own people could take each."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.services.reach import find_who_reaches
from placements.services.snapshots import list_live

IN_THE_ROUNDS = ("draft", "submitted", "info_requested", "ready")


@dataclass(frozen=True)
class LivePlace:
    """One placement with a free place, and the actor's people who could take it as of now."""

    placement: Placement
    people: list[Application]


def list_live_places(
    actor: Actor, sector: str | None = None, district: str | None = None
) -> list[LivePlace]:
    """List the open placements of the actor's region, those that most of its people reach first."""
    places = [
        p
        for p in list_live(_region_of(actor))
        if (sector is None or p.sector == sector)
        and (district is None or (p.site is not None and p.site.district == district))
    ]
    reached = find_who_reaches(places, _list_people(actor))
    lines = [LivePlace(p, reached[p.id]) for p in places]
    return sorted(lines, key=lambda one: (-len(one.people), one.placement.id))


def find_live_place(actor: Actor, placement_id: int) -> LivePlace | None:
    """Return one open placement of the actor's region, or None."""
    found = [p for p in list_live(_region_of(actor)) if p.id == placement_id]
    if not found:
        return None
    return LivePlace(found[0], find_who_reaches(found, _list_people(actor))[placement_id])


def _region_of(actor: Actor) -> int:
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotFound("Sign in as the provider whose people these are.")
    return actor.region_id or 0


def _list_people(actor: Actor) -> list[Application]:
    own = (
        Application.provider_id == actor.organisation_id,
        Application.state.in_(IN_THE_ROUNDS),
    )
    rows = select(Application).where(*own).options(joinedload(Application.candidate))
    return list(db.session.scalars(rows.order_by(Application.id)))

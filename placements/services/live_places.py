"""The placements that are open now, and who of a provider's own people could take each."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from placements import clock
from placements.domain.checkpoints import add_months
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.domain.working_time import weekly_minutes
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.services.reach import find_who_reaches
from placements.services.snapshots import is_live_in, list_live

HOURS = {
    "16": ("Up to 16 a week", 16),
    "30": ("More than 16, up to 30 a week", 30),
    "more": ("More than 30 a week", 24 * 7),
}
"""How long a week is, by the code in the address: in words, and the most hours of it."""
NO_NEED = "nothing"
IN_THE_ROUNDS = ("draft", "submitted", "info_requested", "ready")


@dataclass(frozen=True)
class LivePlace:
    """One placement with a free place, and the actor's people who could take it as of now."""

    placement: Placement
    people: list[Application]


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; None is no matter.

    `start` is a month as 2026-07, `hours` a key of `HOURS`, `need` a code or `NO_NEED`.
    """

    sector: str | None = None
    district: str | None = None
    start: str | None = None
    hours: str | None = None
    need: str | None = None

    def fits(self, placement: Placement) -> bool:
        """Say whether a placement is one of those that are wanted."""
        site, needs = placement.site, placement.needs or []
        return (
            self.sector in (None, placement.sector)
            and (self.district is None or (site is not None and site.district == self.district))
            and (self.start is None or self.start in _months(placement))
            and (self.hours is None or self.hours == _band(placement))
            and (self.need is None or (not needs if self.need == NO_NEED else self.need in needs))
        )


def _months(placement: Placement) -> list[str]:
    """List the months from now on in which somebody can start."""
    if placement.start_from is None or placement.start_to is None:
        return []
    day, months = max(placement.start_from, clock.today()).replace(day=1), []
    while day <= placement.start_to:
        months.append(f"{day:%Y-%m}")
        day = add_months(day, 1)
    return months


def _band(placement: Placement) -> str | None:
    minutes = weekly_minutes([(day, start, end) for day, start, end in placement.shifts])
    return next((code for code, (_, most) in HOURS.items() if minutes <= most * 60), None)


def list_live_places(actor: Actor, wanted: Wanted) -> tuple[list[LivePlace], list[str]]:
    """List the open placements of the actor's region, those that most of its people reach first.

    Also the months in which any of them, wanted or not, can be started.
    """
    open_now = list_live(_region_of(actor))
    months = sorted({month for placement in open_now for month in _months(placement)})
    places = [placement for placement in open_now if wanted.fits(placement)]
    reached = find_who_reaches(places, _list_people(actor))
    lines = [LivePlace(p, reached[p.id]) for p in places]
    return sorted(lines, key=lambda one: (-len(one.people), one.placement.id)), months


def find_live_place(actor: Actor, placement_id: int) -> LivePlace | None:
    """Return one open placement of the actor's region, or None."""
    found, region_id = db.session.get(Placement, placement_id), _region_of(actor)
    if found is None or not is_live_in(found, region_id):
        return None
    return LivePlace(found, find_who_reaches([found], _list_people(actor))[placement_id])


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

"""A whole invented region from one seed: the same seed, sizes and day give the same values."""

from dataclasses import dataclass
from datetime import date

from placements.domain.invented import words
from placements.domain.invented.draw import Draw
from placements.domain.invented.employers import (
    invent_employers,
    invent_placements,
    invent_providers,
)
from placements.domain.invented.people import invent_people
from placements.domain.invented.records import Contact, Employer, Person, Placement, Provider
from placements.domain.postcodes import Gazetteer
from placements.domain.region import Region

PLACES_PER_PLACEMENT = 1060 / 350


@dataclass(frozen=True)
class InventedRegion:
    """Everyone and everything invented; staff carry their power as role."""

    staff: tuple[Contact, ...]
    providers: tuple[Provider, ...]
    employers: tuple[Employer, ...]
    placements: tuple[Placement, ...]
    people: tuple[Person, ...]


def invent_region(
    seed: int,
    n_people: int,
    n_placements: int,
    region: Region,
    gazetteer: Gazetteer,
    today: date,
    canaries: bool = False,
    *,
    n_employers: int = 140,
    n_providers: int = 12,
    n_places: int | None = None,
) -> InventedRegion:
    """Invent a region; 350 placements have 1,060 likely places, other sizes in proportion.

    With canaries every personal text is a unique marker, so that a leak can be found by its name.
    """
    draw = Draw(seed, region, gazetteer, canaries)
    places = round(n_placements * PLACES_PER_PLACEMENT) if n_places is None else n_places
    staff = tuple(
        draw.contact(f"ST-{at}", name, role, "authority")
        for at, (name, role) in enumerate(words.STAFF_PERSONAS, start=1)
    )
    providers = invent_providers(draw, n_providers)
    employers = invent_employers(draw, min(n_employers, n_placements), today)
    placements, employers = invent_placements(draw, employers, n_placements, places, today)
    people = invent_people(draw, n_people, providers, employers, placements, today)
    return InventedRegion(staff, providers, employers, placements, people)


@dataclass(frozen=True)
class InventedPast:
    """Who took part in an earlier round, with the same employers and providers."""

    placements: tuple[Placement, ...]
    people: tuple[Person, ...]
    employers: tuple[Employer, ...]
    """The same employers, with what they pledged then."""


def invent_past(
    seed: int,
    n_people: int,
    n_placements: int,
    region: Region,
    gazetteer: Gazetteer,
    today: date,
    canaries: bool = False,
    *,
    now: InventedRegion,
) -> InventedPast:
    """Invent an earlier round of the region as it is `now`; its people are others."""
    draw = Draw(seed, region, gazetteer, canaries, past=True)
    places = round(n_placements * PLACES_PER_PLACEMENT)
    placements, employers = invent_placements(draw, now.employers, n_placements, places, today)
    people = invent_people(draw, n_people, now.providers, now.employers, placements, today)
    return InventedPast(placements, people, employers)

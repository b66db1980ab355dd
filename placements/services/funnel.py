"""From a pledge to a sustained destination: each number, and the records it counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from placements.domain.errors import Invalid, NotAllowed, NotFound
from placements.domain.funnel import KEYS, KEYS_WITH_PLACES, Part, Stage
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.audit import History
from placements.models.candidates import Provider
from placements.models.employers import Employer, Pledge
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services.funnel_people import ALL, Narrow, count_people, select_assignments

Places = list[tuple[int, int]]


def list_funnel(actor: Actor, round_id: int | None = None, narrow: Narrow = ALL) -> list[Stage]:
    """Count a region, or one of its rounds; authority staff may, for their region.

    Pledged and published count places of the whole region, or of the sector in `narrow`; the
    others count people.
    """
    region_id, sector = _region_of(actor), narrow.sector
    people = count_people(select_assignments(region_id, round_id, narrow))[None]
    return [
        _places("pledged", [row[:2] for row in _pledged(region_id, sector)]),
        _places("published", [row[:2] for row in _published(region_id, sector)]),
        *people.stages(),
    ]


def list_parts(
    actor: Actor, key: str, round_id: int | None = None, narrow: Narrow = ALL
) -> list[Part]:
    """Count each part of a region by a key of `KEYS`, in the order of their names.

    A person in two groups, or placed twice, is in both parts. Only employers and sectors have
    places that were pledged and published.
    """
    if key not in KEYS:
        raise Invalid("by", f"Count by one of: {', '.join(KEYS)}.")
    region_id = _region_of(actor)
    people = count_people(select_assignments(region_id, round_id, narrow, key), key)
    places = _places_by(region_id, key, narrow.sector)
    names = _names(region_id, key)
    values = {*people, *(value for found in places.values() for value in found)}
    parts = [
        Part(
            key,
            value,
            names.get(value, "none" if value is None else str(value)),
            [
                *(_places(name, found[value]) for name, found in places.items()),
                *people[value].stages(),
            ],
        )
        for value in values
    ]
    return sorted(parts, key=lambda part: (part.value is None, part.name, str(part.value)))


def _region_of(actor: Actor) -> int:
    if actor.role not in (Role.OPERATOR, Role.APPROVER):
        raise NotAllowed("Only the authority sees the whole funnel.")
    if actor.region_id is None:
        raise NotFound("A funnel belongs to a region; sign in as its staff.")
    return actor.region_id


def _pledged(region_id: int, sector: str | None) -> Iterator[tuple[int, int, int, str]]:
    rows = select(Pledge.id, Pledge.n_places, Employer.id, Employer.sector)
    rows = rows.join(Employer, Pledge.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Pledge.answer == "yes")
    if sector is not None:
        rows = rows.where(Employer.sector == sector)
    yield from db.session.execute(rows.order_by(Pledge.id))


def _published(region_id: int, sector: str | None) -> Iterator[tuple[int, int, int, str]]:
    live = select(History.record_id).where(
        History.kind == Kind.PLACEMENT.value, History.to_state == "live"
    )
    rows = select(Placement.id, Placement.capacity, Employer.id, Placement.sector)
    rows = rows.join(Employer, Placement.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Placement.id.in_(live))
    if sector is not None:
        rows = rows.where(Placement.sector == sector)
    yield from db.session.execute(rows.order_by(Placement.id))


def _places_by(region_id: int, key: str, sector: str | None) -> dict[str, dict[int | str, Places]]:
    """Return the pledged and the published places of each employer or sector; {} by other keys."""
    if key not in KEYS_WITH_PLACES:
        return {}
    at = 2 + KEYS_WITH_PLACES.index(key)
    found: dict[str, dict[int | str, Places]] = {}
    for name, rows in (("pledged", _pledged), ("published", _published)):
        found[name] = defaultdict(list)
        for row in rows(region_id, sector):
            found[name][row[at]].append((row[0], row[1]))
    return found


def _places(name: str, found: Iterable[tuple[int, int]]) -> Stage:
    found = list(found)
    return Stage(name, "places", sum(n for _, n in found), tuple(i for i, _ in found))


def _names(region_id: int, key: str) -> dict[int | str, str]:
    tables = {"round": Round, "provider": Provider, "employer": Employer}
    if key not in tables:
        return {}
    table = tables[key]
    rows = select(table.id, table.name).where(table.region_id == region_id)
    return {row.id: row.name for row in db.session.execute(rows)}

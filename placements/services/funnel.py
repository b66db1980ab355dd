"""From a pledge to a sustained destination: each number, and the records it counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, select

from placements.domain.errors import Invalid, NotAllowed, NotFound
from placements.domain.funnel import KEYS, KEYS_WITH_PLACES, Part, Stage
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.domain.what_works import ORDER
from placements.extensions import db
from placements.models.audit import History
from placements.models.candidates import Provider
from placements.models.employers import Employer, Pledge
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services.funnel_bands import find_bands
from placements.services.funnel_people import ALL, Narrow, count_people, select_assignments

Places = list[tuple[int, int]]


def list_funnel(actor: Actor, round_id: int | None = None, narrow: Narrow = ALL) -> list[Stage]:
    """Count a region, or one of its rounds; authority staff may, for their region.

    Pledged and published count places of the whole region, or of the employer and the sector in
    `narrow`; the others count people.
    """
    region_id = _region_of(actor)
    rows = select_assignments(region_id, round_id, narrow)
    people = count_people(rows, narrow=narrow)[None]
    return [
        _places("pledged", [row[:2] for row in _pledged(region_id, narrow)]),
        _places("published", [row[:2] for row in _published(region_id, narrow)]),
        *people.stages(),
    ]


def list_parts(
    actor: Actor, key: str, round_id: int | None = None, narrow: Narrow = ALL
) -> list[Part]:
    """Count each part of a region by a key of `KEYS`, in the order of bands or of names.

    A person in two groups, or placed twice, is in both parts. Only employers and sectors have
    places that were pledged and published.
    """
    if key not in KEYS:
        raise Invalid("by", f"Count by one of: {', '.join(KEYS)}.")
    region_id = _region_of(actor)
    rows = select_assignments(region_id, round_id, narrow, key)
    people = count_people(rows, key, find_bands(region_id, key), narrow)
    places = _places_by(region_id, key, narrow)
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
    order = {name: n for n, name in enumerate(ORDER.get(key, ()))}
    return sorted(
        parts, key=lambda p: (order.get(p.name, 0), p.value is None, p.name, str(p.value))
    )


def _region_of(actor: Actor) -> int:
    if actor.role not in (Role.OPERATOR, Role.APPROVER):
        raise NotAllowed("Only the authority sees the whole funnel.")
    if actor.region_id is None:
        raise NotFound("A funnel belongs to a region; sign in as its staff.")
    return actor.region_id


def _pledged(region_id: int, narrow: Narrow) -> Iterator[tuple[int, int, int, str]]:
    rows = select(Pledge.id, Pledge.n_places, Employer.id, Employer.sector)
    rows = rows.join(Employer, Pledge.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Pledge.answer == "yes")
    if narrow.until is not None:
        rows = rows.where(Pledge.made_at < narrow.until)
    rows = _of_places(rows, narrow, Employer.sector)
    yield from db.session.execute(rows.order_by(Pledge.id))


def _published(region_id: int, narrow: Narrow) -> Iterator[tuple[int, int, int, str]]:
    live = select(History.record_id).where(
        History.kind == Kind.PLACEMENT.value, History.to_state == "live"
    )
    if narrow.until is not None:
        live = live.where(History.moved_at < narrow.until)
    rows = select(Placement.id, Placement.capacity, Employer.id, Placement.sector)
    rows = rows.join(Employer, Placement.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Placement.id.in_(live))
    rows = _of_places(rows, narrow, Placement.sector)
    yield from db.session.execute(rows.order_by(Placement.id))


def _of_places(rows: Select, narrow: Narrow, sector: Any) -> Select:
    if narrow.sector is not None:
        rows = rows.where(sector == narrow.sector)
    if narrow.employer_id is not None:
        rows = rows.where(Employer.id == narrow.employer_id)
    return rows


def _places_by(region_id: int, key: str, narrow: Narrow) -> dict[str, dict[int | str, Places]]:
    """Return the pledged and the published places of each employer or sector; {} by other keys."""
    if key not in KEYS_WITH_PLACES:
        return {}
    at = 2 + KEYS_WITH_PLACES.index(key)
    found: dict[str, dict[int | str, Places]] = {}
    for name, rows in (("pledged", _pledged), ("published", _published)):
        found[name] = defaultdict(list)
        for row in rows(region_id, narrow):
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

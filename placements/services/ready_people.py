"""Everyone of a region who could be placed, read as columns: for questions about all of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, cast, select

from placements.extensions import db
from placements.models.candidates import Application, Candidate
from placements.services.snapshots import is_ready

# Many people say the same days, hours and ways to travel: each text is read once.
READ_AT_ONCE = 20_000
TOLD = (Application.modes, Application.availability, Application.needs_met)
TOLD += (Application.never, Application.sectors)


@dataclass(frozen=True)
class ReadyPeople:
    """Some people in one order: a column a fact, as the engine reads them.

    Lists inside are shared and not to be changed. What they ranked is not here: it decides
    nothing about whom a place can be reached by.
    """

    columns: dict[str, list[Any]]
    sectors: list[list[str]]
    never_sectors: list[list[str]]
    districts: list[str | None]

    def __len__(self) -> int:
        return len(self.sectors)


def read_ready(region_id: int, today: date) -> ReadyPeople:
    """Read who is ready and has no place, as of now; nobody starts before today."""
    facts = (Application.reference, Candidate.latitude, Candidate.longitude)
    facts += (Candidate.date_of_birth, Candidate.district, Application.max_minutes)
    facts += (Application.start_from, Application.start_to)
    rows = select(*facts, *(cast(told, Text) for told in TOLD))
    rows = rows.join(Candidate, Application.candidate_id == Candidate.id)
    rows = rows.where(*is_ready(region_id)).order_by(Application.id)
    return _in_columns(db.session.execute(rows).all(), today)


def _in_columns(rows: Sequence[Any], today: date) -> ReadyPeople:
    read = [tuple(zip(*rows, strict=True))] if rows else [((),) * 13]
    ids, lats, lons, born, districts, minutes, begins, ends, *told = read[0]
    modes, availability, has, never, sectors = ([_read(one) for one in column] for column in told)
    refused = [one or {} for one in never]
    columns = {
        "id": ids,
        "lat": lats,
        "lon": lons,
        "born_on": [day and day.isoformat() for day in born],
        "modes": modes,
        "max_minutes": minutes,
        "availability": availability,
        "start_from": [max(day or today, today).isoformat() for day in begins],
        "start_to": [day and day.isoformat() for day in ends],
        "has": has,
        "never_placements": [one.get("placements", []) for one in refused],
        "never_employers": [one.get("employers", []) for one in refused],
        "never_sectors": [one.get("sectors", []) for one in refused],
    }
    return ReadyPeople(
        {name: list(column) for name, column in columns.items()},
        [one or [] for one in sectors],
        columns["never_sectors"],
        list(districts),
    )


@lru_cache(maxsize=READ_AT_ONCE)
def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)

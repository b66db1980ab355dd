"""The figures that anybody may read, made of what is counted, with few people kept back."""

import json
from datetime import date
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.csv_rows import write_rows
from placements.domain.errors import NotFound
from placements.domain.figures import (
    HEADER,
    Counted,
    Figures,
    Rows,
    list_lines,
    list_people,
    make_figures,
)
from placements.domain.funnel import Stage
from placements.domain.measures import (
    DICTIONARY_HEADER,
    OF_BANDS,
    PUBLISHED_KEYS,
    WAITING,
    WHOLE,
    list_dictionary,
)
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.domain.what_works import BAND_KEYS
from placements.extensions import db
from placements.models.regions import Region
from placements.services.funnel import list_funnel, list_parts
from placements.services.funnel_people import Narrow
from placements.services.public_figures import list_released
from placements.services.public_rounds import count_round, name_square
from placements.services.supply_demand import find_squares


def count_published(actor: Actor, known_on: date | None = None) -> Counted:
    """Return whom each published number counts; never itself shown.

    Rounds are in it once their results are out. Where places are short is known as of now alone.
    """
    narrow = Narrow(known_on=known_on)
    parts = {WHOLE: {"The whole region": list_people(list_funnel(actor, narrow=narrow))}}
    for key in PUBLISHED_KEYS:
        found = list_parts(actor, key, narrow=narrow)
        names = [part.name for part in found]
        parts[key] = {
            part.name if names.count(part.name) == 1 else f"{part.name} ({part.value})": (
                _published_of(key, part.stages)
            )
            for part in found
        }
    region = db.session.get_one(Region, actor.region_id)
    released = list_released(region.code, narrow.until)
    rounds = {one.name: count_round(one, narrow) for one in released}
    return Counted(parts, rounds, *(_squares(region.id) if known_on is None else ()))


def _squares(region_id: int) -> tuple[Rows, dict[str, int]]:
    people, places = find_squares(region_id)
    squares = sorted({*people, *places})
    return (
        {name_square(*one): {WAITING: people.get(one, frozenset())} for one in squares},
        {name_square(*one): places[one] for one in squares},
    )


def _published_of(key: str, stages: list[Stage]) -> dict[str, frozenset[int]]:
    found = list_people(stages)
    return {name: found[name] for name in OF_BANDS} if key in BAND_KEYS else found


def publish_figures(actor: Actor, known_on: date | None = None) -> Figures:
    """Return every published table of the actor's region; authority staff may.

    With `known_on` as they were known at the end of that day.
    """
    region = db.session.get_one(Region, actor.region_id)
    counted = count_published(actor, known_on)
    return make_figures(region.name, known_on or clock.today(), counted)


def publish_for_everybody(region_code: str) -> Figures:
    """Return every published table of a region, for whoever asks."""
    region_id = db.session.scalar(select(Region.id).where(Region.code == region_code))
    if region_id is None:
        raise NotFound("There is no such region.")
    return publish_figures(Actor(Role.OPERATOR, region_id=region_id))


def write_files(figures: Figures) -> dict[str, str]:
    """Return the open data as files by name: CSV, JSON with its schema, and what names mean."""
    schema = json.dumps(Figures.model_json_schema(), indent=2, sort_keys=True)
    return {
        "figures.csv": write_rows(HEADER, list_lines(figures)),
        "figures.json": figures.model_dump_json(indent=2) + "\n",
        "figures.schema.json": schema + "\n",
        "data-dictionary.csv": write_rows(DICTIONARY_HEADER, list_dictionary()),
    }


def save_files(folder: Path, figures: Figures) -> list[Path]:
    """Write the open data into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in write_files(figures).items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
        paths.append(path)
    return paths

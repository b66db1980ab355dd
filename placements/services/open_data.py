"""The figures that anybody may read, made of what is counted, with few people kept back."""

import json
from datetime import date
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.csv_rows import write_rows
from placements.domain.errors import NotFound
from placements.domain.figures import (
    DICTIONARY_HEADER,
    HEADER,
    OF_BANDS,
    PUBLISHED_KEYS,
    WHOLE,
    Figures,
    list_dictionary,
    list_lines,
    list_people,
    make_figures,
)
from placements.domain.funnel import Stage
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.domain.what_works import BAND_KEYS
from placements.extensions import db
from placements.models.regions import Region
from placements.services.funnel import list_funnel, list_parts
from placements.services.funnel_people import ALL, Narrow


def count_published(
    actor: Actor, narrow: Narrow = ALL
) -> dict[str, dict[str, dict[str, frozenset[int]]]]:
    """Return whom each published number counts, by table, row and measure; never itself shown."""
    people = {WHOLE: {"The whole region": list_people(list_funnel(actor, narrow=narrow))}}
    for key in PUBLISHED_KEYS:
        parts = list_parts(actor, key, narrow=narrow)
        names = [part.name for part in parts]
        people[key] = {
            part.name if names.count(part.name) == 1 else f"{part.name} ({part.value})": (
                _published_of(key, part.stages)
            )
            for part in parts
        }
    return people


def _published_of(key: str, stages: list[Stage]) -> dict[str, frozenset[int]]:
    found = list_people(stages)
    return {name: found[name] for name in OF_BANDS} if key in BAND_KEYS else found


def publish_figures(actor: Actor, known_on: date | None = None) -> Figures:
    """Return every published table of the actor's region; authority staff may.

    With `known_on` as they were known at the end of that day.
    """
    people = count_published(actor, Narrow(known_on=known_on))
    region = db.session.get_one(Region, actor.region_id)
    return make_figures(region.name, known_on or clock.today(), people)


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

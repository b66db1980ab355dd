"""The figures that anybody may read: the tables, their meaning, their form as a file."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import sqrt

from pydantic import BaseModel, ConfigDict, Field

from placements.domain.disclosure import FEW, Cell, list_kept_back
from placements.domain.funnel import JUDGED_STAGES, REACHED_STAGES, Stage
from placements.domain.what_works import BAND_KEYS, HIGH, LOW

PUBLISHED_KEYS = ("round", "year", "provider", "sector", "district", "group", *BAND_KEYS)
"""The parts that are published; an employer has too few people to say anything of."""
OF_BANDS = ("started", "sustained", "known_sustained")
"""The measures of the tables by band: each number more costs others, so only what is asked."""
WHOLE = "whole"
OF, KNOWN = "of_{}", "known_{}"
MEASURES = {
    "matched": "People who were offered a place",
    "accepted": "People who said yes",
    "started": "People who started",
    "completed": "People who stayed to the last day",
    "destination": "People known to have gone on to work or learning at any question after",
    "of_destination": "People who started, and are known or four weeks past their last day",
    "known_destination": "Of these, people of whom it is known",
    "sustained": "People whose work or learning was sustained in the six months after the end",
    "of_sustained": "People who started, and are known or six months past their last day",
    "known_sustained": "Of these, people of whom it is known",
}
RATES = {
    "destination_percent_of_started": ("destination", "of_destination"),
    "destination_percent_of_known": ("destination", "known_destination"),
    "sustained_percent_of_started": ("sustained", "of_sustained"),
    "sustained_percent_of_known": ("sustained", "known_sustained"),
}
INTERVALS = {
    LOW: "Lower end of the 95 % interval of sustained_percent_of_known, by Wilson",
    HIGH: "Upper end of the 95 % interval of sustained_percent_of_known, by Wilson",
}
KEPT_BACK = f"Kept back, so that no number of 1 to {FEW - 1} people can be worked out"


class Row(BaseModel):
    """One line of a table: whom it is about, and each measure; null where it is kept back."""

    model_config = ConfigDict(extra="forbid")
    name: str
    counts: dict[str, int | None]
    percents: dict[str, float | None]


class Table(BaseModel):
    """One table: the whole region, or its parts by one key."""

    model_config = ConfigDict(extra="forbid")
    by: str
    rows: list[Row]


class Figures(BaseModel):
    """Everything that is published about a region, without personal data."""

    model_config = ConfigDict(extra="forbid")
    region: str
    made_on: date
    fewest_people_shown: int = Field(default=FEW)
    measures: dict[str, str] = Field(default=MEASURES)
    tables: list[Table]


People = Mapping[str, Mapping[str, Mapping[str, frozenset[int]]]]
"""Whom each measure counts, by table, row and measure."""


def list_people(stages: Iterable[Stage]) -> dict[str, frozenset[int]]:
    """Return whom each published measure counts."""
    found: dict[str, frozenset[int]] = {}
    for stage in stages:
        if stage.name in (*REACHED_STAGES, *JUDGED_STAGES):
            found[stage.name] = frozenset(stage.ids)
        if stage.name in JUDGED_STAGES:
            known = frozenset((*stage.ids, *stage.no_ids))
            found[OF.format(stage.name)] = known | frozenset(stage.unknown_ids)
            found[KNOWN.format(stage.name)] = known
    return found


def make_figures(region: str, made_on: date, people: People) -> Figures:
    """Return the tables with every number kept back that would tell of fewer than five people.

    A number kept back for being small and one kept back to protect another look the same.
    """
    cells = {
        Cell(table, row, column): found
        for table, rows in people.items()
        for row, measures in rows.items()
        for column, found in measures.items()
    }
    hidden = list_kept_back(cells)
    tables = [
        Table(by=table, rows=[_row(table, row, measures, hidden) for row, measures in rows.items()])
        for table, rows in people.items()
    ]
    return Figures(region=region, made_on=made_on, tables=tables)


def _row(
    table: str, row: str, measures: Mapping[str, frozenset[int]], hidden: frozenset[Cell]
) -> Row:
    counts = {
        column: None if Cell(table, row, column) in hidden else len(measures[column])
        for column in MEASURES
        if column in measures
    }
    return Row(name=row, counts=counts, percents=_percents(counts))


def _percents(counts: Mapping[str, int | None]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, (part, whole) in RATES.items():
        if part not in counts or whole not in counts:
            continue
        n, of = counts[part], counts[whole]
        found[name] = None if n is None or not of else round(100 * n / of, 1)
    n, of = counts["sustained"], counts["known_sustained"]
    interval = None if n is None or of is None else wilson(n, of)
    for name, end in zip(INTERVALS, interval or (None, None), strict=True):
        found[name] = None if end is None else round(100 * end, 1)
    return found


HEADER = ["table", "row", "measure", "value", "note"]


def list_lines(figures: Figures) -> Iterator[tuple[str, str, str, float | None, str]]:
    """Yield the figures as lines of a file, one number a line."""
    for table in figures.tables:
        for row in table.rows:
            for measure, value in (*row.counts.items(), *row.percents.items()):
                note = KEPT_BACK if value is None and measure in MEASURES else ""
                yield table.by, row.name, measure, value, note


DICTIONARY_HEADER = ["name", "meaning", "unit"]


def list_dictionary() -> Iterator[tuple[str, str, str]]:
    """Yield every name of the files with what it means."""
    yield "table", f"What the rows are: {WHOLE}, or one of {', '.join(PUBLISHED_KEYS)}", ""
    yield "row", "Whom the line is about", ""
    yield "measure", "What is counted", ""
    yield "value", "The number; empty where it is kept back or cannot be worked out", ""
    yield "note", KEPT_BACK, ""
    for name, meaning in MEASURES.items():
        yield name, meaning, "people"
    for name, (part, whole) in RATES.items():
        yield name, f"{part} of {whole}", "percent"
    for name, meaning in INTERVALS.items():
        yield name, meaning, "percent"


def wilson(n: int, of: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share by Wilson, doi:10.1080/01621459.1927.10502953."""
    if not of:
        return None
    z = 1.959964
    share, spread = n / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)

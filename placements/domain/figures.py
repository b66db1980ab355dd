"""The figures that anybody may read: the tables and their form as a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from placements.domain.disclosure import FEW, Cell, list_kept_back
from placements.domain.fairness_gates import Gate, judge_published
from placements.domain.funnel import JUDGED_STAGES, REACHED_STAGES, Stage
from placements.domain.measures import (
    GAP,
    IN_ROUND,
    KEPT_BACK,
    KNOWN,
    MATCHED,
    MEASURES,
    OF,
    OF_PLACES,
    PLACES,
    SQUARES,
    WAITING,
    WHOLE,
    work_out_percents,
)


class Row(BaseModel):
    """One line of a table: whom it is about, and each measure; null where it is kept back."""

    model_config = ConfigDict(extra="forbid")
    name: str
    counts: dict[str, int | None]
    percents: dict[str, float | None]


class Table(BaseModel):
    """One table: the whole, or its parts by one key."""

    model_config = ConfigDict(extra="forbid")
    by: str
    rows: list[Row]


class RoundFigures(BaseModel):
    """One round whose results are out: who was in it, by what they told and by where they live."""

    model_config = ConfigDict(extra="forbid")
    name: str
    tables: list[Table]

    def find(self, by: str) -> list[Row]:
        """Return the rows of a table; [] where the round has none."""
        return next((table.rows for table in self.tables if table.by == by), [])

    def judge(self, percent: int) -> Gate | None:
        """Hold every group to a gate in percent; None where everybody is kept back."""
        whole = [row.counts for row in self.find(WHOLE)]
        if not whole or None in (people := whole[0][IN_ROUND], placed := whole[0][MATCHED]):
            return None
        groups = [
            (table.by, row.name, row.counts[IN_ROUND], row.counts[MATCHED])
            for table in self.tables
            if table.by not in (WHOLE, SQUARES)
            for row in table.rows
        ]
        return judge_published((people or 0, placed or 0), groups, percent)


class Figures(BaseModel):
    """Everything that is published about a region, without personal data."""

    model_config = ConfigDict(extra="forbid")
    region: str
    made_on: date
    fewest_people_shown: int = Field(default=FEW)
    measures: dict[str, str] = Field(default=MEASURES | OF_PLACES)
    tables: list[Table]
    rounds: list[RoundFigures] = Field(default=[])
    now: Table | None = Field(default=None)

    def of_round(self, name: str) -> "Figures":
        """Return what is said of one round alone: its row of the funnel, and its tables."""
        funnel = [
            Table(by=table.by, rows=[row for row in table.rows if row.name == name])
            for table in self.tables
            if table.by == "round"
        ]
        rounds = [one for one in self.rounds if one.name == name]
        return self.model_copy(update={"tables": funnel, "rounds": rounds, "now": None})


Rows = Mapping[str, Mapping[str, frozenset[int]]]
"""Whom each measure counts, by row and measure."""
People = Mapping[str, Rows]
"""The rows of each table, by what its rows are."""


@dataclass(frozen=True)
class Counted:
    """Whom every published number counts; never itself shown. `places` are no people."""

    parts: People
    rounds: Mapping[str, People] = field(default_factory=dict)
    waiting: Rows = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)

    def cells(self) -> dict[Cell, frozenset[int]]:
        """Return every number of people of every table."""
        tables = dict(self.parts) | {SQUARES: self.waiting}
        for name, people in self.rounds.items():
            tables |= {name_table(by, name): rows for by, rows in people.items()}
        return {
            Cell(table, row, column): found
            for table, rows in tables.items()
            for row, measures in rows.items()
            for column, found in measures.items()
        }


def name_table(by: str, round_name: str = "") -> str:
    """Name a table among all that are published."""
    return f"{by} in {round_name}" if round_name else by


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


def make_figures(region: str, made_on: date, counted: Counted) -> Figures:
    """Return the tables with every number kept back that would tell of fewer than five people.

    A number kept back for being small and one kept back to protect another look the same.
    """
    hidden = list_kept_back(counted.cells())
    rounds = [
        RoundFigures(name=name, tables=_tables(people, hidden, name))
        for name, people in counted.rounds.items()
    ]
    now = _tables({SQUARES: counted.waiting}, hidden)[0]
    for row in now.rows:
        waiting, places = row.counts[WAITING], counted.places.get(row.name, 0)
        row.counts |= {PLACES: places, GAP: None if waiting is None else places - waiting}
    return Figures(
        region=region,
        made_on=made_on,
        tables=_tables(counted.parts, hidden),
        rounds=rounds,
        now=now if now.rows else None,
    )


def _tables(people: People, hidden: frozenset[Cell], round_name: str = "") -> list[Table]:
    return [
        Table(
            by=by,
            rows=[
                _row(name_table(by, round_name), row, measures, hidden)
                for row, measures in rows.items()
            ],
        )
        for by, rows in people.items()
    ]


def _row(
    table: str, row: str, measures: Mapping[str, frozenset[int]], hidden: frozenset[Cell]
) -> Row:
    counts = {
        column: None if Cell(table, row, column) in hidden else len(measures[column])
        for column in MEASURES
        if column in measures
    }
    return Row(name=row, counts=counts, percents=work_out_percents(counts))


HEADER = ["table", "round", "row", "measure", "value", "note"]


def list_lines(figures: Figures) -> Iterator[tuple[str, str, str, str, float | None, str]]:
    """Yield the figures as lines of a file, one number a line."""
    for round_name, table in list_tables(figures):
        for row in table.rows:
            for measure, value in (*row.counts.items(), *row.percents.items()):
                note = KEPT_BACK if value is None and measure in figures.measures else ""
                yield table.by, round_name, row.name, measure, value, note


def list_tables(figures: Figures) -> Iterator[tuple[str, Table]]:
    """Yield every table with the round it is of, or an empty text."""
    for table in figures.tables:
        yield "", table
    if figures.now is not None:
        yield "", figures.now
    for one in figures.rounds:
        for table in one.tables:
            yield one.name, table

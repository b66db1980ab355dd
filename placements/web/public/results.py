"""P7: what became of people, for anybody, with few people kept back; and a year's report."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.fairness_gates import gate_percent
from placements.domain.figures import Figures, RoundFigures, Table
from placements.domain.measures import GAP, MATCHED, MEASURES, SQUARES
from placements.domain.what_works import WORKS_KEYS
from placements.services import open_data, public_figures
from placements.services.gazetteer import get_rules
from placements.services.public_rounds import NOT_KNOWN
from placements.web.access import open_to
from placements.web.pages import page
from placements.web.pictures import Square, draw_funnel, draw_intervals, draw_squares
from placements.web.published import get_figures, get_works

blueprint = Blueprint("results", __name__)
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
STEPS = {
    "in_round": "In the round",
    MATCHED: "Offered a place",
    "accepted": "Said yes",
    "started": "Started",
    "completed": "Completed",
    "destination": "Destination",
    "sustained": "Sustained",
}


@blueprint.get("/results")
@open_to()
def results() -> Response:
    figures, rules = get_figures(), _rules()
    return page(
        "public/results.html",
        figures=figures,
        rounds=public_figures.list_released(rules.code),
        next_rounds=public_figures.list_next_rounds(rules.code),
        next_on=public_figures.next_opening(rules.calendar.openings, clock.today()),
        tables=[table for table in figures.tables if table.by not in WORKS_KEYS[1:]],
        works=get_works(),
        measures=MEASURES,
        files=list(open_data.write_files(figures)),
        sectors=_sectors(),
        districts=rules.districts,
        squares=_squares(figures.now.rows if figures.now else [], GAP),
    )


@blueprint.get("/results/<name>")
@open_to()
def results_file(name: str) -> Response:
    return _file(get_figures(), name)


@blueprint.get("/results/<int:round_id>")
@open_to()
def round_results(round_id: int) -> Response:
    """One round: how many came how far, how groups did, and where the people live."""
    round_ = public_figures.get_released(_rules().code, round_id)
    figures = get_figures().of_round(round_.name)
    found = figures.rounds[0]
    steps = _steps(figures, found)
    gate = found.judge(gate_percent(round_.policy))
    return page(
        "public/round.html",
        round=round_,
        figures=figures,
        steps=steps,
        labels=STEPS,
        percents=_rates(figures),
        bars=draw_funnel([(STEPS[name], n, unknown or 0) for name, n, unknown in steps]),
        gate=gate,
        picture=draw_intervals(gate) if gate else None,
        sectors=_sectors(),
        districts=_rules().districts,
        squares=_squares(found.find(SQUARES), MATCHED),
        rows=found.find(SQUARES),
        measures=MEASURES,
        files=list(open_data.write_files(figures)),
    )


@blueprint.get("/results/<int:round_id>/<name>")
@open_to()
def round_file(round_id: int, name: str) -> Response:
    round_ = public_figures.get_released(_rules().code, round_id)
    return _file(get_figures().of_round(round_.name), name)


@blueprint.get("/results/year/<int:year>")
@open_to()
def year_report(year: int) -> Response:
    """One page to print: the year's row, and every table that is published."""
    figures = get_figures()
    rows = {table.by: table.rows for table in figures.tables}
    of_year = next((row for row in rows["year"] if row.name == str(year)), None)
    if of_year is None:
        raise NotFound("Nobody was offered a place in that year.")
    return page(
        "public/year.html",
        figures=figures,
        year=year,
        of_year=of_year,
        tables=[table for table in figures.tables if table.by not in WORKS_KEYS[1:]],
        works=get_works(),
        measures=MEASURES,
    )


def _rules():
    return get_rules(current_app.config["SETTINGS"].region_folder)


def _sectors() -> dict[str, str]:
    return {sector.code: sector.name for sector in _rules().sectors}


def _file(figures: Figures, name: str) -> Response:
    files = open_data.write_files(figures)
    if name not in files:
        raise NotFound("There is no such file.")
    reply = current_app.response_class(files[name], mimetype=None)
    reply.headers["Content-Type"] = TYPES[name.rsplit(".", 1)[1]]
    reply.headers["Content-Disposition"] = f"attachment; filename={name}"
    return reply


def _squares(rows: list, measure: str) -> dict[tuple[str, str], Square]:
    """Draw every kind of work in every district, and in none that is known.

    Where there is no row, nobody is counted.
    """
    told = {tuple(row.name.split(", ", 1)): row.counts[measure] for row in rows}
    districts = (*_rules().districts, NOT_KNOWN)
    grid = [(sector, district) for sector in _sectors() for district in districts]
    return draw_squares({at: told.get(at, 0) for at in grid}, signed=measure == GAP)


def _steps(figures: Figures, found: RoundFigures) -> list[tuple[str, int | None, int | None]]:
    """Return each step of the round as name, number, and how many are not known yet."""
    whole, funnel = found.find("whole"), _first(figures.tables)
    counts = (funnel.counts if funnel else {}) | {"in_round": whole[0].counts["in_round"]}
    return [(name, counts.get(name, 0), _unknown(counts, name)) for name in STEPS]


def _rates(figures: Figures) -> dict[str, float | None]:
    row = _first(figures.tables)
    return row.percents if row else {}


def _first(tables: list[Table]):
    return next((row for table in tables for row in table.rows), None)


def _unknown(counts: dict[str, int | None], name: str) -> int | None:
    of, known = counts.get(f"of_{name}"), counts.get(f"known_{name}")
    return None if of is None or known is None else of - known

"""P7: what became of people, for anybody, with few people kept back; and a year's report."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.figures import MEASURES
from placements.domain.what_works import WORKS_KEYS, list_works
from placements.services import open_data
from placements.web.access import open_to
from placements.web.pages import page
from placements.web.published import get_figures

blueprint = Blueprint("results", __name__)
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@blueprint.get("/results")
@open_to()
def results() -> Response:
    figures = get_figures()
    return page(
        "public/results.html",
        figures=figures,
        tables=[table for table in figures.tables if table.by not in WORKS_KEYS[1:]],
        works=list_works(figures.tables),
        measures=MEASURES,
        files=list(open_data.write_files(figures)),
    )


@blueprint.get("/results/<name>")
@open_to()
def results_file(name: str) -> Response:
    files = open_data.write_files(get_figures())
    if name not in files:
        raise NotFound("There is no such file.")
    reply = current_app.response_class(files[name], mimetype=None)
    reply.headers["Content-Type"] = TYPES[name.rsplit(".", 1)[1]]
    reply.headers["Content-Disposition"] = f"attachment; filename={name}"
    return reply


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
        works=list_works(figures.tables),
        measures=MEASURES,
    )

"""A21: what goes with work or learning that lasts, of the figures that anybody may read."""

from werkzeug.wrappers import Response

from placements import clock
from placements.domain.what_works import HEADER, list_works, list_works_lines
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.files import csv_file
from placements.web.pages import page
from placements.web.published import get_figures, get_works


@blueprint.get("/what-works")
@for_staff
def what_works() -> Response:
    figures = get_figures()
    years = [row.name for table in figures.tables if table.by == "year" for row in table.rows]
    return page(
        "authority/what_works.html",
        figures=figures,
        works=get_works(),
        years=[year for year in years if year.isdigit()],
        made_on=clock.today(),
    )


@blueprint.get("/what-works.csv")
@for_staff
def what_works_file() -> Response:
    return csv_file("what-works", HEADER, list_works_lines(list_works(get_figures().tables)))

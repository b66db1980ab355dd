"""A2: places against people by kind of work and district, and whom to call."""

from flask import current_app, request
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.services import supply_demand
from placements.services.gazetteer import get_rules
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.files import csv_file
from placements.web.pages import page
from placements.web.pictures import draw_squares

HEADER = ["sector", "district", "places", "people", "gap", "promised_not_described"]
WORST = 10


@blueprint.get("/supply-demand")
@for_staff
def supply_demand_grid() -> Response:
    rules = _rules()
    cells = _cells()
    short = sorted((c for c in cells if c.gap < 0), key=lambda c: (c.gap, c.sector, c.district))
    return page(
        "authority/supply_demand.html",
        cells={(cell.sector, cell.district): cell for cell in cells},
        sectors={sector.code: sector.name for sector in rules.sectors},
        districts=rules.districts,
        short=short[:WORST],
        squares=draw_squares(
            {(c.sector, c.district): c.gap for c in cells},
            signed=True,
            marked=[(c.sector, c.district) for c in cells if c.n_undescribed],
        ),
        has_people=any(cell.people for cell in cells),
        to_call=_to_call(),
    )


@blueprint.get("/supply-demand.csv")
@for_staff
def supply_demand_file() -> Response:
    rows = [(c.sector, c.district, c.places, c.people, c.gap, c.n_undescribed) for c in _cells()]
    return csv_file("supply-demand", HEADER, rows)


def _cells() -> list[supply_demand.Cell]:
    rules = _rules()
    codes = [sector.code for sector in rules.sectors]
    return supply_demand.list_cells(current_actor(), rules.districts, codes)


def _to_call() -> tuple[str, str, list[supply_demand.ToCall]] | None:
    """Return the cell that was asked about with the employers there, or None."""
    sector, district = request.args.get("sector"), request.args.get("district")
    if not sector or not district:
        return None
    rules = _rules()
    if sector not in {one.code for one in rules.sectors} or district not in rules.districts:
        raise NotFound("There is no such kind of work or district here.")
    return sector, district, supply_demand.list_to_call(current_actor(), sector, district)


def _rules():
    return get_rules(current_app.config["SETTINGS"].region_folder)

"""From pledge to sustained: each number, and the records it counts."""

from datetime import date

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.funnel import Stage
from placements.services import funnel as service
from placements.services import funnel_records, rounds
from placements.services.funnel_people import Narrow
from placements.services.gazetteer import get_rules
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.files import csv_file
from placements.web.pages import page
from placements.web.pictures import draw_funnel

HEADER = [
    *("stage", "counts", "n", "percent_of_previous", "percent_of_first", "not_yet_known"),
    *("too_early", "percent_of_started", "percent_of_known", "percent_not_known"),
]
ROWS_A_PAGE = 200
FILTERS = ("round", "provider", "employer", "sector", "district", "group", "known_on")


@blueprint.get("/funnel", endpoint="funnel")
@for_staff
def show_funnel() -> Response:
    actor, rules = current_actor(), _rules()
    stages = _stages()
    return page(
        "authority/funnel.html",
        stages=_with_shares(stages),
        bars=draw_funnel([(s.name.capitalize(), s.n, len(s.unknown_ids)) for s in stages]),
        differences=funnel_records.list_differences(actor, stages),
        rounds_to_pick=[(r.id, r.name) for r in rounds.list_rounds(actor)],
        providers=funnel_records.list_providers(actor),
        employers_to_pick=funnel_records.list_employers(actor),
        groups_to_pick=[(group.code, group.name) for group in rules.priority_groups],
        sectors_to_pick=[(sector.code, sector.name) for sector in rules.sectors],
        districts_to_pick=[(district, district) for district in rules.districts],
        asked=_asked(),
        filters=_filters(),
    )


@blueprint.get("/funnel.csv")
@for_staff
def funnel_file() -> Response:
    rows = [
        (
            *(stage.name, stage.counts, stage.n, of_previous, of_first, len(stage.unknown_ids)),
            *(len(stage.early_ids), stage.of_started, stage.of_known, stage.unknown_rate),
        )
        for stage, of_previous, of_first in _with_shares(_stages())
    ]
    return csv_file("funnel", HEADER, rows)


@blueprint.get("/funnel/<stage>")
@for_staff
def funnel_stage(stage: str) -> Response:
    actor = current_actor()
    found = funnel_records.find_stage(_stages(), stage)
    show = request.args.get("show", "")
    ids = {"unknown": found.unknown_ids, "early": found.early_ids, "no": found.no_ids}.get(
        show, found.ids
    )
    records = funnel_records.list_counted(actor, found, ids)
    number = max(1, request.args.get("page", 1, type=int))
    return page(
        "authority/funnel_stage.html",
        stage=found,
        show=show,
        n_shown=len(ids) if show else found.n,
        records=records[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE],
        n_records=len(records),
        number=number,
        n_pages=max(1, -(-len(records) // ROWS_A_PAGE)),
        asked=_asked(),
        shown=_asked() | ({"show": show} if show else {}),
    )


def _rules():
    return get_rules(current_app.config["SETTINGS"].region_folder)


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in FILTERS if request.args.get(name)}


def _stages() -> list[Stage]:
    actor, asked = current_actor(), _asked()
    round_id = _number(asked.get("round"))
    if round_id is not None:
        rounds.get_round(actor, round_id)
    narrow = Narrow(
        _number(asked.get("provider")),
        asked.get("sector"),
        asked.get("district"),
        _number(asked.get("employer")),
        asked.get("group"),
        _day(asked.get("known_on")),
    )
    return service.list_funnel(actor, round_id, narrow)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise NotFound("Write the day as 2026-10-31.") from wrong


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NotFound("There is no such record.")
    return int(text)


def _with_shares(stages: list[Stage]) -> list[tuple[Stage, int | None, int | None]]:
    shares, first, previous = [], stages[0].n, None
    for stage in stages:
        shares.append((stage, _share(stage.n, previous), _share(stage.n, first)))
        previous = stage.n
    return shares


def _share(n: int, of: int | None) -> int | None:
    return round(100 * n / of) if of else None


def _filters() -> list[tuple[str, str]]:
    """Return each filter that is set, with the address of the page without it."""
    asked = _asked()
    return [
        (name, url_for(".funnel", **{other: v for other, v in asked.items() if other != name}))
        for name in asked
    ]

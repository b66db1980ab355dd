"""R2: the people of a provider as a list, searched by name, sorted, and taken away as a file."""

import csv
import io

from flask import make_response, request, url_for
from werkzeug.wrappers import Response

from placements.domain.state_words import state_words
from placements.domain.vocabulary import Kind, Role
from placements.services import people as people_service
from placements.services.people import SHOWN, SORTS, PersonLine, to_cells
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder

ON_A_PAGE = 50
HEADER = ("reference", "name", "key_worker", "state", "missing", "choices", "next", "next_date")


@blueprint.get("/people")
@open_to(Role.PROVIDER)
def people() -> Response:
    shown, sort, down = _wanted()
    lines = _list()
    number = min(max(request.args.get("page", 1, type=int), 1), _n_pages(lines))
    return page(
        "providers/people.html",
        lines=lines[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        n_lines=len(lines),
        number=number,
        n_pages=_n_pages(lines),
        shown=shown,
        shown_words={code: words for code, (words, _) in SHOWN.items()},
        heads=_heads(shown, sort, down),
        link=_link,
        sort=sort,
        down=down,
    )


@blueprint.post("/people/search")
@open_to(Role.PROVIDER)
def search_people() -> Response:
    """Answer a name; it is posted, because an address is kept in places a name must not be."""
    name = request.form.get("name", "").strip()[:100]
    lines = _list(name) if name else []
    return page(
        "providers/people_found.html", lines=lines[:ON_A_PAGE], n_lines=len(lines), sought=name
    )


@blueprint.post("/people/file")
@open_to(Role.PROVIDER)
def people_file() -> Response:
    """Write exactly the rows of the list that the button stood under."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for line in _list(request.form.get("name", "").strip()[:100]):
        words = state_words(Kind.APPLICATION, line.state, Role.PROVIDER)
        writer.writerow(to_cells(line, words))
    return csv_reply(out.getvalue(), "people.csv")


def csv_reply(text: str, file_name: str) -> Response:
    """Send a file that a spreadsheet opens in the right letters."""
    reply = make_response("\ufeff" + text)
    reply.headers["Content-Type"] = "text/csv; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return reply


def _wanted() -> tuple[str | None, str, bool]:
    shown, sort = request.args.get("show"), request.args.get("sort", "name")
    shown = shown if shown in SHOWN else None
    return shown, sort if sort in SORTS else "name", request.args.get("order") == "down"


def _list(name: str | None = None) -> list[PersonLine]:
    shown, sort, down = _wanted()
    return people_service.list_people(
        current_actor(), region_folder(), shown=shown, name=name, sort=sort, descending=down
    )


def _n_pages(lines: list[PersonLine]) -> int:
    return max(1, -(-len(lines) // ON_A_PAGE))


def _heads(shown: str | None, sort: str, down: bool) -> list[tuple[str, str, str]]:
    """Give each column its words, where pressing it leads, and how it is sorted now."""
    heads = []
    for code, (words, _) in SORTS.items():
        turned = code == sort and not down
        now = ("descending" if down else "ascending") if code == sort else "none"
        heads.append((words, _link(show=shown, sort=code, order="down" if turned else None), now))
    return heads


def _link(**parts: str | int | None) -> str:
    return url_for(".people", **{name: value for name, value in parts.items() if value})

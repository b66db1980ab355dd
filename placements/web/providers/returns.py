"""R16: returns of the provider's own people: what blocks, what to look at, what changed."""

import csv
import io
from collections import Counter
from datetime import date

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.returns import Remark
from placements.domain.vocabulary import Role
from placements.services import applications, returns, returns_sent
from placements.settings import ROOT
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint

MAPPINGS = ROOT / "config" / "returns"
OF_PROVIDERS = ("nccis", "ilr")
MOST_SHOWN = 200
FILES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@blueprint.get("/returns", endpoint="returns")
@open_to(Role.PROVIDER)
def list_returns() -> Response:
    made = [returns.make_return(current_actor(), MAPPINGS, n, clock.today()) for n in OF_PROVIDERS]
    return page("providers/returns.html", made=made)


@blueprint.get("/returns/<name>", endpoint="one_return")
@open_to(Role.PROVIDER)
def show_return(name: str) -> Response:
    actor, made = current_actor(), _make(name)
    last = returns_sent.find_last_sent(actor, name, made.known_on)
    ids = {one.reference: one.id for one in applications.list_applications(actor)}
    return page(
        "providers/return.html",
        made=made,
        lists=(
            ("Left out until it is mended", *_gather(made.blocking)),
            ("To look at", *_gather(made.warnings)),
            ("Has no code in this return", *_gather(made.unmapped)),
        ),
        ids=ids,
        last=last,
        changes=_changes(made, last, name),
        most=MOST_SHOWN,
    )


def _gather(remarks: list[Remark]) -> tuple[int, list[tuple[Remark, int]]]:
    """Return how many there are, and the first of them; what is said of a person twice, once."""
    return len(remarks), list(Counter(remarks[:MOST_SHOWN]).items())


def _changes(made: returns.Return, last: date | None, name: str) -> list[dict[str, str]]:
    if last is None:
        return []
    earlier = returns.make_return(current_actor(), MAPPINGS, name, last)
    return list(csv.DictReader(io.StringIO(returns.compare_returns(made, earlier))))


@blueprint.get("/returns/<name>/file")
@open_to(Role.PROVIDER)
def return_file(name: str) -> Response:
    made = _make(name)
    return _file(made, made.write(), "csv")


@blueprint.get("/returns/<name>/report")
@open_to(Role.PROVIDER)
def return_report(name: str) -> Response:
    made = _make(name)
    return _file(made, made.describe(), "json")


def _file(made: returns.Return, text: str, kind: str) -> Response:
    reply = make_response(text)
    reply.headers["Content-Type"] = FILES[kind]
    stem = f"{made.mapping.name}-{made.known_on}"
    reply.headers["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    return reply


def _make(name: str) -> returns.Return:
    if name not in OF_PROVIDERS:
        raise NotFound("There is no such return.")
    return returns.make_return(current_actor(), MAPPINGS, name, _known_on())


@blueprint.post("/returns/<name>/sent")
@open_to(Role.PROVIDER)
def return_sent(name: str) -> Response:
    known_on = _make(name).known_on
    if NoForm().is_sent():
        returns_sent.record_sent(current_actor(), name, known_on)
        flash("Noted. The next return shows what changed since this one.")
    return redirect(url_for(".one_return", name=name, known_on=known_on), 303)


def _known_on() -> date:
    """Return the day that is asked for; today, or a day to come, is today."""
    text = request.args.get("known_on", "")
    try:
        return min(date.fromisoformat(text), clock.today()) if text else clock.today()
    except ValueError as wrong:
        raise NotFound("Write the day as 2026-10-31.") from wrong

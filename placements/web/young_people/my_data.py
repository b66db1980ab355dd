"""Who can see what, everything that is kept to take away, and stopping."""

import json
from collections.abc import Callable

from flask import flash, make_response, request, url_for
from flask import redirect as go_to
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused
from placements.domain.vocabulary import Role
from placements.services import data_requests, my_page
from placements.services.my_data import export_my_data
from placements.services.withdrawals import withdraw_application
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint
from placements.web.young_people.forms import EraseMeForm, StopForm
from placements.web.young_people.home import my_application


@blueprint.get("/data")
@open_to(Role.YOUNG_PERSON)
def my_data() -> Response:
    actor = current_actor()
    asked = data_requests.list_own(actor)
    return page("young_people/data.html", mine=my_page.get_my_page(actor), asked=asked)


@blueprint.post("/data/ask")
@open_to(Role.YOUNG_PERSON)
def ask_for_data() -> Response:
    if NoForm().is_sent():
        actor = current_actor()
        _try(lambda: data_requests.ask(actor, actor.candidate_id, "access"))
    return go_to(url_for(".my_data"), 303)


@blueprint.route("/data/erase", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def ask_erasure() -> Response:
    actor, form = current_actor(), EraseMeForm()
    if form.is_sent():
        words = form.words.data
        done, _ = form.try_act(
            lambda: data_requests.ask(actor, actor.candidate_id, "erasure", words)
        )
        if done:
            return go_to(url_for(".my_data"), 303)
    return page("young_people/erase.html", form=form, mine=my_page.get_my_page(actor))


@blueprint.post("/data/ask/<int:request_id>/back")
@open_to(Role.YOUNG_PERSON)
def take_back(request_id: int) -> Response:
    if NoForm().is_sent():
        _try(lambda: data_requests.take_back(current_actor(), request_id))
    return go_to(url_for(".my_data"), 303)


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except GuardRefused as refusal:
        flash(str(refusal), "refused")


@blueprint.get("/data/download")
@open_to(Role.YOUNG_PERSON)
def download() -> Response:
    data = export_my_data(current_actor())
    response = make_response(json.dumps(data, indent=2, ensure_ascii=False))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@blueprint.route("/data/stop", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def stop() -> Response:
    actor, application, form = current_actor(), my_application(), StopForm()
    if form.is_sent():
        seen, reason = request.form.get("version", 0, type=int), form.reason.data
        done, _ = form.try_act(lambda: withdraw_application(actor, application.id, reason, seen))
        if done:
            return go_to(url_for(".home"), 303)
    return page("young_people/stop.html", form=form, mine=my_page.get_my_page(actor))

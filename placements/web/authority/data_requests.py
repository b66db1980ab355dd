"""What people ask about their own data: a list by day due, and the answer to each."""

import json

from flask import current_app, flash, make_response, redirect, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.data_requests import KINDS, RESULTS, count_days_left
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.vocabulary import Role
from placements.services import data_requests as requests
from placements.services.subject_access import find_candidate_id
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import AskedForm, EraseForm
from placements.web.forms import NoForm, ReasonForm
from placements.web.pages import page

WORDS = {"kinds": KINDS, "results": RESULTS}


@blueprint.route("/requests", methods=["GET", "POST"])
@for_staff
def data_requests() -> Response:
    form, actor = AskedForm(), current_actor()
    if form.is_sent():
        done, _ = form.try_act(lambda: _ask(form))
        if done:
            flash("Written down. The day it is due is counted from today.")
            return redirect(url_for(".data_requests"), 303)
    today = clock.today()
    waiting = [
        (one, count_days_left(one.due_on, today) if one.due_on else None)
        for one in requests.list_requests(actor)
    ]
    closed = requests.list_requests(actor, closed=True)
    return page("authority/requests.html", form=form, waiting=waiting, closed=closed, **WORDS)


def _ask(form: AskedForm) -> int:
    actor = current_actor()
    if actor.role is not Role.OPERATOR:
        raise NotFound("There is no such page, or it is not yours.")
    candidate_id = find_candidate_id(actor, form.reference.data, "reference")
    return requests.ask(actor, candidate_id, form.kind.data, form.words.data)


@blueprint.get("/requests/<int:request_id>", endpoint="data_request")
@for_staff
def show_request(request_id: int) -> Response:
    return _show(request_id, EraseForm())


def _show(request_id: int, form: EraseForm) -> Response:
    actor = current_actor()
    return page(
        "authority/request.html",
        form=form,
        asked=requests.get_request(actor, request_id),
        holds_a_place=requests.holds_a_place(actor, request_id),
        **WORDS,
    )


@blueprint.get("/requests/<int:request_id>/data")
@for_operators
def write_data(request_id: int) -> Response:
    answer = requests.write_answer(current_actor(), request_id)
    reply = make_response(json.dumps(answer, indent=2, ensure_ascii=False))
    reply.headers["Content-Type"] = "application/json; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="data-{request_id}.json"'
    return reply


@blueprint.post("/requests/<int:request_id>/<any(given, end_hold):way>")
@for_operators
def close_request(request_id: int, way: str) -> Response:
    act = {"given": requests.finish_access, "end_hold": requests.end_hold}[way]
    if NoForm().is_sent():
        try:
            act(current_actor(), request_id)
            flash("Closed.")
        except GuardRefused as refusal:
            flash(str(refusal), "refused")
    return redirect(url_for(".data_request", request_id=request_id), 303)


@blueprint.post("/requests/<int:request_id>/erase")
@for_operators
def erase_person(request_id: int) -> Response:
    form, actor, settings = EraseForm(), current_actor(), current_app.config["SETTINGS"]
    if form.is_sent():
        stop_first = "yes" in (form.stop.data or [])
        done, _ = form.try_act(
            lambda: requests.erase(actor, request_id, settings, stop_first=stop_first)
        )
        if done:
            flash("Erased for good.")
            return redirect(url_for(".data_requests"), 303)
    return _show(request_id, form)


@blueprint.route("/requests/<int:request_id>/refuse", methods=["GET", "POST"])
@for_operators
def refuse_request(request_id: int) -> Response:
    form, actor = ReasonForm(), current_actor()
    asked = requests.get_request(actor, request_id)
    if form.is_sent():
        done, _ = form.try_act(lambda: requests.refuse(actor, request_id, form.reason.data))
        if done:
            flash("Closed. The person reads the reason.")
            return redirect(url_for(".data_requests"), 303)
    return page("authority/refuse_request.html", form=form, asked=asked, **WORDS)

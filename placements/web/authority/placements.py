"""Placements to check: the longest wait first, one press for each."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.plain_words import shift_words
from placements.services import placement_changes, placement_checks, suspensions
from placements.services import placements as service
from placements.services.employer_checks import find_sent_at
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.forms import NoForm, ReasonForm
from placements.web.pages import page

OTHERS = (
    "live",
    "full",
    "changes_requested",
    "paused",
    "suspended",
    "draft",
    "pledged",
    "closed",
    "withdrawn",
)


@blueprint.get("/placements", endpoint="placements")
@for_staff
def show_placements() -> Response:
    actor = current_actor()
    state = request.args.get("state", "")
    waiting = placement_checks.list_to_check(actor)
    asked = request.args.get("page", 1, type=int)
    others, number, n_pages, n_others = [], 1, 1, 0
    if state in OTHERS:
        others, number, n_pages, n_others = service.list_placements_page(actor, state, asked)
    return page(
        "authority/placements.html",
        waiting=waiting,
        sent_at=find_sent_at([p.id for p in waiting]),
        states=OTHERS,
        state=state if state in OTHERS else "",
        others=others,
        n_others=n_others,
        number=number,
        n_pages=n_pages,
    )


@blueprint.get("/placements/<int:placement_id>/check")
@for_staff
def check_placement(placement_id: int, form: NoForm | None = None) -> Response:
    actor = current_actor()
    placement = service.get_placement(actor, placement_id)
    return page(
        "authority/placement_check.html",
        form=form,
        placement=placement,
        shifts=shift_words(placement.shifts),
        checks=placement_checks.list_checks(actor, placement_id),
        was_open=placement_checks.was_open_before(actor, placement_id),
        changes=placement_changes.list_changes(actor, placement_id),
        n_waiting=len(placement_checks.list_to_check(actor)),
    )


@blueprint.post("/placements/<int:placement_id>/reinstate")
@for_operators
def reinstate_placement(placement_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        done, _ = form.try_act(lambda: suspensions.reinstate_placement(actor, placement_id))
        if done:
            flash("The placement is open again.")
            return redirect(url_for(".check_placement", placement_id=placement_id), 303)
    return check_placement(placement_id, form)


@blueprint.post("/placements/<int:placement_id>/approve")
@for_operators
def approve_placement(placement_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    seen = request.form.get("version", "")
    version = int(seen) if seen.isdigit() else None
    if form.is_sent():
        title = service.get_placement(actor, placement_id).title
        done, _ = form.try_act(lambda: service.approve_placement(actor, placement_id, version))
        if done:
            flash(f"{title} is open. The employer gets a message.")
            return _next_to_check(actor)
    return check_placement(placement_id, form)


def _next_to_check(actor) -> Response:
    waiting = placement_checks.list_to_check(actor)
    if not waiting:
        return redirect(url_for(".placements"), 303)
    return redirect(url_for(".check_placement", placement_id=waiting[0].id), 303)


@blueprint.route("/placements/<int:placement_id>/ask-changes", methods=["GET", "POST"])
@for_operators
def ask_changes(placement_id: int) -> Response:
    words = ("Ask for changes", "Ask for changes", "The employer can change it and send it again.")
    return _send_back(placement_id, service.ask_changes, "ask_changes", words)


@blueprint.route("/placements/<int:placement_id>/refuse", methods=["GET", "POST"])
@for_operators
def refuse_placement(placement_id: int) -> Response:
    words = ("Refuse this placement", "Refuse it", "It closes for good. It cannot be sent again.")
    return _send_back(placement_id, service.reject_placement, "reject", words)


def _send_back(placement_id: int, act, action: str, words: tuple[str, str, str]) -> Response:
    form, actor = ReasonForm(), current_actor()
    placement = service.get_placement(actor, placement_id)
    if form.is_sent():
        done, _ = form.try_act(lambda: act(actor, placement_id, form.reason.data))
        if done:
            flash("The employer can read your reason.")
            return _next_to_check(actor)
    facts = {"title": words[0], "button": words[1], "effect": words[2], "action": action}
    return page("authority/send_back_placement.html", form=form, placement=placement, **facts)

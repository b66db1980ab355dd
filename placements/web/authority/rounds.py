"""Rounds: the list, a new one, the board of one, its rules, calling it off."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.round_dates import answer_deadlines, bank_holidays_between, release_warning
from placements.domain.vocabulary import Role
from placements.services import approvals, round_board, round_calendar
from placements.services import rounds as service
from placements.services.gazetteer import get_rules
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import RoundForm, round_values
from placements.web.authority.steps import can, find_next_step
from placements.web.files import csv_file
from placements.web.forms import NoForm, ReasonForm
from placements.web.pages import page


@blueprint.get("/rounds", endpoint="rounds")
@for_staff
def show_rounds() -> Response:
    return page("authority/rounds.html", rounds=service.list_rounds(current_actor()))


@blueprint.route("/rounds/new", methods=["GET", "POST"])
@for_operators
def new_round() -> Response:
    actor, folder = current_actor(), current_app.config["SETTINGS"].region_folder
    last = round_calendar.find_last_dates(actor)
    copied = request.args.get("copy") == "last" and last is not None
    dates = last if copied else round_calendar.suggest_dates(actor, folder)
    form = RoundForm(data=round_values(dates, clock.LONDON))
    if form.is_sent() and _is_sure(form):
        seed = round_calendar.draw_seed()
        name, dates = form.name.data, form.dates()
        done, round_id = form.try_act(lambda: service.create_round(actor, name, dates, seed))
        if done:
            flash("The round is planned. It opens, locks and releases by itself on its dates.")
            return redirect(url_for(".round", round_id=round_id), 303)
    facts = _real_dates(form, list(get_rules(folder).answer_days))
    return page("authority/round_new.html", form=form, has_last=last is not None, **facts)


def _is_sure(form: RoundForm) -> bool:
    warning = release_warning(form.dates()[2])
    if warning and not form.sure.data:
        form.add_error("sure", f"{warning} Choose another day, or tick the box.")
    return not form.errors


def _real_dates(form: RoundForm, answer_days: list[int]) -> dict:
    if not form.is_readable():
        return {"deadlines": [], "holidays": [], "is_day_off": False, "answer_days": answer_days}
    opens_at, _, release_at = form.dates()
    deadlines = answer_deadlines(release_at, answer_days)
    return {
        "deadlines": list(zip(answer_days, deadlines, strict=True)),
        "holidays": bank_holidays_between(min(opens_at, release_at), deadlines[-1]),
        "is_day_off": release_warning(release_at) is not None,
        "answer_days": answer_days,
    }


@blueprint.get("/rounds/<int:round_id>", endpoint="round")
@for_staff
def show_round(round_id: int, form: NoForm | None = None) -> Response:
    actor = current_actor()
    round_ = service.get_round(actor, round_id)
    done = round_board.list_done(actor, round_id)
    sent_back = round_board.find_sent_back(done)
    return page(
        "authority/round.html",
        form=form,
        round=round_,
        steps=round_board.list_steps(round_, done),
        done=done,
        next_step=find_next_step(round_, actor.role, sent_back),
        sent_back=sent_back,
        counts=round_board.count_round(actor, round_id),
        n_plans=round_board.count_plans(round_),
        approvers=approvals.list_approvers(actor, round_id),
        waits=can(round_, Role.APPROVER, "approve"),
    )


@blueprint.get("/rounds/<int:round_id>/steps.csv")
@for_staff
def steps_file(round_id: int) -> Response:
    """Write the nine steps, the same as the bar and its list."""
    actor = current_actor()
    round_ = service.get_round(actor, round_id)
    steps = round_board.list_steps(round_, round_board.list_done(actor, round_id))
    rows = [(step.state, step.status, _instant(step.when), step.by or "") for step in steps]
    return csv_file(f"steps-{round_id}", ["step", "status", "date", "who"], rows)


def _instant(when: datetime | None) -> str:
    return when.astimezone(clock.LONDON).isoformat(timespec="minutes") if when else ""


@blueprint.post("/rounds/<int:round_id>/open")
@for_operators
def open_round(round_id: int) -> Response:
    form = NoForm()
    if form.is_sent():
        service.open_round(current_actor(), round_id)
        return redirect(url_for(".round", round_id=round_id), 303)
    return show_round(round_id, form)


@blueprint.route("/rounds/<int:round_id>/cancel", methods=["GET", "POST"])
@for_operators
def cancel_round(round_id: int) -> Response:
    effect = "Nothing is sent. Everyone stays in for the next round. This cannot be undone."
    return _stop(round_id, service.cancel_round, "cancel", ("Call the round off", effect))


@blueprint.route("/rounds/<int:round_id>/unlock", methods=["GET", "POST"])
@for_operators
def unlock_round(round_id: int) -> Response:
    effect = "The seal, the plans and any approval are void. They stay on record."
    return _stop(round_id, service.unlock_round, "unlock", ("Open the round again", effect))


def _stop(round_id: int, act: Callable, action: str, words: tuple[str, str]) -> Response:
    form, actor = ReasonForm(), current_actor()
    round_ = service.get_round(actor, round_id)
    if form.is_sent():
        done, _ = form.try_act(lambda: act(actor, round_id, form.reason.data))
        if done:
            flash("Done. The reason is kept with the round.")
            return redirect(url_for(".round", round_id=round_id), 303)
    facts = {"title": words[0], "effect": words[1], "action": action}
    return page("authority/stop_round.html", form=form, round=round_, **facts)

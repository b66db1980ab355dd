"""The days between release and the end of a round."""

from datetime import timedelta

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.vocabulary import Role
from placements.services import cascading, rounds
from placements.services.settling import get_settling
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.pictures import draw_answers
from placements.web.authority.steps import can, is_out
from placements.web.files import csv_file
from placements.web.forms import NoForm
from placements.web.pages import page

HEADER = ["hours_since_release", "open", "yes", "no", "no_answer"]


@blueprint.get("/rounds/<int:round_id>/settling")
@for_staff
def settling(round_id: int, form: NoForm | None = None) -> Response:
    actor = current_actor()
    round_ = rounds.get_round(actor, round_id)
    answers = get_settling(actor, round_id)
    hours = max(0, (clock.now() - round_.release_at) // timedelta(hours=1))
    picture = draw_answers(answers.moments, hours)
    return page(
        "authority/settling.html",
        form=form,
        round=round_,
        answers=answers,
        picture=picture,
        hours=hours,
        is_settling=can(round_, Role.SYSTEM, "finish"),
        is_out=is_out(round_),
    )


@blueprint.get("/rounds/<int:round_id>/settling.csv")
@for_staff
def settling_file(round_id: int) -> Response:
    moments = get_settling(current_actor(), round_id).moments
    rows = [(m.hour, m.waiting, m.yes, m.no, m.no_answer) for m in moments]
    return csv_file(f"answers-{round_id}", HEADER, rows)


@blueprint.post("/rounds/<int:round_id>/cascade")
@for_operators
def offer_freed(round_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        done, n_offered = form.try_act(lambda: cascading.cascade_round(actor, round_id))
        if done:
            flash(_words(n_offered))
            return redirect(url_for(".settling", round_id=round_id), 303)
    return settling(round_id, form)


def _words(n_offered: int) -> str:
    if not n_offered:
        return "No place could be offered."
    return "1 place was offered." if n_offered == 1 else f"{n_offered} places were offered."

"""R15: outcomes due, late and disputed; what became of somebody, for one or for several."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.outcome_words import ABOUT_THEM
from placements.domain.vocabulary import Role
from placements.services import contact_tries, outcome_list
from placements.services import outcomes as outcome_acts
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm, PlainForm, one_of
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint
from placements.web.providers.outcome_forms import OutcomeForm

MOST_AT_ONCE = 50


class TryForm(PlainForm):
    """A try to reach somebody, today."""

    tried = one_of(
        "How did you try today?", "Choose how you tried.", list(contact_tries.WAYS.items())
    )


@blueprint.get("/outcomes")
@open_to(Role.PROVIDER)
def outcomes() -> Response:
    disputed = request.args.get("show") == "disputed"
    lines = outcome_list.list_outcomes_due(current_actor())
    shown = [line for line in lines if line.is_disputed or not disputed]
    return page("providers/outcomes.html", lines=shown, n_all=len(lines), disputed=disputed)


@blueprint.get("/outcomes/same")
@open_to(Role.PROVIDER)
def same_outcome() -> Response:
    """Lead from the ticked lines to one page for them all."""
    ids = request.args.getlist("for", type=int)[:MOST_AT_ONCE]
    if not ids:
        flash("Tick the people first.", "refused")
        return redirect(url_for(".outcomes"), 303)
    also = ids[1:]
    return redirect(url_for(".record_outcome", checkpoint_id=ids[0], also=also), 303)


@blueprint.route("/outcomes/<int:checkpoint_id>", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def record_outcome(checkpoint_id: int) -> Response:
    actor, form = current_actor(), OutcomeForm()
    ids = [checkpoint_id, *request.args.getlist("also", type=int)[: MOST_AT_ONCE - 1]]
    lines = [outcome_list.get_outcome_line(actor, one) for one in dict.fromkeys(ids)]
    if form.is_sent():
        done, _ = form.try_act(
            lambda: outcome_acts.record_outcomes(
                actor, [line.checkpoint_id for line in lines], form.answer_given()
            )
        )
        if done:
            n = len(lines)
            flash("The outcome is saved." if n == 1 else f"{n} outcomes are saved.")
            return redirect(url_for(".outcomes"), 303)
    return _outcome_page(form, lines, TryForm(formdata=None))


def _outcome_page(form: PlainForm, lines: list, tries_form: TryForm) -> Response:
    tries = contact_tries.list_tries(current_actor(), lines[0].checkpoint_id)
    n_left = max(contact_tries.DAYS_NEEDED - contact_tries.count_tried_days(tries), 0)
    return page(
        "providers/outcome.html",
        form=form,
        tries_form=tries_form,
        outcome_form=form if isinstance(form, OutcomeForm) else OutcomeForm(formdata=None),
        lines=lines,
        tries=tries,
        n_left=n_left,
        words=ABOUT_THEM,
    )


@blueprint.post("/outcomes/<int:checkpoint_id>/try")
@open_to(Role.PROVIDER)
def record_try(checkpoint_id: int) -> Response:
    actor, form = current_actor(), TryForm()
    line = outcome_list.get_outcome_line(actor, checkpoint_id)
    if form.is_sent():
        done, _ = form.try_act(
            lambda: contact_tries.record_try(actor, checkpoint_id, form.tried.data)
        )
        if done:
            flash("The try is recorded with today's date.")
            return redirect(url_for(".record_outcome", checkpoint_id=checkpoint_id), 303)
    return _outcome_page(form, [line], form)


@blueprint.post("/outcomes/<int:checkpoint_id>/give-up")
@open_to(Role.PROVIDER)
def give_up(checkpoint_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    line = outcome_list.get_outcome_line(actor, checkpoint_id)
    if form.is_sent():
        done, _ = form.try_act(lambda: contact_tries.give_up(actor, checkpoint_id))
        if done:
            flash("Recorded: could not be reached.")
            return redirect(url_for(".outcomes"), 303)
    return _outcome_page(form, [line], TryForm(formdata=None))

"""A20: what young people say is not right, and a sample of answers to look at again."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.outcome_words import ABOUT_THEM
from placements.domain.vocabulary import OutcomeKind
from placements.services import outcome_list, verification
from placements.services.outcomes import Answer
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import SettleForm
from placements.web.forms import NoForm
from placements.web.pages import page

STANDS = "stands"
MOST_SHOWN = 50


@blueprint.get("/outcomes")
@for_staff
def outcomes(form: NoForm | None = None) -> Response:
    """Draw the sample by the year, so that everybody sees the same one all year."""
    actor, seed = current_actor(), clock.today().year
    n_due, n_late = outcome_list.count_waiting(actor)
    return page(
        "authority/outcomes.html",
        form=form,
        disputes=outcome_list.list_disputed(actor),
        contradicted=outcome_list.list_contradicted(actor)[:MOST_SHOWN],
        n_due=n_due,
        n_late=n_late,
        sample=[one for one in verification.list_sample(actor, seed) if one.is_right is None],
        rates=verification.list_errors(actor, seed),
        about=ABOUT_THEM,
        questions=outcome_list.QUESTIONS,
        seed=seed,
    )


@blueprint.post("/outcomes/answers/<int:outcome_id>/<any(right, wrong):found>")
@for_operators
def check_answer(outcome_id: int, found: str) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        is_right = found == "right"
        check = verification.check_answer_given
        done, _ = form.try_act(lambda: check(actor, outcome_id, is_right))
        if done:
            flash("Noted: it is right." if is_right else "Noted: it is wrong. It counts as such.")
            return redirect(url_for(".outcomes"), 303)
    return outcomes(form)


@blueprint.route("/outcomes/<int:checkpoint_id>", methods=["GET", "POST"])
@for_staff
def dispute(checkpoint_id: int) -> Response:
    form, actor = SettleForm(), current_actor()
    line = outcome_list.get_outcome_line(actor, checkpoint_id)
    form.what.choices = [
        (STANDS, "The answer that stands is right"),
        *((kind.value, words.capitalize()) for kind, words in ABOUT_THEM.items()),
    ]
    if form.is_sent():
        said = form.what.data
        right = None if said == STANDS else Answer(kind=OutcomeKind(said))
        done, _ = form.try_act(lambda: verification.settle_dispute(actor, checkpoint_id, right))
        if done:
            flash("Settled. The young person is told. The answer before is kept.")
            return redirect(url_for(".outcomes"), 303)
    return page(
        "authority/dispute.html",
        form=form,
        line=line,
        sides=outcome_list.list_sides(actor, checkpoint_id),
        about=ABOUT_THEM,
        can_settle=request.method == "POST" or line.is_disputed,
    )

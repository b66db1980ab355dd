"""E11 and E15: everything that is due on one page, with one save."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.vocabulary import Role
from placements.services import first_days, freshness
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.forms import NoForm
from placements.web.pages import page

TRUE = {"yes": "Yes, still true", "changed": "Something changed", "pause": "Pause it"}
CAME = {"came": "Came", "did_not_come": "Did not come", "later": "I will say later"}


@blueprint.route("/still-true", methods=["GET", "POST"], endpoint="still_true_all")
@open_to(Role.EMPLOYER)
def still_true() -> Response:
    form, actor = NoForm(), current_actor()
    due = freshness.list_due(actor)
    if form.is_sent():
        said = {p.id: request.form.get(f"placement-{p.id}", "") for p in due}
        done, to_change = form.try_act(lambda: freshness.answer_all(actor, said))
        if done:
            flash("Saved. Thank you.")
            where = url_for(".placement", placement_id=to_change[0]) if to_change else None
            return redirect(where or url_for(".still_true_all"), 303)
    next_on = freshness.find_next_due(actor)
    said = request.form if form.is_submitted() else {}
    return page(
        "employers/still_true.html", form=form, due=due, next_on=next_on, answers=TRUE, said=said
    )


@blueprint.route("/day-one", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def day_one() -> Response:
    form, actor = NoForm(), current_actor()
    starters = first_days.list_starters(actor)
    if form.is_sent():
        said = {one.id: request.form.get(f"person-{one.id}", "later") for one in starters}
        told, refused = first_days.record_first_days(actor, said)
        if told:
            flash("Saved. 1 answer is kept." if told == 1 else f"Saved. {told} answers are kept.")
        for words in refused:
            flash(words, "refused")
        return redirect(url_for(".day_one"), 303)
    return page(
        "employers/day_one.html", form=form, starters=starters, answers=CAME, today=clock.today()
    )

"""Everything that was recorded about the person, who said it, and "That's not right"."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.outcome_words import TO_YOU
from placements.domain.vocabulary import OutcomeKind, Role
from placements.services import my_page, outcomes
from placements.services.sight import find_hidden, set_sight
from placements.services.timeline import CAN_BE_WRONG, list_timeline
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint
from placements.web.young_people.forms import RightForm


@blueprint.get("/timeline")
@open_to(Role.YOUNG_PERSON)
def timeline() -> Response:
    actor, mine = current_actor(), my_page.get_my_page(current_actor()).application
    return page(
        "young_people/timeline.html",
        entries=list_timeline(actor),
        provider=mine.provider if mine else None,
        is_hidden=bool(mine and find_hidden([mine.id])),
    )


@blueprint.post("/timeline/<any(hide, show):way>")
@open_to(Role.YOUNG_PERSON)
def change_sight(way: str) -> Response:
    if NoForm().is_sent():
        set_sight(current_actor(), hidden=way == "hide")
        flash("Hidden from today." if way == "hide" else "They can see your answers again.")
    return redirect(url_for(".timeline"), 303)


@blueprint.route("/timeline/<int:checkpoint_id>/wrong", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def not_right(checkpoint_id: int) -> Response:
    actor, form = current_actor(), RightForm()
    checkpoint = outcomes.get_checkpoint(actor, checkpoint_id)
    found = outcomes.find_standing_outcome(checkpoint)
    if found is None:
        raise NotFound("Nothing was recorded yet.")
    if form.is_sent():
        seen = request.form.get("version", 0, type=int)
        outcomes.dispute_outcome(actor, checkpoint_id, seen, form.kind())
        flash("You said this is not right. We look at it within 5 working days.")
        return redirect(url_for(".timeline"), 303)
    if checkpoint.state not in CAN_BE_WRONG:
        return redirect(url_for(".timeline"), 303)
    said = TO_YOU[OutcomeKind(found.kind)]
    return page("young_people/not_right.html", form=form, said=said, checkpoint=checkpoint)

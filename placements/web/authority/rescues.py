"""People who lost a place: the best that is free for each, and the offer."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.services import hand_offers, rounds
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.forms import NoForm
from placements.web.pages import page


@blueprint.get("/rounds/<int:round_id>/rescue", endpoint="rescues")
@for_staff
def show_rescues(round_id: int) -> Response:
    actor = current_actor()
    round_ = rounds.get_round(actor, round_id)
    lost = hand_offers.list_lost_places(actor, round_id)
    return page("authority/rescues.html", round=round_, lost=lost)


@blueprint.get("/rescue/<int:application_id>")
@for_staff
def rescue(application_id: int, form: NoForm | None = None) -> Response:
    found = hand_offers.get_rescue(current_actor(), application_id)
    return page("authority/rescue.html", form=form, rescue=found)


@blueprint.post("/rescue/<int:application_id>/<int:placement_id>")
@for_operators
def offer_this(application_id: int, placement_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        offer = hand_offers.offer_by_hand
        done, _ = form.try_act(lambda: offer(actor, application_id, placement_id))
        if done:
            flash("The offer is out. They have 2 working days to answer.")
            return redirect(url_for(".home"), 303)
    return rescue(application_id, form)

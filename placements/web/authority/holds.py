"""An employer or a placement put on hold: who is affected, the reason, one page for both."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.services import employers, placements, suspensions
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators
from placements.web.forms import ReasonForm
from placements.web.pages import page


@blueprint.route("/employers/<int:employer_id>/suspend", methods=["GET", "POST"])
@for_operators
def suspend_employer(employer_id: int) -> Response:
    actor = current_actor()
    name = employers.get_employer(actor, employer_id).name
    affected = suspensions.list_affected(actor, employer_id)
    back_to = url_for(".employer", employer_id=employer_id)
    act = suspensions.suspend_employer
    return _hold(name, affected, back_to, lambda why: act(actor, employer_id, why))


@blueprint.route("/placements/<int:placement_id>/suspend", methods=["GET", "POST"])
@for_operators
def suspend_placement(placement_id: int) -> Response:
    actor = current_actor()
    placement = placements.get_placement(actor, placement_id)
    everyone = suspensions.list_affected(actor, placement.employer_id)
    affected = [one for one in everyone if one.placement_id == placement_id]
    back_to = url_for(".check_placement", placement_id=placement_id)
    act = suspensions.suspend_placement
    return _hold(placement.title, affected, back_to, lambda why: act(actor, placement_id, why))


def _hold(name: str | None, affected: list, back_to: str, act: Callable[[str], object]) -> Response:
    form = ReasonForm()
    if form.is_sent() and form.try_act(lambda: act(form.reason.data or ""))[0]:
        flash("On hold. No new offer is made there, and nobody starts there now.")
        return redirect(back_to, 303)
    facts = {"name": name, "affected": affected, "back_to": back_to}
    return page("authority/suspend.html", form=form, **facts)

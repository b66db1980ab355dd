"""E3: can you offer places this year."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.pledge_words import NOT_NOW
from placements.domain.vocabulary import Role
from placements.services import employer_today
from placements.services import pledges as service
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.forms import PlainForm, count, one_of
from placements.web.pages import page

ANSWERS = [
    ("yes", "Yes"),
    ("maybe", "Maybe. Show me what it takes"),
    ("not_now", "Not now"),
]


class PledgeForm(PlainForm):
    """Yes and how many, maybe, or not now and why."""

    answer = one_of("Can you offer places this year?", "Choose one.", ANSWERS)
    n_places = count("If yes, how many places?", None, "A first guess is fine.")
    reason = one_of("If not now, why?", None, list(NOT_NOW.items()))


@blueprint.get("/pledges", endpoint="pledges")
@open_to(Role.EMPLOYER)
def show_pledges() -> Response:
    actor = current_actor()
    said, places = service.list_pledges(actor), employer_today.count_places(actor)
    return page("employers/pledges.html", pledges=said, places=places, reasons=NOT_NOW)


@blueprint.route("/pledges/new", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def new_pledge() -> Response:
    form, actor = PledgeForm(), current_actor()
    if form.is_sent():
        said = form.answer.data, form.n_places.data, form.reason.data
        done, _ = form.try_act(lambda: service.record_pledge(actor, *said))
        if done:
            return _go_on(said[0])
    return page("employers/pledge.html", form=form)


def _go_on(answer: str) -> Response:
    """Lead whoever promised more than is described straight to the next placement."""
    places = employer_today.count_places(current_actor())
    if answer == "yes" and places.described < places.pledged:
        flash("Thank you. Your answer is kept. Describe a placement now: about 4 minutes.")
        return redirect(url_for(".new_placement"), 303)
    flash("Thank you. Your answer is kept.")
    return redirect(url_for(".pledges"), 303)

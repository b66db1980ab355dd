"""E14: what is agreed before a first day, and who has signed."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import agreements, employer_people
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.forms import NoForm
from placements.web.pages import page


@blueprint.route("/people/<int:assignment_id>/agreement", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def agreement(assignment_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    shown = employer_people.get_person(actor, assignment_id)
    if form.is_sent():
        done, _ = form.try_act(lambda: agreements.sign_agreement(actor, assignment_id))
        if done:
            flash("You have signed.")
            return redirect(url_for(".agreement", assignment_id=assignment_id), 303)
    terms = agreements.get_terms(actor, assignment_id)
    is_second = agreements.may_sign_second(actor, assignment_id)
    facts = {"person": shown, "terms": terms, "is_second": is_second}
    return page("employers/agreement.html", form=form, **facts)

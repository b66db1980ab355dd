"""Employers: who is verified, whom to call."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.services import employer_checks, employers, placements, suspensions
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import CapForm
from placements.web.forms import NoForm
from placements.web.pages import page


@blueprint.get("/employers", endpoint="employers")
@for_staff
def show_employers() -> Response:
    rows = employer_checks.list_employers(current_actor())
    return page("authority/employers.html", rows=rows)


@blueprint.get("/employers/<int:employer_id>", endpoint="employer")
@for_staff
def show_employer(employer_id: int, form: NoForm | CapForm | None = None) -> Response:
    actor = current_actor()
    employer = employers.get_employer(actor, employer_id)
    theirs = [p for p in placements.list_placements(actor) if p.employer_id == employer.id]
    return page(
        "authority/employer.html",
        form=form,
        cap_form=form if isinstance(form, CapForm) else CapForm(data={"cap": employer.cap}),
        employer=employer,
        members=employer_checks.list_members(actor, employer_id),
        sites=employers.list_sites(actor, employer_id),
        standing=employer_checks.get_standing(actor, employer_id),
        theirs=theirs,
        more=next((p for p in theirs if p.reference == request.args.get("more")), None),
    )


@blueprint.post("/employers/<int:employer_id>/cap")
@for_operators
def set_cap(employer_id: int) -> Response:
    form, actor = CapForm(), current_actor()
    if form.is_sent():
        done, _ = form.try_act(lambda: suspensions.set_cap(actor, employer_id, form.cap.data))
        if done:
            flash("Saved. Rounds that are sealed keep the lower of the two.")
            return redirect(url_for(".employer", employer_id=employer_id), 303)
    return show_employer(employer_id, form)


@blueprint.post("/employers/<int:employer_id>/verify")
@for_operators
def verify_employer(employer_id: int) -> Response:
    form = NoForm()
    if form.is_sent():
        employers.verify_employer(current_actor(), employer_id)
        flash("The employer is verified. Its placements can now be approved.")
        return redirect(url_for(".employer", employer_id=employer_id), 303)
    return show_employer(employer_id, form)

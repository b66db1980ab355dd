"""E16: how a placement ended, and a place that cannot be kept."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import Invalid
from placements.domain.vocabulary import Kind, Role
from placements.services import assignments, employer_people, starts
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint, may
from placements.web.employers.forms import EndForm, WhyForm
from placements.web.pages import page


@blueprint.route("/people/<int:assignment_id>/end", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def end(assignment_id: int) -> Response:
    form = EndForm()
    shown = employer_people.get_person(current_actor(), assignment_id)
    if not form.is_submitted() and not may(Kind.ASSIGNMENT, shown.state, "complete"):
        return redirect(url_for(".person", assignment_id=assignment_id), 302)
    if form.is_sent():
        done, _ = form.try_act(lambda: _end(assignment_id, form))
        if done:
            flash("Thank you. Noted.")
            return redirect(url_for(".person", assignment_id=assignment_id), 303)
    return page("employers/end.html", form=form, person=shown)


def _end(assignment_id: int, form: EndForm) -> None:
    actor, reason = current_actor(), form.reason.data or ""
    if form.how.data == "finished":
        starts.complete_assignment(actor, assignment_id)
        return
    if not reason:
        raise Invalid("reason", "Write why it ended early.")
    starts.end_early(actor, assignment_id, reason, by_employer=form.how.data == "ended")


@blueprint.route("/people/<int:assignment_id>/cancel", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def cancel(assignment_id: int) -> Response:
    actor, form = current_actor(), WhyForm()
    shown = employer_people.get_person(actor, assignment_id)
    if not form.is_submitted() and not may(Kind.ASSIGNMENT, shown.state, "cancel_by_employer"):
        return redirect(url_for(".person", assignment_id=assignment_id), 302)
    if form.is_sent():
        reason = form.reason.data
        done, _ = form.try_act(lambda: assignments.cancel_assignment(actor, assignment_id, reason))
        if done:
            flash("You cancelled. We tell them now and look for another place.")
            return redirect(url_for(".people"), 303)
    return page("employers/cancel.html", form=form, person=shown)

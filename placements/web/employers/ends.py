"""E16: how a placement ended, and a place that cannot be kept."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Kind, Role
from placements.services import assignments, employer_people, endings
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint, may
from placements.web.employers.forms import EndForm, WentForm, WhyForm
from placements.web.pages import page


@blueprint.route("/people/<int:assignment_id>/end", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def end(assignment_id: int) -> Response:
    actor = current_actor()
    shown = employer_people.get_person(actor, assignment_id)
    # A page that was opened while it ran still says how it ended: that is refused when it is over.
    is_over = endings.is_over(shown.state) and "how" not in request.form
    form = WentForm() if is_over else EndForm()
    if not form.is_submitted() and not _is_due(assignment_id, shown.state):
        return redirect(url_for(".person", assignment_id=assignment_id), 302)
    if form.is_sent():
        done, _ = form.try_act(lambda: _end(assignment_id, form))
        if done:
            flash("Thank you. Noted.")
            return redirect(url_for(".person", assignment_id=assignment_id), 303)
    n_noted = endings.count_days_noted(assignment_id)
    return page("employers/end.html", form=form, person=shown, n_noted=n_noted)


def _is_due(assignment_id: int, state: str) -> bool:
    if may(Kind.ASSIGNMENT, state, "complete"):
        return True
    return endings.may_tell(current_actor(), assignment_id)


def _end(assignment_id: int, form: WentForm) -> None:
    actor, told = current_actor(), form.told()
    if isinstance(form, EndForm):
        how, reason = form.how.data, form.reason.data or ""
        endings.end_placement(actor, assignment_id, how, reason, told)
    else:
        endings.tell_ending(actor, assignment_id, told)


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

"""R13: the agreement as the provider reads it: their part, a guardian's, and the DBS check."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import agreements, assignments, dbs_checks, guardians
from placements.services.dbs_checks import DbsDays
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm, PlainForm, day, text
from placements.web.pages import moment_words, page
from placements.web.providers.blueprint import blueprint


class GuardianForm(PlainForm):
    """How a parent or guardian signed."""

    how = text(
        "How did the parent or guardian sign?",
        "Write how they signed.",
        "For example, on paper in our office on 3 June",
        40,
        autocomplete="off",
    )


class DbsForm(PlainForm):
    """How far a DBS check is; what it says is never kept."""

    applied_on = day("Applied for on")
    sent_on = day("Papers sent on")
    back_on = day("Back on", hint="Do not write here what it says")

    def days(self) -> DbsDays:
        """Give the days as the service takes them."""
        return DbsDays(self.applied_on.data, self.sent_on.data, self.back_on.data)


@blueprint.route("/placed/<int:assignment_id>/agreement", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def agreement(assignment_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    assignments.get_assignment(actor, assignment_id)
    if form.is_sent():
        done, _ = form.try_act(lambda: agreements.sign_agreement(actor, assignment_id))
        if done:
            flash("You have signed.")
            return redirect(url_for(".agreement", assignment_id=assignment_id), 303)
    return _show(assignment_id, form)


@blueprint.post("/placed/<int:assignment_id>/agreement/guardian/link")
@open_to(Role.PROVIDER)
def send_guardian_link(assignment_id: int) -> Response:
    form = NoForm()
    done, at = form.try_act(lambda: guardians.send_guardian_link(current_actor(), assignment_id))
    if done:
        flash(f"The link goes to the parent or guardian on {moment_words(at)}.")
    else:
        flash(" ".join(form.form_errors), "refused")
    return redirect(url_for(".agreement", assignment_id=assignment_id), 303)


@blueprint.post("/placed/<int:assignment_id>/agreement/guardian")
@open_to(Role.PROVIDER)
def guardian_signed(assignment_id: int) -> Response:
    actor, form = current_actor(), GuardianForm()
    assignments.get_assignment(actor, assignment_id)
    if form.is_sent():
        how = form.how.data
        act = agreements.record_guardian_signature
        done, _ = form.try_act(lambda: act(actor, assignment_id, how))
        if done:
            flash("The signature is recorded.")
            return redirect(url_for(".agreement", assignment_id=assignment_id), 303)
    return _show(assignment_id, form, guardian=form)


@blueprint.post("/placed/<int:assignment_id>/agreement/dbs")
@open_to(Role.PROVIDER)
def keep_dbs_days(assignment_id: int) -> Response:
    actor, form = current_actor(), DbsForm()
    assignments.get_assignment(actor, assignment_id)
    if form.is_sent():
        days = form.days()
        done, _ = form.try_act(lambda: dbs_checks.keep_dbs_days(actor, assignment_id, days))
        if done:
            flash("Saved. The employer sees it on the agreement.")
            return redirect(url_for(".agreement", assignment_id=assignment_id), 303)
    return _show(assignment_id, form, dbs=form)


def _show(
    assignment_id: int,
    form: PlainForm,
    guardian: GuardianForm | None = None,
    dbs: DbsForm | None = None,
) -> Response:
    actor = current_actor()
    held = assignments.get_assignment(actor, assignment_id)
    terms = agreements.get_terms(actor, assignment_id)
    return page(
        "providers/agreement.html",
        form=form,
        held=held,
        terms=terms,
        sent_at=guardians.find_last_sent(assignment_id),
        guardian=guardian or GuardianForm(formdata=None),
        dbs=dbs or _filled(terms),
        may_keep_dbs=dbs_checks.may_keep(held),
    )


def _filled(terms: agreements.Terms) -> DbsForm:
    names = ("applied_on", "sent_on", "back_on")
    return DbsForm(formdata=None, data={name: getattr(terms, f"dbs_{name}") for name in names})

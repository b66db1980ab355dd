"""R11 and R12: offers that wait, answers given for somebody, first and last days."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused, IllegalMove
from placements.domain.vocabulary import Role
from placements.services import agreements, answers, assignments, chases, endings, starts
from placements.services.told import HOW_TOLD
from placements.web.access import current_actor, open_to
from placements.web.forms import PlainForm, long_text, one_of
from placements.web.pages import page
from placements.web.providers.asking import told_words
from placements.web.providers.blueprint import blueprint

RUNNING = ("accepted", "confirmed", "started")


class AnswerForm(PlainForm):
    """An answer to an offer, as it was told."""

    answer = one_of(
        "What did they say?", "Choose yes or no.", [("yes", "Yes"), ("no", "No, thank you")]
    )
    how = one_of("How did they tell you?", "Choose how they told you.", list(HOW_TOLD.items()))
    reason = long_text("Why not? (optional)", hint="Only for a no", length=1000)


class EndForm(PlainForm):
    """How a placement ended."""

    how = one_of(
        "How did it end?",
        "Choose how it ended.",
        [
            ("finished", "They finished"),
            ("left", "They left early"),
            ("ended", "The employer ended it early"),
        ],
    )
    reason = long_text(
        "Why did it end early?",
        hint="Only if it ended early. The people it concerns will read it",
        length=1000,
    )


class CancelForm(PlainForm):
    """Why somebody cannot come."""

    reason = long_text("Why?", "Write the reason.", "The employer will read it.", length=1000)


@blueprint.get("/answers")
@open_to(Role.PROVIDER)
def answers_due() -> Response:
    offers = assignments.list_assignments(current_actor(), ("offered",))
    offers.sort(key=lambda offer: (offer.deadline_at is None, offer.deadline_at))
    return page(
        "providers/answers.html",
        offers=offers,
        last=chases.find_last_chases(offer.id for offer in offers),
        why_not=chases.find_offer_reasons(offers),
    )


@blueprint.post("/answers/ask")
@open_to(Role.PROVIDER)
def chase_selected() -> Response:
    asked = request.form.getlist("offer", type=int)
    told = chases.chase_offers(current_actor(), asked)
    flash(told_words(told), "success" if any(one.goes for one in told) else "refused")
    return redirect(url_for(".answers_due"), 303)


@blueprint.route("/placed/<int:assignment_id>/answer", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def answer_offer(assignment_id: int) -> Response:
    actor, form = current_actor(), AnswerForm()
    offer = assignments.get_assignment(actor, assignment_id)
    if form.is_sent():
        done, _ = form.try_act(
            lambda: answers.answer_for_person(
                actor,
                assignment_id,
                yes=form.answer.data == "yes",
                how=form.how.data,
                reason=form.reason.data,
            )
        )
        if done:
            flash("Recorded as told to you.")
            return redirect(url_for(".placement_of", assignment_id=assignment_id), 303)
    return page("providers/answer.html", form=form, offer=offer)


@blueprint.get("/placed")
@open_to(Role.PROVIDER)
def placed() -> Response:
    actor = current_actor()
    held = assignments.list_assignments(actor, RUNNING)
    return page("providers/placed.html", held=held, terms=agreements.list_terms(held))


@blueprint.get("/placed/<int:assignment_id>")
@open_to(Role.PROVIDER)
def placement_of(assignment_id: int) -> Response:
    actor = current_actor()
    held = assignments.get_assignment(actor, assignment_id)
    terms = agreements.find_terms(actor, assignment_id)
    went = endings.list_words(actor, assignment_id)
    return page("providers/placement_of.html", held=held, terms=terms, went=went)


@blueprint.post("/placed/<int:assignment_id>/<any(came, did_not_come):way>")
@open_to(Role.PROVIDER)
def first_day(assignment_id: int, way: str) -> Response:
    act = {"came": starts.start_assignment, "did_not_come": starts.record_no_show}[way]
    try:
        act(current_actor(), assignment_id)
    except (GuardRefused, IllegalMove) as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for(".placement_of", assignment_id=assignment_id), 303)


@blueprint.route("/placed/<int:assignment_id>/end", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def end_placement(assignment_id: int) -> Response:
    actor, form = current_actor(), EndForm()
    held = assignments.get_assignment(actor, assignment_id)
    if form.is_sent() and _check_reason(form):
        done, _ = form.try_act(lambda: _end(assignment_id, form))
        if done:
            return redirect(url_for(".placement_of", assignment_id=assignment_id), 303)
    return page("providers/end.html", form=form, held=held)


def _check_reason(form: EndForm) -> bool:
    if form.how.data != "finished" and not form.reason.data:
        form.add_error("reason", "Write why it ended early.")
    return not form.errors


def _end(assignment_id: int, form: EndForm) -> None:
    actor, early = current_actor(), form.how.data != "finished"
    if early:
        by_employer = form.how.data == "ended"
        starts.end_early(actor, assignment_id, form.reason.data, by_employer=by_employer)
    else:
        starts.complete_assignment(actor, assignment_id)


@blueprint.route("/placed/<int:assignment_id>/cancel", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def cancel_placement(assignment_id: int) -> Response:
    actor, form = current_actor(), CancelForm()
    held = assignments.get_assignment(actor, assignment_id)
    if form.is_sent():
        done, _ = form.try_act(
            lambda: assignments.cancel_assignment(actor, assignment_id, form.reason.data)
        )
        if done:
            return redirect(url_for(".placement_of", assignment_id=assignment_id), 303)
    return page("providers/cancel.html", form=form, held=held)

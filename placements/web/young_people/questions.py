"""“What are you doing now?”: seven answers, at most two more questions, or rather not say."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused, IllegalMove, NotFound
from placements.domain.outcome_words import TO_YOU
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.services import accounts, outcomes
from placements.services.my_links import OpenedLink, open_link
from placements.web import access
from placements.web.access import current_actor, open_to
from placements.web.errors import error_page
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint
from placements.web.young_people.forms import MORE_FORMS, NowForm, PlainForm, answer_alone

OLD_LINK = "This link is too old. We can send you a new one."
OPEN_STATES = (*outcomes.OPEN_STATES, "unable_to_contact")
"""An answer may come late: nobody is asked any more, and what they say still counts."""


def _more_form(answer: str) -> PlainForm:
    """Return the form with the next questions after an answer; an unknown answer has no page."""
    if answer not in MORE_FORMS:
        abort(404)
    return MORE_FORMS[answer]()


# By link.


@blueprint.route("/c/by/<token>", methods=["GET", "POST"])
@open_to(scope="link")
def question_by_link(token: str) -> Response:
    link, form = open_link(token, "checkpoint"), NowForm()
    shut = _find_shut(token, link)
    if shut is not None:
        return shut
    if form.is_sent():
        if form.now.data in MORE_FORMS:
            return redirect(url_for(".more_by_link", token=token, answer=form.now.data), 303)
        return _keep_by_link(token, link, form, answer_alone(form.now.data))
    return page("young_people/question.html", form=form)


@blueprint.route("/c/by/<token>/<answer>", methods=["GET", "POST"])
@open_to(scope="link")
def more_by_link(token: str, answer: str) -> Response:
    link, form = open_link(token, "checkpoint"), _more_form(answer)
    shut = _find_shut(token, link)
    if shut is not None:
        return shut
    if form.is_sent():
        return _keep_by_link(token, link, form, form.answer())
    back = url_for(".question_by_link", token=token)
    return page("young_people/question_more.html", form=form, back_to=back)


def _find_shut(token: str, link: OpenedLink) -> Response | None:
    """Return the page of a link that no longer asks: used, answered or old; None while it asks."""
    checkpoint = outcomes.get_checkpoint(link.actor, link.subject_id)
    if link.state == "used" or checkpoint.state not in OPEN_STATES:
        return page("young_people/question_answered.html")
    if link.state == "old":
        renew_url = url_for("accounts.renew", token=token)
        return error_page("This link is too old", OLD_LINK, 410, renew_url)
    return None


def _keep_by_link(
    token: str, link: OpenedLink, form: PlainForm, answer: outcomes.Answer
) -> Response:
    done, refused = _keep(link.actor, link.subject_id, form, answer)
    if not done:
        return refused
    try:
        session_token = accounts.use_link(token)
    except NotFound:
        return redirect(url_for(".question_by_link", token=token), 303)
    access.sign_in_as(session_token, link.hat_key)
    return redirect(url_for(".thanks", checkpoint_id=link.subject_id), 303)


# Signed in.


@blueprint.route("/c/<int:checkpoint_id>", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def question(checkpoint_id: int) -> Response:
    if not _asks(checkpoint_id):
        return redirect(url_for(".thanks", checkpoint_id=checkpoint_id), 303)
    form = NowForm()
    if form.is_sent():
        if form.now.data in MORE_FORMS:
            more = url_for(".more", checkpoint_id=checkpoint_id, answer=form.now.data)
            return redirect(more, 303)
        return _keep_signed_in(checkpoint_id, form, answer_alone(form.now.data))
    return page("young_people/question.html", form=form)


@blueprint.route("/c/<int:checkpoint_id>/<answer>", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def more(checkpoint_id: int, answer: str) -> Response:
    if not _asks(checkpoint_id):
        return redirect(url_for(".thanks", checkpoint_id=checkpoint_id), 303)
    form = _more_form(answer)
    if form.is_sent():
        return _keep_signed_in(checkpoint_id, form, form.answer())
    back = url_for(".question", checkpoint_id=checkpoint_id)
    return page("young_people/question_more.html", form=form, back_to=back)


def _keep_signed_in(checkpoint_id: int, form: PlainForm, answer: outcomes.Answer) -> Response:
    done, refused = _keep(current_actor(), checkpoint_id, form, answer)
    return redirect(url_for(".thanks", checkpoint_id=checkpoint_id), 303) if done else refused


def _asks(checkpoint_id: int) -> bool:
    checkpoint = outcomes.get_checkpoint(current_actor(), checkpoint_id)
    return checkpoint.state in OPEN_STATES


def _keep(
    actor: Actor, checkpoint_id: int, form: PlainForm, answer: outcomes.Answer
) -> tuple[bool, Response | None]:
    """Record the answer; where it cannot be, return the page that says so."""
    try:
        done, _ = form.try_act(lambda: outcomes.record_outcome(actor, checkpoint_id, answer))
    except (GuardRefused, IllegalMove) as refusal:
        form.add_error("", str(refusal))
        done = False
    if done:
        return True, None
    template = "question" if isinstance(form, NowForm) else "question_more"
    return False, page(f"young_people/{template}.html", form=form, back_to=request.path)


@blueprint.get("/c/<int:checkpoint_id>/thanks")
@open_to(Role.YOUNG_PERSON)
def thanks(checkpoint_id: int) -> Response:
    checkpoint = outcomes.get_checkpoint(current_actor(), checkpoint_id)
    found = outcomes.find_standing_outcome(checkpoint)
    said = TO_YOU[OutcomeKind(found.kind)] if found else ""
    return page("young_people/question_thanks.html", said=said, checkpoint=checkpoint)

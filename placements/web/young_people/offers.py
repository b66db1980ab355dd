"""An offer and its answer: by the link of a message or signed in; reading it changes nothing."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import current_app, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused, IllegalMove, NotFound, Stale
from placements.domain.vocabulary import Kind, Role
from placements.services import accounts, asks, assignments, my_page, receipts
from placements.services.my_links import OpenedLink, open_link
from placements.services.my_offers import OfferFacts, describe_offer, write_calendar_file
from placements.services.past_outcomes import find_past
from placements.web import access
from placements.web.access import current_actor, open_to
from placements.web.errors import error_page
from placements.web.forms import NoForm
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint
from placements.web.young_people.forms import SayNoForm

CHANGED = "This changed while you were reading. Nothing was sent. This is how it is now."
OLD_LINK = "This link is too old. We can send you a new one."


def try_answer(answer: Callable[[], object]) -> str:
    """Give an answer; return why it could not be given, or nothing."""
    try:
        answer()
    except GuardRefused as refusal:
        return str(refusal)
    except (IllegalMove, Stale):
        return CHANGED
    return ""


# By link: whoever holds it may answer once; nothing but the answer uses it up.


@blueprint.route("/offer/<token>", methods=["GET", "POST"])
@open_to(scope="link")
def offer_by_link(token: str) -> Response:
    link = open_link(token, "offer")
    if request.method == "POST" and link.state == "open":
        told = try_answer(lambda: assignments.accept_offer(link.actor, link.subject_id))
        if not told:
            return _sign_in(token, link, ".said_yes")
        return _show_by_link(token, link, told)
    return _show_by_link(token, link)


@blueprint.route("/offer/<token>/no", methods=["GET", "POST"])
@open_to(scope="link")
def no_by_link(token: str) -> Response:
    link, form = open_link(token, "offer"), SayNoForm()
    offer = _describe(link)
    if link.state != "open" or not offer.is_open:
        return redirect(url_for(".offer_by_link", token=token), 303)
    if form.is_sent():
        told = try_answer(lambda: _decline(link.actor, link.subject_id, form))
        return _show_by_link(token, link, told) if told else _sign_in(token, link, ".say_no")
    back = url_for(".offer_by_link", token=token)
    return page("young_people/say_no.html", form=form, offer=offer, back_to=back)


@blueprint.get("/offer/<token>/why")
@open_to(scope="link")
def why_by_link(token: str) -> Response:
    link = open_link(token, "offer")
    if link.state != "open":
        return redirect(url_for(".offer_by_link", token=token), 303)
    back = url_for(".offer_by_link", token=token)
    return _show_why(link.actor, _describe(link), back, by_link=True)


def _describe(link: OpenedLink) -> OfferFacts:
    return describe_offer(assignments.get_assignment(link.actor, link.subject_id))


def _sign_in(token: str, link: OpenedLink, then: str) -> Response:
    """Use the link up for the answer just given, and go on as the person it is about."""
    try:
        session_token = accounts.use_link(token)
    except NotFound:
        return redirect(url_for(".offer_by_link", token=token), 303)
    access.sign_in_as(session_token, link.hat_key)
    return redirect(url_for(then), 303)


def _show_by_link(token: str, link: OpenedLink, told: str = "") -> Response:
    offer = _describe(link)
    if link.state == "old" and offer.is_open:
        return error_page(
            "This link is too old", OLD_LINK, 410, url_for("accounts.renew", token=token)
        )
    if link.state != "open" or not offer.is_open:
        return page("young_people/answered.html", offer=offer, told=told, status=_status(told))
    urls = {
        "yes_url": url_for(".offer_by_link", token=token),
        "no_url": url_for(".no_by_link", token=token),
        "why_url": url_for(".why_by_link", token=token),
    }
    return _offer_page(offer, told, urls)


def _offer_page(offer: OfferFacts, told: str, urls: dict[str, str]) -> Response:
    past = find_past(offer.assignment.placement)
    return page(
        "young_people/offer.html", offer=offer, past=past, told=told, status=_status(told), **urls
    )


def _status(told: str) -> int:
    return 409 if told else 200


def _decline(actor, assignment_id: int, form: SayNoForm) -> None:
    assignments.decline_offer(actor, assignment_id, form.reason.data)


# Signed in.


def _my_offer() -> OfferFacts | None:
    found = my_page.find_my_assignment(current_actor())
    return describe_offer(found) if found else None


@blueprint.route("/offer", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def offer() -> Response:
    told = ""
    if request.method == "POST":
        assignment_id = request.form.get("assignment_id", 0, type=int)
        told = try_answer(lambda: assignments.accept_offer(current_actor(), assignment_id))
        if not told:
            return redirect(url_for(".said_yes"), 303)
    mine = _my_offer()
    if mine is None:
        return page("young_people/no_offer.html")
    if not mine.is_open:
        return page("young_people/answered.html", offer=mine, told=told, status=_status(told))
    urls = {
        "yes_url": url_for(".offer"),
        "no_url": url_for(".say_no"),
        "why_url": url_for(".why"),
    }
    return _offer_page(mine, told, urls)


@blueprint.get("/offer/yes")
@open_to(Role.YOUNG_PERSON)
def said_yes() -> Response:
    mine = _my_offer()
    if mine is None or not mine.said_yes:
        return redirect(url_for(".offer"), 303)
    return page("young_people/said_yes.html", offer=mine)


@blueprint.route("/offer/no", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def say_no() -> Response:
    mine, form = _my_offer(), SayNoForm()
    if mine is not None and mine.said_no:
        application = mine.assignment.application
        round_ = my_page.find_my_round(application)
        supporters = my_page.list_supporters(application)
        facts = {"round_": round_, "supporters": supporters}
        return page("young_people/said_no.html", offer=mine, **facts)
    if mine is None or not mine.is_open:
        return redirect(url_for(".offer"), 303)
    if form.is_sent():
        assignment_id = request.form.get("assignment_id", 0, type=int)
        told = try_answer(lambda: _decline(current_actor(), assignment_id, form))
        if told:
            return page("young_people/answered.html", offer=_my_offer(), told=told, status=409)
        return redirect(url_for(".say_no"), 303)
    return page("young_people/say_no.html", form=form, offer=mine, back_to=url_for(".offer"))


@blueprint.route("/offer/why", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def why() -> Response:
    mine = _my_offer()
    if mine is None:
        return redirect(url_for(".offer"), 303)
    if request.method == "POST":
        asks.ask_for_check(current_actor(), mine.assignment.id)
        return redirect(url_for(".why"), 303)
    return _show_why(current_actor(), mine, url_for(".offer"))


def _show_why(actor, offer: OfferFacts, back_to: str, *, by_link: bool = False) -> Response:
    receipt = receipts.get_receipt(actor, offer.assignment.id)
    asked = asks.find_asked(asks.CHECK, Kind.ASSIGNMENT, offer.assignment.id)
    facts = {"receipt": receipt, "asked": asked, "back_to": back_to, "by_link": by_link}
    return page("young_people/why.html", form=NoForm(), offer=offer, **facts)


@blueprint.get("/offer/first-day.ics")
@open_to(Role.YOUNG_PERSON)
def first_day_file() -> Response:
    found = my_page.find_my_assignment(current_actor())
    if found is None or found.start_on is None:
        return redirect(url_for(".offer"), 303)
    host = urlsplit(current_app.config["SETTINGS"].public_base_url).hostname or "localhost"
    response = make_response(write_calendar_file(found, host))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="first-day.ics"'
    return response

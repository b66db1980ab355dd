"""The placement: its first day, what to sign, "I am here", and when something is wrong."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.vocabulary import Role
from placements.services import agreements, asks, endings, guardians, my_page, starts, travel_plans
from placements.services.my_offers import OfferFacts, describe_offer
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint, region_folder
from placements.web.young_people.forms import TROUBLE_WORDS, WrongForm
from placements.web.young_people.offers import try_answer

ELSEWHERE = "https://www.bbc.co.uk/weather"
"""Where "Leave this page quickly" leads: a page that tells nothing to who looks over a shoulder."""


def _my_placement() -> OfferFacts | None:
    found = my_page.find_my_assignment(current_actor())
    mine = describe_offer(found) if found else None
    return mine if mine and mine.said_yes else None


def _sent_id() -> int:
    return request.form.get("assignment_id", 0, type=int)


@blueprint.get("/placement")
@open_to(Role.YOUNG_PERSON)
def placement() -> Response:
    return _show()


def _show(told: str = "") -> Response:
    mine, said = _my_placement(), endings.list_my_lines(current_actor())
    if mine is None:
        return page("young_people/no_placement.html", lines_of_me=said)
    supporters = my_page.list_supporters(mine.assignment.application)
    terms = agreements.find_terms(current_actor(), mine.assignment.id)
    facts = {
        "offer": mine,
        "supporters": supporters,
        "told": told,
        "terms": terms,
        "lines_of_me": said,
    }
    facts["trip"] = travel_plans.find_trip(mine.assignment, region_folder())
    return page("young_people/placement.html", status=409 if told else 200, **facts)


@blueprint.post("/placement/sign")
@open_to(Role.YOUNG_PERSON)
def sign() -> Response:
    told = try_answer(lambda: agreements.sign_agreement(current_actor(), _sent_id()))
    if told:
        return _show(told)
    flash("You signed the agreement.")
    return redirect(url_for(".placement"), 303)


@blueprint.post("/placement/guardian")
@open_to(Role.YOUNG_PERSON)
def send_guardian_link() -> Response:
    told = try_answer(lambda: guardians.send_guardian_link(current_actor(), _sent_id()))
    if told:
        return _show(told)
    flash("We send the link to your parent or guardian.")
    return redirect(url_for(".placement"), 303)


@blueprint.post("/placement/here")
@open_to(Role.YOUNG_PERSON)
def here() -> Response:
    told = try_answer(lambda: starts.start_assignment(current_actor(), _sent_id()))
    if told:
        return _show(told)
    flash("You are here. Have a good first day.")
    return redirect(url_for(".placement"), 303)


@blueprint.route("/placement/wrong", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def wrong() -> Response:
    mine, form = _my_placement(), WrongForm()
    if mine is None:
        return redirect(url_for(".placement"), 303)
    if form.is_sent():
        trouble = form.trouble.data
        asks.tell_something_wrong(current_actor(), mine.assignment.id, trouble)
        return redirect(url_for(".told_wrong", trouble=trouble.replace("_", "-")), 303)
    supporters = my_page.list_supporters(mine.assignment.application)
    facts = {"offer": mine, "supporters": supporters, "elsewhere": ELSEWHERE}
    return page("young_people/wrong_there.html", form=form, **facts)


@blueprint.get("/placement/wrong/<trouble>")
@open_to(Role.YOUNG_PERSON)
def told_wrong(trouble: str) -> Response:
    mine, words = _my_placement(), TROUBLE_WORDS.get(trouble.replace("-", "_"))
    if mine is None or words is None:
        raise NotFound("There is no such page.")
    supporters = my_page.list_supporters(mine.assignment.application)
    facts = {"words": words, "supporters": supporters, "elsewhere": ELSEWHERE}
    return page("young_people/told_wrong.html", is_urgent=trouble == "safety", **facts)

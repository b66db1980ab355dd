"""The first page: one next thing; a break; and what happens when there was no place."""

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.vocabulary import Kind, Role
from placements.services import applications, asks, my_page
from placements.services.my_choices import list_choices
from placements.services.receipts import find_no_place
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint


def my_application():
    """Return the entry of who is signed in; without one, only the first page has words for them."""
    found = my_page.find_my_application(current_actor())
    if found is None:
        abort(redirect(url_for("young_people.home"), 303))
    return found


@blueprint.get("")
@open_to(Role.YOUNG_PERSON)
def home() -> Response:
    mine = my_page.get_my_page(current_actor())
    choices = list_choices(mine.application) if mine.application else []
    supporters = my_page.list_supporters(mine.application)
    return page("young_people/home.html", mine=mine, choices=choices, supporters=supporters)


@blueprint.get("/no-place")
@open_to(Role.YOUNG_PERSON)
def no_place() -> Response:
    mine = my_page.get_my_page(current_actor())
    if mine.application is None or mine.no_place is None:
        return redirect(url_for(".home"), 303)
    supporters = my_page.list_supporters(mine.application)
    asked = {
        action: asks.find_asked(action, Kind.APPLICATION, mine.application.id)
        for action in (asks.CHECK, asks.STAY)
    }
    facts = {"stays": asked[asks.STAY], "check": asked[asks.CHECK], "supporters": supporters}
    return page("young_people/no_place.html", mine=mine, **facts)


@blueprint.post("/no-place/stay")
@open_to(Role.YOUNG_PERSON)
def stay() -> Response:
    asks.stay_in_next_round(current_actor(), my_application().id)
    flash("You are in the next round. You do not need to do anything more.")
    return redirect(url_for(".no_place"), 303)


@blueprint.post("/no-place/check")
@open_to(Role.YOUNG_PERSON)
def check_no_place() -> Response:
    application = my_application()
    if find_no_place(application) is None:
        raise NotFound("There is nothing to check.")
    asks.ask_for_no_place_check(current_actor(), application.id)
    return redirect(url_for(".no_place"), 303)


@blueprint.post("/break")
@open_to(Role.YOUNG_PERSON)
def take_break() -> Response:
    applications.hold_application(current_actor(), my_application().id)
    flash("Your break has begun. No round counts you in until you come back.")
    return redirect(url_for(".home"), 303)


@blueprint.post("/back")
@open_to(Role.YOUNG_PERSON)
def come_back() -> Response:
    applications.resume_application(current_actor(), my_application().id)
    flash("You are in the next round.")
    return redirect(url_for(".home"), 303)

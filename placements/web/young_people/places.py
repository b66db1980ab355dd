"""Places to look at, the list of choices in order, and sending it."""

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused
from placements.domain.vocabulary import Role
from placements.services import my_choices, my_page, reach
from placements.services.gazetteer import find_home_sector, get_rules
from placements.services.my_offers import map_url
from placements.services.past_outcomes import find_past
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.reach_map import map_file, show_map
from placements.web.young_people.blueprint import blueprint, region_folder
from placements.web.young_people.forms import WishesForm
from placements.web.young_people.home import my_application

ON_A_PAGE = 10


@blueprint.get("/places")
@open_to(Role.YOUNG_PERSON)
def places() -> Response:
    application = my_application()
    found = reach.list_reach(application)
    near = [one for one in found if one.obstacle is None]
    openers = [] if near else reach.list_openers(application)
    number = _page_number(len(near))
    facts = {
        "shown": near[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        "n_near": len(near),
        "n_far": len(found) - len(near),
        "number": number,
        "n_pages": max(1, -(-len(near) // ON_A_PAGE)),
    }
    chosen = {choice.placement.id for choice in my_choices.list_choices(application)}
    return page("young_people/places.html", openers=openers, chosen=chosen, **facts)


def _page_number(n_places: int) -> int:
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= max(1, -(-n_places // ON_A_PAGE)):
        abort(404)
    return number


@blueprint.get("/places/map")
@open_to(Role.YOUNG_PERSON)
def places_map() -> Response:
    application, folder = my_application(), region_folder()
    return show_map(
        "young_people/places_map.html",
        url_for(".places_file"),
        reach.list_reach(application),
        find_home_sector(folder, application.candidate.postcode),
        folder,
        place_url=lambda placement_id: url_for(".place", placement_id=placement_id),
    )


@blueprint.get("/places/map.csv")
@open_to(Role.YOUNG_PERSON)
def places_file() -> Response:
    return map_file("places-in-reach", reach.list_reach(my_application()))


@blueprint.get("/places/<int:placement_id>")
@open_to(Role.YOUNG_PERSON)
def place(placement_id: int) -> Response:
    application = my_application()
    placement = my_choices.get_open_placement(application, placement_id)
    chosen = [choice.placement.id for choice in my_choices.list_choices(application)]
    never = [one.placement.id for one in my_choices.list_never_places(application)]
    return page(
        "young_people/place.html",
        placement=placement,
        line=reach.find_live_reach(application, placement),
        past=find_past(placement),
        is_chosen=placement.id in chosen,
        is_never=placement.id in never,
        map_url=map_url(placement.site) if placement.site else "",
    )


@blueprint.post("/places/<int:placement_id>/<any(add, up, down, drop, never, not_never):way>")
@open_to(Role.YOUNG_PERSON)
def change_list(placement_id: int, way: str) -> Response:
    try:
        _change(my_application().id, placement_id, way)
    except GuardRefused as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for(".choices"), 303)


def _change(application_id: int, placement_id: int, way: str) -> None:
    actor, folder = current_actor(), region_folder()
    if way == "add":
        my_choices.add_choice(actor, application_id, placement_id, folder)
    elif way == "drop":
        my_choices.drop_choice(actor, application_id, placement_id, folder)
    elif way in ("up", "down"):
        my_choices.move_choice(actor, application_id, placement_id, way, folder)
    else:
        my_choices.set_never(actor, application_id, placement_id, way == "never", folder)


@blueprint.route("/choices", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def choices() -> Response:
    application, rules = my_application(), get_rules(region_folder())
    form = WishesForm.of(application, rules.sectors)
    if form.is_sent():
        done, _ = form.try_act(lambda: form.save(current_actor(), application.id, region_folder()))
        if done:
            return redirect(url_for(".check"), 303)
    return page(
        "young_people/choices.html", form=form, most=rules.max_choices, **_list(application)
    )


def _list(application) -> dict:
    round_ = my_page.find_my_round(application)
    return {
        "choices": my_choices.list_choices(application),
        "never_places": my_choices.list_never_places(application),
        "round_": round_,
        "is_honest": my_choices.is_ranking_honest(round_.round_id if round_ else None),
    }


@blueprint.route("/check", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def check() -> Response:
    application, rules = my_application(), get_rules(region_folder())
    if request.method == "POST":
        my_choices.send_choices(current_actor(), application.id)
        return redirect(url_for(".sent"), 303)
    names = {sector.code: sector.name for sector in rules.sectors}
    facts = {"application": application, "names": names, **_list(application)}
    facts["travel"] = rules.travel
    return page("young_people/check.html", **facts)


@blueprint.get("/sent")
@open_to(Role.YOUNG_PERSON)
def sent() -> Response:
    application = my_application()
    facts = {"application": application, "round_": my_page.find_my_round(application)}
    return page("young_people/sent.html", **facts)

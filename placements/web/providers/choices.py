"""R8: what a person can reach, ranked with buttons, and what they like or never want."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused, Invalid
from placements.domain.vocabulary import Role
from placements.services import applications, my_choices, past_figures, reach
from placements.services.gazetteer import find_home_sector
from placements.services.my_choices import save_wishes
from placements.web.access import current_actor, open_to
from placements.web.forms import PlainForm, some_of
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder, region_rules
from placements.web.reach_map import map_file, show_map

ON_A_PAGE = 20


class LikesForm(PlainForm):
    """Sectors a person likes, and those never to offer."""

    sectors = some_of("Kinds of work they like", [])
    never_sectors = some_of("Kinds of work never to offer", [], "No reason is asked")


@blueprint.route("/people/<int:application_id>/choices", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def choices(application_id: int) -> Response:
    application = applications.get_application(current_actor(), application_id)
    form = LikesForm()
    for field in (form.sectors, form.never_sectors):
        field.choices = [(sector.code, sector.name) for sector in region_rules().sectors]
    if not form.is_submitted():
        form.sectors.data = application.sectors
        form.never_sectors.data = (application.never or {}).get("sectors", [])
    elif form.is_sent() and form.try_act(lambda: _save(application_id, form))[0]:
        flash("Saved.")
        return redirect(url_for(".choices", application_id=application_id), 303)
    return page("providers/choices.html", form=form, **_facts(application))


def _save(application_id: int, form: LikesForm) -> None:
    actor = current_actor()
    needs = applications.get_application(actor, application_id).candidate.access_needs
    liked, never = form.sectors.data or [], form.never_sectors.data or []
    save_wishes(actor, application_id, liked, never, needs, region_folder())


def _facts(application) -> dict:
    found = reach.list_reach(application)
    near = [one for one in found if one.obstacle is None]
    n_pages = max(1, -(-len(near) // ON_A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), n_pages)
    chosen = my_choices.list_choices(application)
    return {
        "application": application,
        "region_rules": region_rules(),
        "chosen": chosen,
        "chosen_ids": {choice.placement.id for choice in chosen},
        "lines": {one.placement.id: one for one in found},
        "never": my_choices.list_never_places(application),
        "shown": near[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        "n_near": len(near),
        "n_far": len(found) - len(near),
        "n_places": sum(one.placement.capacity - one.placement.held for one in near),
        "number": number,
        "n_pages": n_pages,
        "openers": [] if near else reach.list_openers(application),
        "came": past_figures.count_came_before(application.region_id),
    }


@blueprint.get("/people/<int:application_id>/choices/map")
@open_to(Role.PROVIDER)
def choices_map(application_id: int) -> Response:
    application = applications.get_application(current_actor(), application_id)
    folder = region_folder()
    return show_map(
        "providers/choices_map.html",
        url_for(".choices_file", application_id=application_id),
        reach.list_reach(application),
        find_home_sector(folder, application.candidate.postcode),
        folder,
        application=application,
        place_url=lambda placement_id: url_for(".place", placement_id=placement_id),
    )


@blueprint.get("/people/<int:application_id>/choices/map.csv")
@open_to(Role.PROVIDER)
def choices_file(application_id: int) -> Response:
    application = applications.get_application(current_actor(), application_id)
    return map_file(f"in-reach-{application.reference}", reach.list_reach(application))


@blueprint.post(
    "/people/<int:application_id>/choices/<int:placement_id>"
    "/<any(add, up, down, drop, never, not_never):way>"
)
@open_to(Role.PROVIDER)
def change_choice(application_id: int, placement_id: int, way: str) -> Response:
    try:
        _change(application_id, placement_id, way)
    except (GuardRefused, Invalid) as refusal:
        flash(str(refusal), "refused")
    number = request.args.get("page", None, type=int)
    back = url_for(".choices", application_id=application_id, page=number, _anchor="ranked")
    return redirect(back, 303)


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

"""R9: live placements, filtered, and who of one's own people can take each."""

from flask import request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.vocabulary import Role
from placements.services import live_places
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_rules

ON_A_PAGE = 25
FILTERS = ("sector", "district")


@blueprint.get("/places")
@open_to(Role.PROVIDER)
def places() -> Response:
    rules = region_rules()
    asked = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    found = live_places.list_live_places(current_actor(), **asked)
    n_pages = max(1, -(-len(found) // ON_A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), n_pages)
    without = {
        name: url_for(".places", **{n: v for n, v in asked.items() if n != name}) for name in asked
    }
    return page(
        "providers/places.html",
        places=found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        n_places=len(found),
        number=number,
        n_pages=n_pages,
        asked=asked,
        without=without,
        sectors={sector.code: sector.name for sector in rules.sectors},
        districts=rules.districts,
    )


@blueprint.get("/places/<int:placement_id>")
@open_to(Role.PROVIDER)
def place(placement_id: int) -> Response:
    found = live_places.find_live_place(current_actor(), placement_id)
    if found is None:
        raise NotFound("This placement is not open now.")
    return page("providers/place.html", one=found, rules=region_rules())

"""R9: live placements, filtered, and who of one's own people can take each."""

from datetime import date

from flask import request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.needs import DBS, NEEDS
from placements.domain.vocabulary import Role
from placements.services import live_places
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_rules

ON_A_PAGE = 25
FILTERS = ("sector", "district", "start", "hours", "need")


@blueprint.get("/places")
@open_to(Role.PROVIDER)
def places() -> Response:
    asked = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    actor = current_actor()
    found, months = live_places.list_live_places(actor, live_places.Wanted(**asked))
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
        choices=_choices(months),
    )


def _choices(months: list[str]) -> dict[str, tuple[str, dict[str, str]]]:
    """Return each filter's words, and what it can be set to."""
    rules = region_rules()
    starts = {one: f"{date.fromisoformat(f'{one}-01'):%B %Y}" for one in months}
    asks = {code: f"Asks for: {words.lower()}" for code, words in NEEDS.items()}
    asks[DBS] = "Asks for: an enhanced DBS check"
    return {
        "sector": ("Kind of work", {sector.code: sector.name for sector in rules.sectors}),
        "district": ("District", {name: name for name in rules.districts}),
        "start": ("Can start in", starts),
        "hours": ("Hours", {code: words for code, (words, _) in live_places.HOURS.items()}),
        "need": ("Needs", {live_places.NO_NEED: "Asks for nothing", **asks}),
    }


@blueprint.get("/places/<int:placement_id>")
@open_to(Role.PROVIDER)
def place(placement_id: int) -> Response:
    found = live_places.find_live_place(current_actor(), placement_id)
    if found is None:
        raise NotFound("This placement is not open now.")
    return page("providers/place.html", one=found, rules=region_rules())

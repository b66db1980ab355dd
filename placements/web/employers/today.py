"""E2: what waits for the employer, by date, and how its places stand."""

from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import employer_today
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.pages import page


@blueprint.get("")
@open_to(Role.EMPLOYER)
def home() -> Response:
    actor = current_actor()
    return page(
        "employers/home.html",
        todo=employer_today.list_todo(actor),
        places=employer_today.count_places(actor),
        round_=employer_today.find_next_round(actor),
    )

"""R10: before a round locks, who is ready and the one thing that others miss."""

from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import people, provider_today
from placements.services.rounds import get_round
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder


@blueprint.get("/rounds/<int:round_id>/ready")
@open_to(Role.PROVIDER)
def ready(round_id: int) -> Response:
    actor = current_actor()
    everyone = people.list_people(actor, region_folder())
    waiting = [line for line in everyone if line.state in people.NOT_READY]
    return page(
        "providers/ready.html",
        round=get_round(actor, round_id),
        one=[line for line in waiting if len(line.missing) == 1],
        more=[line for line in waiting if len(line.missing) > 1],
        to_decide=[line for line in waiting if not line.missing],
        readiness=provider_today.count_readiness(actor, everyone),
    )

"""R10: before a round locks, who is ready and the one thing that others miss."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import applications, chases, people, provider_today
from placements.services.rounds import get_round
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.providers.asking import told_words
from placements.web.providers.blueprint import blueprint, region_folder


@blueprint.get("/rounds/<int:round_id>/ready")
@open_to(Role.PROVIDER)
def ready(round_id: int) -> Response:
    actor = current_actor()
    everyone = people.list_people(actor, region_folder())
    waiting = [line for line in everyone if line.state in people.NOT_READY]
    round_ = get_round(actor, round_id)
    return page(
        "providers/ready.html",
        why_not=_find_reasons(waiting),
        round=round_,
        one=[line for line in waiting if len(line.missing) == 1],
        more=[line for line in waiting if len(line.missing) > 1],
        to_decide=[line for line in waiting if not line.missing],
        readiness=provider_today.count_readiness(actor, everyone),
    )


def _find_reasons(waiting: list[people.PersonLine]) -> dict[int, str | None]:
    ids = {line.application_id for line in waiting}
    mine = [one for one in applications.list_applications(current_actor()) if one.id in ids]
    return chases.find_entry_reasons(mine, region_folder())


@blueprint.post("/rounds/<int:round_id>/ready/remind")
@open_to(Role.PROVIDER)
def remind(round_id: int) -> Response:
    get_round(current_actor(), round_id)
    asked = request.form.getlist("person", type=int)
    told = chases.remind_missing(current_actor(), asked, region_folder())
    flash(told_words(told), "success" if any(one.goes for one in told) else "refused")
    return redirect(url_for(".ready", round_id=round_id), 303)

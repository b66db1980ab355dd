"""E9: change one section of a placement that was checked, told beforehand what follows from it."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Role
from placements.services import employer_people, placement_changes
from placements.services import placements as service
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.employers.draft_forms import STEPS
from placements.web.pages import page

UNCHECKED = ("places", "supervisor")
"""Sections that are kept at once; the others go back to be checked."""


@blueprint.route("/placements/<int:placement_id>/change/<section>", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def change_section(placement_id: int, section: str) -> Response:
    if section not in STEPS:
        raise NotFound("There is no such page.")
    actor = current_actor()
    placement = service.get_placement(actor, placement_id)
    form = STEPS[section](obj=placement)
    form.fill(placement)
    if not form.is_submitted() and not placement_changes.may_change(placement):
        return redirect(url_for(".placement", placement_id=placement_id), 302)
    if form.is_sent():
        version = request.form.get("version", type=int)
        done, is_checked = form.try_act(
            lambda: placement_changes.change_placement(actor, placement_id, form.answers(), version)
        )
        if done:
            flash("Changed, and sent to be checked again." if is_checked else "Changed.")
            return redirect(url_for(".placement", placement_id=placement_id), 303)
    return page(
        form.template,
        form=form,
        placement=placement,
        change=_describe(placement_id, section),
        back_url=url_for(".placement", placement_id=placement_id),
    )


def _describe(placement_id: int, section: str) -> dict[str, Any]:
    """Say whether a section is checked again, and who keeps a place meanwhile."""
    people = employer_people.list_people(current_actor(), LIVE_ASSIGNMENT_STATES)
    return {
        "needs_check": section not in UNCHECKED,
        "is_needs": section == "needs",
        "people": [person for person in people if person.placement_id == placement_id],
    }

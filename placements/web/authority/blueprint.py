"""Where the authority's pages live, and the two gates before them."""

from flask import Blueprint

from placements.domain.policy_words import MECHANISM_NAMES
from placements.domain.vocabulary import Role
from placements.web.access import open_to
from placements.web.keys import add_keys_pages

blueprint = Blueprint("authority", __name__, url_prefix="/authority")
add_keys_pages(blueprint, Role.OPERATOR)

REASON_WORDS = {
    "places_taken": "All the places they could take went to others",
    "no_eligible_place": "No place that they could take and reach",
    "no_reason": "Not known",
}

for_staff = open_to(Role.OPERATOR, Role.APPROVER)
for_operators = open_to(Role.OPERATOR)
for_approvers = open_to(Role.APPROVER)


@blueprint.context_processor
def words() -> dict:
    return {"MECHANISM_NAMES": MECHANISM_NAMES, "REASON_WORDS": REASON_WORDS}

"""The room of employers: all its pages live under one address."""

from flask import Blueprint

from placements.domain.lifecycles import list_allowed_actions
from placements.domain.vocabulary import Kind, Role
from placements.web.keys import add_keys_pages
from placements.web.members import add_members_pages

blueprint = Blueprint("employers", __name__, url_prefix="/employer")
add_members_pages(blueprint, Role.EMPLOYER)
add_keys_pages(blueprint, Role.EMPLOYER)


def may(kind: Kind, state: str, action: str) -> bool:
    """Say whether an employer may take `action` on a record in `state`."""
    return action in list_allowed_actions(kind, state, (Role.EMPLOYER,))

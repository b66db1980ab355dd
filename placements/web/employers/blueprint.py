"""The room of employers: all its pages live under one address."""

from flask import Blueprint

from placements.domain.lifecycles import list_allowed_actions
from placements.domain.vocabulary import Kind, Role

blueprint = Blueprint("employers", __name__, url_prefix="/employer")


def may(kind: Kind, state: str, action: str) -> bool:
    """Say whether an employer may take `action` on a record in `state`."""
    return action in list_allowed_actions(kind, state, (Role.EMPLOYER,))

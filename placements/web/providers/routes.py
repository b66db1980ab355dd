"""The first page of this role."""

from flask import Blueprint
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.web.access import open_to
from placements.web.pages import page

blueprint = Blueprint("providers", __name__, url_prefix="/provider")


@blueprint.get("")
@open_to(Role.PROVIDER)
def home() -> Response:
    return page("providers/home.html")

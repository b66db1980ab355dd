"""The first page of this role."""

from flask import Blueprint
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.web.access import open_to
from placements.web.pages import page

blueprint = Blueprint("young_people", __name__, url_prefix="/me")


@blueprint.get("")
@open_to(Role.YOUNG_PERSON)
def home() -> Response:
    return page("young_people/home.html")

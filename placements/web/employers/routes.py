"""The first page of this role."""

from flask import Blueprint
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.web.access import open_to
from placements.web.pages import page

blueprint = Blueprint("employers", __name__, url_prefix="/employer")


@blueprint.get("")
@open_to(Role.EMPLOYER)
def home() -> Response:
    return page("employers/home.html")

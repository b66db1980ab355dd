"""The first page of this role."""

from flask import Blueprint
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.web.access import open_to
from placements.web.pages import page

blueprint = Blueprint("authority", __name__, url_prefix="/authority")


@blueprint.get("")
@open_to(Role.OPERATOR, Role.APPROVER)
def home() -> Response:
    return page("authority/home.html")

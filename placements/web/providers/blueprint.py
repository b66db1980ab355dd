"""Where the pages of providers hang, and what they all read."""

from pathlib import Path

from flask import Blueprint, current_app

from placements.domain.region import Region
from placements.domain.vocabulary import Role
from placements.services.gazetteer import get_rules
from placements.web.keys import add_keys_pages
from placements.web.members import add_members_pages

blueprint = Blueprint("providers", __name__, url_prefix="/provider")
add_members_pages(blueprint, Role.PROVIDER)
add_keys_pages(blueprint, Role.PROVIDER)


def region_folder() -> Path:
    """Return the folder of the region this service runs for."""
    folder: Path = current_app.config["SETTINGS"].region_folder
    return folder


def region_rules() -> Region:
    """Return the rules of the region this service runs for."""
    return get_rules(region_folder())

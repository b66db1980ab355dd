"""The young person's pages, under /me; each of their modules adds its routes to this."""

from pathlib import Path

from flask import Blueprint, current_app

blueprint = Blueprint("young_people", __name__, url_prefix="/me")


def region_folder() -> Path:
    """Return the folder of the region's own rules."""
    folder: Path = current_app.config["SETTINGS"].region_folder
    return folder

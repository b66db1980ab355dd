"""The demo in a folder of its own, for whoever walks its pages."""

import json
import os
from pathlib import Path

import flask_migrate
from flask import Flask

from placements import create_app, scheduler
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.services.demo.personas import list_personas, open_as
from placements.services.demo.rounds import deliver_results, make_demo
from placements.services.demo.seed import Sizes
from placements.settings import load_settings


def open_demo(folder: Path, people: int, placements: int) -> Flask:
    """Return an app over the demo in `folder`, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= environment_of(folder)
    settings = load_settings(os.environ)
    app = create_app(settings)
    region = load_region(settings.region_folder)
    gazetteer = Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)
    with app.app_context():
        flask_migrate.upgrade()
        if make_demo(region, gazetteer, Sizes(7, people, placements), scheduler.run_due):
            deliver_results(settings)
    return app


def environment_of(folder: Path) -> dict[str, str]:
    """Return what the service is told so that it runs over the demo in `folder`."""
    return {
        "PLACEMENTS_ENV": "demo",
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "CLOCK_FILE": str(folder / "clock"),
        "MAIL_SINK_DIR": str(folder / "mail"),
    }


def list_visitors(app: Flask) -> dict[str, tuple[str | None, str]]:
    """Return a session token and a first page for nobody and for each person of the demo."""
    with app.app_context():
        found = {p.key: (open_as(p.key), p.opens_at) for p in list_personas()}
    return {"nobody": (None, "/"), **found}


def keep_figures(path: Path, figures: object) -> None:
    """Write figures as a machine reads them."""
    path.write_text(json.dumps(figures, indent=1) + "\n")

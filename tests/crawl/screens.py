"""Make the pictures of the main pages that the README shows: `python -m crawl.screens [FOLDER]`.

From the demo at its usual size, at a desk's width and, for young people, at a phone's.
"""

import sys
import tempfile
from pathlib import Path

from crawl.browser import serve_demo
from crawl.demo import open_demo
from crawl.watched import Watched
from flask import Flask
from journeys.person import PHONE
from journeys.service import Service
from playwright.sync_api import sync_playwright
from servers import find_browser
from sqlalchemy import select

from placements.extensions import db
from placements.models.candidates import Application, Provider
from placements.models.rounds import Plan, Round
from placements.settings import ROOT

DESK = {"width": 1000, "height": 700}
OUT = ROOT / "docs" / "screenshots"
QUALITY, TALLEST = 70, 1400
PROVIDER = "Black Country Skills Centre"


def list_shots(app: Flask) -> list[tuple[str, str, str]]:
    """Return each picture's name, the person who looks, and the address."""
    with app.app_context():
        rounds = {r.state: r.id for r in db.session.scalars(select(Round))}
        proposed = rounds["proposed"]
        plan = db.session.scalar(select(Plan.id).where(Plan.round_id == proposed, Plan.chosen))
        own = select(Provider.id).where(Provider.name.startswith(PROVIDER)).scalar_subquery()
        ready = (Application.state == "ready", Application.provider_id == own)
        person = db.session.scalar(select(Application.id).where(*ready).limit(1))
    of_plan = f"/authority/rounds/{proposed}/plans/{plan}"
    return [
        ("start", "nobody", "/"),
        ("demo", "nobody", "/demo"),
        ("authority-today", "operator", "/authority"),
        ("authority-round", "operator", f"/authority/rounds/{proposed}"),
        ("authority-fairness", "operator", f"{of_plan}/fairness"),
        ("authority-one-more-place", "operator", f"{of_plan}/one-more-place"),
        ("authority-places-and-people", "operator", "/authority/supply-demand"),
        ("employer-today", "employer", "/employer"),
        ("provider-today", "provider", "/provider"),
        ("provider-choices", "provider", f"/provider/people/{person}/choices"),
        ("young-person-offer", "young-person-offer", "/me/offer"),
        ("young-person-no-place", "young-person-no-place", "/me/no-place"),
    ]


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        app = open_demo(folder, 3000, 350)
        with serve_demo(folder) as service, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
            )
            OUT.mkdir(exist_ok=True)
            for name, person, url in list_shots(app):
                _shoot(browser, service, name, person, url)
            browser.close()
    return 0


def _shoot(browser, service: Service, name: str, person: str, url: str) -> None:
    watched = Watched(browser, service, PHONE if name.startswith("young") else DESK)
    watched.be(person)
    watched.page.goto(service.url + url)
    size = watched.page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], TALLEST)}
    path = OUT / f"{name}.jpg"
    watched.page.screenshot(path=path, type="jpeg", quality=QUALITY, clip=clip, full_page=True)
    watched.context.close()
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())

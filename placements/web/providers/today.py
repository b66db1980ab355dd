"""R1: what waits for a provider, and how near its people are to the next round."""

from flask import url_for
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import provider_today
from placements.web.access import current_actor, open_to
from placements.web.files import csv_file
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder


def _links() -> dict[str, tuple[str, str, str]]:
    """Give each kind of to-do its words for one, for several, and the page it is done on."""
    return {
        "lost": (
            "person lost a place, and has no other: talk with them",
            "people lost a place, and have no other: talk with them",
            url_for(".people", show="lost"),
        ),
        "answers": (
            "offer waits for an answer",
            "offers wait for an answer",
            url_for(".answers_due"),
        ),
        "agreements": ("agreement to sign", "agreements to sign", url_for(".placed")),
        "starts": ("first day soon or late", "first days soon or late", url_for(".placed")),
        "info": (
            "person asked for information",
            "people asked for information",
            url_for(".people", show="info"),
        ),
        "not_ready": (
            "person not ready yet",
            "people not ready yet",
            url_for(".people", show="not_ready"),
        ),
        "outcomes": ("outcome due", "outcomes due", url_for(".outcomes")),
        "disputed": (
            "outcome somebody says is not right",
            "outcomes somebody says are not right",
            url_for(".outcomes", show="disputed"),
        ),
    }


@blueprint.get("")
@open_to(Role.PROVIDER)
def home() -> Response:
    todo, readiness, lock, n_people = provider_today.read_day(current_actor(), region_folder())
    shown = [(one, *_links()[one.what]) for one in todo]
    return page(
        "providers/home.html", todo=shown, readiness=readiness, lock=lock, n_people=n_people
    )


@blueprint.get("/readiness.csv")
@open_to(Role.PROVIDER)
def readiness_file() -> Response:
    """Write how near people are, the same as the bar and its table."""
    _, found, _, _ = provider_today.read_day(current_actor(), region_folder())
    rows = [
        ("ready", found.n_ready),
        ("one thing missing", found.n_one_missing),
        ("more is missing", found.n_more_missing),
        ("on hold", found.n_on_hold),
    ]
    return csv_file("readiness", ["state", "people"], rows)

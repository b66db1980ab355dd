"""The demo: open the service as somebody, move its clock, read what it sent."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused
from placements.services.demo import clock
from placements.services.demo import page as demo_page
from placements.services.demo.outbox import list_sent
from placements.services.demo.personas import list_personas, open_as
from placements.services.demo.try_file import write_try_file
from placements.services.gazetteer import get_rules
from placements.services.message_previews import list_events
from placements.web import access
from placements.web.access import open_to
from placements.web.pages import page
from placements.web.reach_map import draw_sites

blueprint = Blueprint("demo", __name__, url_prefix="/demo")
STEPS = {
    "day": lambda: clock.move_clock(days=1),
    "week": lambda: clock.move_clock(working_days=5),
    "step": clock.move_to_next_step,
}
FIRST = "young-person-offer"
SHOWN = 50


@blueprint.before_request
def only_in_the_demo() -> None:
    """Hide every page of the demo where real people's records may be."""
    if current_app.config["SETTINGS"].environment not in clock.ALLOWED_IN:
        abort(404)


@blueprint.get("")
@open_to(scope="demo")
def home() -> Response:
    personas = sorted(list_personas(), key=lambda persona: persona.key != FIRST)
    first = next((persona for persona in personas if persona.key == FIRST), None)
    receipt = demo_page.find_demo_receipt(first.account_id) if first else None
    sentences = demo_page.list_sentences(receipt) if receipt else []
    facts = {"personas": personas, "first": first, "receipt": receipt, "sentences": sentences}
    folder = current_app.config["SETTINGS"].region_folder
    rules = get_rules(folder)
    late = demo_page.find_late_site(rules)
    return page(
        "public/demo.html",
        catching_up=demo_page.is_catching_up(),
        comparison=demo_page.compare_with_nearest(rules.code),
        late=late,
        late_map=draw_sites(folder, late.here, late.others) if late else None,
        **facts,
    )


@blueprint.get("/check")
@open_to(scope="demo")
def check() -> Response:
    """Let the checker read the newest round as an auditor's machine would; it changes nothing."""
    folder = current_app.config["SETTINGS"].region_folder
    checked = demo_page.check_newest_round(get_rules(folder).code, folder)
    return page("public/demo_check.html", checked=checked)


@blueprint.post("/as/<key>")
@open_to(scope="demo")
def be(key: str) -> Response:
    opens_at = {persona.key: persona.opens_at for persona in list_personas()}
    token = open_as(key)
    access.sign_in_as(token)
    return redirect(opens_at[key], 303)


@blueprint.post("/clock")
@open_to(scope="demo")
def move_clock() -> Response:
    step = STEPS.get(request.form.get("by", ""))
    if step is None:
        abort(400)
    try:
        step()
    except GuardRefused as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for(".home"), 303)


@blueprint.get("/outbox")
@open_to(scope="demo")
def outbox() -> Response:
    folder: Path | None = current_app.config["SETTINGS"].mail_sink_dir
    sent = list_sent(folder, SHOWN) if folder else []
    messages = [(mail, [_here(link) for link in mail.links]) for mail in sent]
    return page("public/outbox.html", messages=messages, has_folder=folder is not None)


@blueprint.get("/people-to-try.csv")
@open_to(scope="demo")
def try_file() -> Response:
    reply = current_app.response_class(write_try_file(), mimetype="text/csv")
    reply.headers["Content-Disposition"] = "attachment; filename=people-to-try.csv"
    return reply


@blueprint.get("/messages")
@open_to(scope="demo")
def previews() -> Response:
    return page("public/messages.html", events=list_events())


def _here(link: str) -> str:
    """Return a link of a message as an address of this service, wherever it is served."""
    return urlsplit(link).path or "/"

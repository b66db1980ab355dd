"""How a page is rendered: the shell around it, and how dates, times and states are written."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask, current_app, g, make_response, render_template, url_for
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from placements import clock
from placements.domain.lifecycles import list_allowed_actions
from placements.domain.needs import need_words
from placements.domain.plain_words import moment_words
from placements.domain.plain_words import shift_words as week_words
from placements.domain.state_words import state_words
from placements.domain.vocabulary import Kind, Role
from placements.domain.working_days import deadline_words, working_days_between
from placements.domain.working_time import clock_words, shift_words
from placements.services.demo.personas import DOORS
from placements.services.gazetteer import get_rules
from placements.web.once import key_field

BORROWED_TEMPLATES = ("govuk_frontend_jinja", "govuk_frontend_wtf")
NAVIGATION = {
    Role.EMPLOYER: (
        ("employers.home", "Today"),
        ("employers.placements", "Places"),
        ("employers.people", "People"),
        ("employers.sites", "Sites"),
        ("employers.outcomes", "Afterwards"),
    ),
    Role.PROVIDER: (
        ("providers.home", "Today"),
        ("providers.people", "People"),
        ("providers.outcomes", "Outcomes"),
    ),
    Role.OPERATOR: (
        ("authority.home", "Today"),
        ("authority.placements", "Placements"),
        ("authority.rounds", "Rounds"),
        ("authority.funnel", "Funnel"),
    ),
    Role.YOUNG_PERSON: (
        ("young_people.home", "My next step"),
        ("young_people.places", "Places"),
        ("young_people.choices", "My choices"),
        ("young_people.timeline", "My timeline"),
    ),
}
NAVIGATION[Role.APPROVER] = NAVIGATION[Role.OPERATOR]


def page(template: str, *, form: FlaskForm | None = None, status: int = 200, **facts: Any):
    """Render a page; a form with something to put right makes it a 422."""
    if form is not None and form.errors:
        status = 422
    return make_response(render_template(template, form=form, **facts), status)


def dress_pages(app: Flask) -> None:
    """Give every template its filters and what the shell shows."""
    borrowed = {name: PackageLoader(name) for name in BORROWED_TEMPLATES}
    app.jinja_loader = ChoiceLoader([app.jinja_loader, PrefixLoader(borrowed)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day_words,
        month=lambda day: f"{day:%B %Y}",
        moment=moment_words,
        deadline=deadline_words,
        shift=shift_words,
        short=lambda day: day_words(day).split(" ", 1)[1],
        week=week_words,
        need=need_words,
        hour=clock_words,
        code=lambda text: str(text).replace("_", " "),
        named=_name_code,
    )
    app.jinja_env.globals.update(key_field=key_field, state_words=_state_words, may=_may)
    app.context_processor(_shell)


def day_words(day: date | datetime) -> str:
    """Write a day as people say it: ``Thursday 4 June 2026``."""
    if isinstance(day, datetime):
        day = day.astimezone(clock.LONDON).date()
    return f"{day:%A} {day.day} {day:%B %Y}"


def _name_code(code: str) -> str:
    """Name a kind of work or a priority group as the region does."""
    rules = get_rules(current_app.config["SETTINGS"].region_folder)
    known = {one.code: one.name for one in (*rules.sectors, *rules.priority_groups)}
    return known.get(code, code.replace("_", " "))


def _state_words(kind: str, state: str) -> str:
    return state_words(Kind(kind), state, g.hat.actor.role)


def _may(kind: str, state: str, action: str) -> bool:
    """Say whether who is signed in may take `action`: templates never compare a state."""
    return action in list_allowed_actions(Kind(kind), state, (g.hat.actor.role,))


def _shell() -> dict[str, Any]:
    settings = current_app.config["SETTINGS"]
    hat = g.get("hat")
    return {
        "hat": hat,
        "role": hat.actor.role if hat else None,
        "hats": g.get("hats") or [],
        "navigation": _navigation(hat.actor.role) if hat else [],
        "is_demo": settings.environment == "demo",
        "demo_doors": DOORS,
        "region": get_rules(settings.region_folder),
        "request_id": g.get("request_id", ""),
        "today": clock.today(),
        "now": clock.now(),
        "days_left": lambda until: working_days_between(
            clock.today(), (until - timedelta(microseconds=1)).astimezone(clock.LONDON).date()
        ),
    }


def _navigation(role: Role) -> list[tuple[str, str, str]]:
    known = current_app.view_functions
    return [(e, words, url_for(e)) for e, words in NAVIGATION[role] if e in known]

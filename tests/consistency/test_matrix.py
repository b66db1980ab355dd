"""Every address by every role: opened, refused, and what is another's reads as what is unknown."""

import os
import re
from collections import Counter
from datetime import timedelta

import pytest
from crawl.states import NOW
from factories.every_state import person_account, picture
from factories.everything import (
    add_message,
    make_everything,
    make_in_every_state,
    make_organisations,
)
from factories.records import make_region
from web.visitor import Visitor
from werkzeug.routing import AnyConverter

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint
from placements.services import api_keys, plans, rounds, solving
from placements.services.transactions import act
from placements.web.routes import list_routes

ON_POSTGRESQL = "TEST_POSTGRESQL_URL" in os.environ
UNKNOWN = 987654
ROLES = tuple(role.value for role in Role if role is not Role.SYSTEM)
STAFF, PROGRAMS = ("operator", "approver"), ("employer", "provider", "operator")
# Records of the whole region, which every organisation and person in it may look at.
OF_THE_REGION = {
    ("provider", "placement_id"),
    ("provider", "round_id"),
    ("young_person", "placement_id"),
}
# What is no id in an address, by the page or by its name.
WORDS = {"stage": "matched", "answer": "job", "trouble": "safety", "section": "hours"}
WORDS |= {
    "providers.one_return": "ilr",
    "providers.return_file": "ilr",
    "providers.return_report": "ilr",
}
WORDS |= {"providers.return_sent": "ilr"}
WORDS |= {"providers.reason": "ask", "employers.draft_step": "what"}
WORDS |= {"providers.registration_step": "who", "young_people.details": "me"}
NEW_EACH_TIME = re.compile(
    rb'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|name="(csrf_token|form_key)" value="[^"]*"'
)
NEW_HEADERS = ("X-Request-Id", "Set-Cookie", "Date")
NOT_OPENED = (401, 403, 404, 405)


@act
def make_worlds():
    """One home, a neighbour in the same region, and one in another region."""
    region = make_region(code="west_midlands")
    places = {"home": region, "neighbour": region, "elsewhere": make_region()}
    worlds = {name: make_organisations(where) for name, where in places.items()}
    for world in worlds.values():
        world.ids = make_everything(world)
    record_id = worlds["home"].ids["record_id"]
    account_id = person_account(db.session.get_one(Application, record_id))
    worlds["home"].accounts["young_person"] = account_id
    return worlds


@pytest.fixture
def worlds(app, clock_file):
    clock_file.write_text(NOW.isoformat())
    with app.app_context():
        worlds = make_worlds()
        for world in worlds.values():
            add_message(world)
    return worlds


class Caller:
    """Somebody of a role: pages by a session with its token, the interface by a key."""

    def __init__(self, app, world, role, account_id=None):
        self.role, account_id = role, account_id or world.accounts[role]
        self.client = Visitor(app).sign_in(account_id).client
        page = self.client.get("/account").get_data(as_text=True)
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        owner = {"employer": world.employer_id, "provider": world.provider_id}.get(role)
        self.actor = Actor(Role(role), account_id, owner, region_id=world.region_id)
        self.headers = {}
        if role in PROGRAMS:
            with app.app_context():
                key = api_keys.make_key(self.actor, "Invented")
            self.headers = {"Authorization": f"Bearer {key}"}

    def ask(self, method, url):
        """Send no more than what lets a form in."""
        if url.startswith("/api/"):
            body = {} if method == "GET" else {"json": {"kind": "JOB"}}
            return self.client.open(url, method=method, headers=self.headers, **body)
        sent = {} if method == "GET" else {"data": {"csrf_token": self.token}}
        return self.client.open(url, method=method, **sent)


def list_cells(app):
    """Every address behind a gate, with each of its methods."""
    with app.test_request_context():
        rows = [row for row in list_routes(app) if row["roles"]]
    return [(row, method) for row in rows for method in row["methods"]]


def build(app, row, ids, role):
    """Return the address of a row with these ids; its other words are ones that it knows."""
    rule = next(r for r in app.url_map.iter_rules(row["endpoint"]) if r.rule == row["rule"])
    values = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        elif name in ids:
            found = ids[name]
            values[name] = found.get(role, UNKNOWN) if isinstance(found, dict) else found
        else:
            values[name] = WORDS.get(row["endpoint"]) or WORDS.get(name)
            assert values[name], f"Say in WORDS what {name} of {row['rule']} may be."
    return app.url_map.bind("localhost").build(row["endpoint"], values)


@pytest.mark.parametrize("role", ROLES)
def test_I36_each_role_opens_its_own_and_finds_nothing_else(app, worlds, role):
    caller, n_cells = Caller(app, worlds["home"], role), Counter()
    wrong = list(find_seen_of_others(app, worlds, caller, n_cells))
    if not ON_POSTGRESQL:  # the gates ask no database
        wrong += find_not_refused(app, worlds["home"], caller, n_cells)
        wrong += find_not_open(app, worlds["home"], caller, n_cells)
    print(f"{role}: {dict(n_cells)}")
    assert wrong == []


def find_not_refused(app, home, caller, n_cells):
    """Yield what a role without the right is not told to be no page."""
    for row, method in list_cells(app):
        if caller.role in row["roles"]:
            continue
        url = build(app, row, home.ids, caller.role)
        status = caller.ask(method, url).status_code
        n_cells["refused"] += 1
        has_no_key = row["endpoint"].startswith("api.") and not caller.headers
        if status != (401 if has_no_key else 404):
            yield "not refused", method, url, status


def list_foreign(worlds, row, role):
    """Yield ids of which one is another's, beside the same with one that nobody has."""
    own = worlds["home"].ids
    for place in ("neighbour", "elsewhere"):
        for name in (name for name in row["params"] if name in own):
            shared = role in STAFF or (role, name) in OF_THE_REGION
            if place == "elsewhere" or not shared:
                yield {**own, name: worlds[place].ids[name]}, {**own, name: UNKNOWN}


def find_seen_of_others(app, worlds, caller, n_cells):
    """Yield what is another's and does not read, byte for byte, as what is unknown."""
    with app.app_context():
        before = picture()
    for row, method in list_cells(app):
        own_page = caller.role in row["roles"]
        for ids in list_foreign(worlds, row, caller.role) if own_page else ():
            urls = [build(app, row, one, caller.role) for one in ids]
            foreign, unknown = (tell(caller.ask(method, url)) for url in urls)
            n_cells["of others"] += 1
            if foreign != unknown or foreign[0] != 404:
                yield "seen", method, urls[0], foreign[0], unknown[0]
    with app.app_context():
        assert picture() == before


def tell(reply):
    """Return all that a reply tells, without what is new each time."""
    headers = {name: value for name, value in reply.headers if name not in NEW_HEADERS}
    return reply.status_code, headers, NEW_EACH_TIME.sub(b"", reply.data)


@act
def add_own_records(home):
    """Add a record in every state, so that each page has one that it is for.

    Return the ids of each, with the account of the young person whom it is about.
    """
    found = []
    for ids in make_in_every_state(home):
        held = ids.get("assignment_id")
        if "checkpoint_id" in ids:
            held = db.session.get_one(Checkpoint, ids["checkpoint_id"]).assignment_id
        person = db.session.get_one(Assignment, held) if held else None
        if "application_id" in ids:
            person = db.session.get_one(Application, ids["application_id"])
        if held:
            ids["application_id"] = person.application_id
        found.append((ids, person_account(person) if person else None))
    return found


def bring_a_plan(operator):
    """A round with a plan, as the pages of plans read it."""
    dates = tuple(NOW + timedelta(days=days) for days in (1, 7, 14))
    round_id = rounds.create_round(operator, "Invented", dates, 7)
    rounds.open_round(operator, round_id)
    rounds.lock_round(operator, round_id)
    plan_id = solving.solve_round(operator, round_id)
    rows = plans.get_plan_rows(operator, plan_id)
    return {"round_id": round_id, "plan_id": plan_id, "application_id": rows[0].application_id}


def find_not_open(app, home, caller, n_cells):
    """Yield the pages that the table gives to a role and that do not open."""
    with app.app_context():
        own = add_own_records(home)
        if caller.role in STAFF:
            actor = Actor(Role.OPERATOR, home.accounts["operator"], region_id=home.region_id)
            own.insert(0, (bring_a_plan(actor), None))
    tries = [(caller, {})]
    for ids, account_id in own:
        is_own = caller.role == "young_person" and account_id
        tries.append((Caller(app, home, caller.role, account_id) if is_own else caller, ids))
    for row, method in list_cells(app):
        if caller.role in row["roles"] and method == "GET":
            n_cells["open"] += 1
            told = try_until_open(app, row, home, tries)
            if told in NOT_OPENED or told >= 500:
                yield "not open", row["rule"], told


def try_until_open(app, row, home, tries):
    """Ask for a page with one record after the other; return the last status."""
    status, wanted = 404, set(row["params"]) & set(home.ids)
    for caller, ids in tries:
        if ids and changes_nothing(caller, wanted, ids):
            continue
        url = build(app, row, {**home.ids, **ids}, caller.role)
        status = caller.ask("GET", url).status_code
        if status not in NOT_OPENED:
            break
    return status


def changes_nothing(caller, wanted, ids):
    """Whether these records change nothing in what is asked."""
    return caller.role != "young_person" and not wanted & set(ids)

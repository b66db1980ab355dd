"""Every route says who may open it; the rule is tested, not each page."""

import json

import pytest
from click.testing import CliRunner
from factories.records import (
    make_account,
    make_candidate,
    make_employer,
    make_provider,
    make_region,
)
from web.visitor import Visitor

from placements.cli_routes import routes_command
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.services.transactions import act
from placements.web.access import SCOPES, find_gate
from placements.web.pages import NAVIGATION
from placements.web.routes import list_routes

SCOPE_NAMES = {"public", "link", "demo", *SCOPES.values()}
LINK_SCOPES = ("public", "link", "demo")


def without_gate(app):
    return [rule.endpoint for rule in app.url_map.iter_rules() if not find_gate(app, rule.endpoint)]


def test_every_route_has_a_gate(app):
    assert without_gate(app) == []


def test_every_gate_has_roles_or_a_scope_without_them(app):
    for row in list_routes(app):
        assert row["scope"] in SCOPE_NAMES, row
        assert bool(row["roles"]) != (row["scope"] in LINK_SCOPES), row
        own_account = len(row["roles"]) == len(SCOPES) and row["scope"] == "own_person"
        own_key = row["endpoint"] == "api.who"
        assert (
            own_account
            or own_key
            or {SCOPES[Role(role)] for role in row["roles"]} <= {row["scope"]}
        ), row


def test_a_planted_route_without_a_gate_is_found_and_closed(app_to_build_on):
    app_to_build_on.add_url_rule("/planted", "planted", lambda: "open")
    assert without_gate(app_to_build_on) == ["planted"]
    assert app_to_build_on.test_client().get("/planted").status_code == 404


def test_every_link_of_the_menus_leads_to_a_page(app):
    for items in NAVIGATION.values():
        assert {endpoint for endpoint, _ in items} <= set(app.view_functions)


@act
def make_one_of_each():
    """One account for each role, in one region."""
    region = make_region(code="west_midlands")
    accounts = {role: make_account() for role in Role if role is not Role.SYSTEM}
    for role in (Role.OPERATOR, Role.APPROVER):
        member = {"account_id": accounts[role].id, "region_id": region.id, "power": role.value}
        db.session.add(AuthorityMember(**member))
    employer, provider = make_employer(region), make_provider(region)
    db.session.add(EmployerMember(employer_id=employer.id, account_id=accounts[Role.EMPLOYER].id))
    db.session.add(ProviderMember(provider_id=provider.id, account_id=accounts[Role.PROVIDER].id))
    candidate = make_candidate()
    candidate.account_id = accounts[Role.YOUNG_PERSON].id
    return {role: account.id for role, account in accounts.items()}


UNKNOWN = 987654


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_I36_each_role_opens_its_own_rooms_and_no_other(app, role):
    with app.app_context():
        account_id = make_one_of_each()[role]
    visitor, cells = Visitor(app).sign_in(account_id), 0
    with app.test_request_context():
        rows = [row for row in list_routes(app) if row["roles"] and "GET" in row["methods"]]
        rows = [row for row in rows if not row["rule"].startswith("/api/")]  # these ask a key
        urls = [(row, _build(app, row)) for row in rows]
    for row, url in urls:
        status = visitor.client.get(url).status_code
        if role.value not in row["roles"] or row["params"]:
            assert status in (302, 303, 404), (row["rule"], status)
            assert status == 404 or role.value in row["roles"], (row["rule"], status)
        else:
            assert status in (200, 302, 303), (row["rule"], status)
        cells += 1
    print(f"{role}: {cells} cells")


def _build(app, row):
    adapter = app.url_map.bind("localhost")
    return adapter.build(row["endpoint"], dict.fromkeys(row["params"], UNKNOWN))


def test_routes_command_prints_each_route_as_json(app):
    with app.app_context():
        printed = CliRunner().invoke(routes_command, ["--json"])
        assert json.loads(printed.stdout) == list_routes(app)

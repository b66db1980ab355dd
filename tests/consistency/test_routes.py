"""Every route says who may open it; the rule is tested, not each page."""

import json

from click.testing import CliRunner

from placements.cli_routes import routes_command
from placements.domain.vocabulary import Role
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


def test_routes_command_prints_each_route_as_json(app):
    with app.app_context():
        printed = CliRunner().invoke(routes_command, ["--json"])
        assert json.loads(printed.stdout) == list_routes(app)

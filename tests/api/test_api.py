"""Programs read and answer by a key of their organisation, and see nothing of others."""

import pytest
from factories.shell import run_command

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import api_keys

JOB = {"kind": "JOB"}
PATHS = {
    "employer": ("/placements", "/people", "/questions"),
    "provider": ("/applications", "/questions"),
    "operator": ("/rounds", "/funnel"),
}


@pytest.mark.parametrize("role", PATHS)
def test_a_key_opens_its_own_room_and_no_other(call, role):
    assert call(role, "/me").json["role"] == role
    for owner, paths in PATHS.items():
        for path in paths:
            expected = 200 if path in PATHS[role] else 404
            assert call(role, path).status_code == expected, (owner, path)


def test_no_key_or_an_unknown_one_is_401_and_says_what_to_send(app, call):
    reply = call(None, "/placements")
    assert reply.status_code == 401
    assert "Authorization: Bearer" in reply.json["words"]
    assert reply.json["request_id"] == reply.headers["X-Request-Id"]
    wrong = {"Authorization": "Bearer plc_never"}
    assert app.test_client().get("/api/v1/me", headers=wrong).status_code == 401


def test_a_browser_that_is_signed_in_opens_nothing_without_a_key(app, world):
    from web.visitor import Visitor

    visitor = Visitor(app).sign_in(world.actors["employer"].account_id)
    assert visitor.client.get("/api/v1/placements").status_code == 401


def test_I36_records_of_others_read_as_unknown_ones(call, world):
    known = call("employer", f"/placements/{world.foreign_id}")
    unknown = call("employer", "/placements/987654")
    assert known.status_code == unknown.status_code == 404
    assert known.json["words"] == unknown.json["words"]


def test_an_employer_says_that_a_placement_is_still_true(call, world):
    before = call("employer", f"/placements/{world.placement_id}").json
    after = call("employer", f"/placements/{world.placement_id}/still-true", "PUT").json
    assert after["checked_at"] != before["checked_at"]
    assert (
        call("provider", f"/placements/{world.placement_id}/still-true", "PUT").status_code == 404
    )


def test_I37_people_have_no_contact_once_the_placement_is_over(call):
    (person,) = call("employer", "/people").json["items"]
    assert (person["state"], person["mobile"], person["email"]) == ("completed", None, None)


def test_a_provider_records_what_a_person_is_doing_and_twice_is_the_same(call, world):
    path = f"/questions/{world.question_id}/outcome"
    said = {"kind": "JOB", "from_on": "2026-05-11", "hours_per_week": 30, "with_whom": "Invented"}
    reply = call("provider", path, "PUT", json=said)
    assert (reply.status_code, reply.json["state"]) == (200, "recorded")
    assert call("provider", path, "PUT", json=said).json == reply.json


def test_a_provider_says_what_came_before_and_another_persons_is_unknown(call, world):
    path = f"/applications/{world.new_id}/before"
    reply = call("provider", path, "PUT", json={"kind": "NEET_SEEK"})
    said = reply.json
    assert (reply.status_code, said["kind"], said["state"]) == (200, "BASE", "recorded")
    assert (said["application_id"], said["assignment_id"]) == (world.new_id, None)
    assert call("provider", path, "PUT", json={"kind": "NEET_SEEK"}).json == said
    assert said["id"] not in [one["id"] for one in call("provider", "/questions").json["items"]]
    started = call("provider", f"/applications/{world.application_id}/before", "PUT", json=JOB)
    assert started.status_code == 409
    unknown = call("provider", "/applications/987654/before", "PUT", json=JOB)
    assert unknown.status_code == call("employer", path, "PUT", json=JOB).status_code == 404


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"kind": "GARDENING"}, 422, "kind"),
        ({}, 422, "kind"),
        ({"kind": "JOB", "hours_per_week": 999}, 422, "hours_per_week"),
        ({"kind": "JOB", "from_on": "soon"}, 422, "from_on"),
        ({"kind": "JOB", "colour": "red"}, 422, "colour"),
    ],
)
def test_what_is_wrong_is_named(call, world, said, status, field):
    reply = call("provider", f"/questions/{world.question_id}/outcome", "PUT", json=said)
    assert (reply.status_code, reply.json["field"]) == (status, field)


def test_json_that_cannot_be_read_is_refused_in_words(call, world):
    path = f"/questions/{world.question_id}/outcome"
    headers = {"content_type": "application/json"}
    reply = call("provider", path, "PUT", data=b"{nothing", **headers)
    assert reply.status_code in (400, 422)
    assert reply.json["words"]


def test_staff_read_rounds_and_the_funnel(call, world):
    assert call("operator", f"/rounds/{world.round_id}").json["state"] == "planned"
    stages = {s["name"]: s["n"] for s in call("operator", "/funnel").json["stages"]}
    assert stages["completed"] == 1
    assert call("operator", "/funnel?round_id=987654").status_code == 404
    assert call("operator", "/funnel?round_id=all").json["field"] == "round_id"


def test_an_ended_key_opens_nothing_and_others_keys_are_not_ours(app, call, world):
    with app.app_context():
        actor = world.actors["employer"]
        (key,) = api_keys.list_keys(actor)
        for stranger in (world.actors["provider"], world.actors["operator"]):
            with pytest.raises(NotFound):
                api_keys.end_key(stranger, key.id)
        with pytest.raises(NotFound):
            api_keys.make_key(Actor(Role.YOUNG_PERSON, 1, candidate_id=1), "Mine")
        api_keys.end_key(actor, key.id)
    assert call("employer", "/me").status_code == 401


def test_the_description_names_each_route_with_its_key_and_problems(app):
    described = app.test_client().get("/openapi.json").json
    assert described["openapi"].startswith("3.1")
    rules = {
        rule.rule.replace("<int(max=2147483647):", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert set(described["paths"]) == rules
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation["security"], (path, method)
            assert {"200", "401", "404"} <= set(operation["responses"]), (path, method)


def test_routes_command_lists_the_api_with_roles(app, database_url):
    printed = run_command(["routes"], {"DATABASE_URL": database_url, "PLACEMENTS_ENV": "test"})
    assert "/api/v1/funnel" in printed.stdout

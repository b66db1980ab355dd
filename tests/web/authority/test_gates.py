"""Who may open and press what: both powers, other regions, other roles."""

import re

import pytest
from factories.records import make_account

from placements.services import plans
from placements.services.transactions import act

NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
READING = ("", "/rules", "/run", "/plans", "/publish", "/settling")
RUNNING = ("/lock", "/cancel", "/unlock")
APPROVING = ("/approve", "/approved", "/send-back")


def all_pages(world, round_id, plan_id):
    base = f"/authority/rounds/{round_id}"
    rounds = [base + tail for tail in (*READING, *RUNNING, *APPROVING)]
    plan = f"{base}/plans/{plan_id}"
    return [
        *rounds,
        plan,
        f"{plan}.csv",
        f"{plan}/receipts/{world.application_ids[0]}",
        f"/authority/employers/{world.employer_id}",
        f"/authority/placements/{world.placement_id}/check",
        f"/authority/placements/{world.placement_id}/ask-changes",
        f"/authority/placements/{world.placement_id}/refuse",
        f"/authority/funnel?round={round_id}",
        f"/authority/funnel.csv?round={round_id}",
        f"/authority/funnel/matched?round={round_id}",
    ]


@pytest.fixture
def made(world, bring):
    round_id = bring("proposed")
    with world.app.app_context():
        return round_id, plans.list_plans(world.operator, round_id)[0].plan_id


def status(visitor, url, method="get"):
    return getattr(visitor.client, method)(url).status_code


def test_I36_staff_of_another_region_find_nothing(world, made, visit):
    stranger = visit(world.stranger_id)
    pages = all_pages(world, *made)
    assert {url: status(stranger, url) for url in pages} == dict.fromkeys(pages, 404)


def test_I36_an_unknown_id_and_a_foreign_one_read_the_same(world, made, visit):
    stranger = visit(world.stranger_id)
    texts = [stranger.get(f"/authority/rounds/{n}").text for n in (made[0], 98765)]
    foreign, unknown = (NUMBER.sub("", text) for text in texts)
    assert foreign == unknown


def test_who_is_no_staff_opens_no_page(world, made, visit):
    @act
    def make_nobody():
        return make_account().id

    with world.app.app_context():
        nobody = visit(make_nobody())
    for url in ("/authority", "/authority/rounds", "/authority/funnel", *all_pages(world, *made)):
        assert status(nobody, url) in (303, 404), url


@pytest.mark.parametrize("power", ["operator", "approver"])
def test_each_power_opens_its_own_pages(world, made, visit, power):
    visitor = visit(getattr(world, f"{power}_id"))
    base = f"/authority/rounds/{made[0]}"
    own, others = (RUNNING, APPROVING) if power == "operator" else (APPROVING, RUNNING)
    assert {tail: status(visitor, base + tail) for tail in (*READING, *own)} == dict.fromkeys(
        (*READING, *own), 200
    )
    assert {tail: status(visitor, base + tail) for tail in others} == dict.fromkeys(others, 404)


@pytest.mark.parametrize(
    "tail", ["/open", "/lock", "/run", "/run/again", "/plans", "/publish", "/cascade", "/cancel"]
)
def test_an_approver_presses_nothing_that_runs(world, made, approver, tail):
    approver.get(f"/authority/rounds/{made[0]}")
    token = next(form.fields["csrf_token"] for form in approver.page.forms)
    data = {"csrf_token": token, "reason": "Invented", "mechanism": "nearest"}
    url = f"/authority/rounds/{made[0]}{tail}"
    assert approver.client.post(url, data=data).status_code == 404
    assert "Plan proposed : now" in approver.get(f"/authority/rounds/{made[0]}").text


def test_a_write_without_its_token_changes_nothing(world, made, operator):
    url = f"/authority/rounds/{made[0]}/cancel"
    assert operator.client.post(url, data={"reason": "Invented"}).status_code == 400
    assert "Plan proposed : now" in operator.get(f"/authority/rounds/{made[0]}").text

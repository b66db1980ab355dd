"""The second person: two hashes read and ticked, or the plan sent back."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.rounds import Plan
from placements.services import plans, rounds, staff
from placements.services.transactions import act

HASHES = re.compile(r"<code>([0-9a-f]{64})</code>")
HASH = re.compile(r'value="([0-9a-f]{64})"')
RELEASE = datetime(2026, 6, 16, 9, tzinfo=UTC)


@pytest.fixture
def board(bring):
    return f"/authority/rounds/{bring('proposed')}"


def state(world, board):
    with world.app.app_context():
        return rounds.get_round(world.operator, int(board.rsplit("/", 1)[1])).state


def tick(approver):
    seal, plan = HASH.findall(approver.html)
    return {"snapshot_hash": [seal], "plan_hash": [plan]}


def test_I21_a_second_person_approves_by_both_hashes(world, board, approver):
    approver.get(f"{board}/approve")
    approver.send("Approve", tick(approver))
    assert "Results go out by themselves: Tuesday 16 June 2026, 10am." in approver.text
    assert state(world, board) == "approved"


@pytest.mark.parametrize("left_out", ["snapshot_hash", "plan_hash"])
def test_a_hash_that_is_not_ticked_stops_the_approval(world, board, approver, left_out):
    approver.get(f"{board}/approve")
    approver.send("Approve", {**tick(approver), left_out: []})
    assert approver.status == 422
    assert "once you have read it." in approver.text
    assert approver.html.count("checked") == 1
    assert state(world, board) == "proposed"


def test_I20_a_plan_that_changed_since_it_was_read_is_not_approved(world, board, approver):
    approver.get(f"{board}/approve")
    read = tick(approver)
    with world.app.app_context():
        round_id = int(board.rsplit("/", 1)[1])
        other = plans.solve_again(world.operator, round_id, "nearest")
        plans.choose_plan(world.operator, round_id, other)
    approver.send("Approve", read)
    assert approver.status == 422
    assert "The plan changed since you read it." in approver.text
    assert state(world, board) == "proposed"


def test_I21_who_prepared_the_round_is_refused_and_told_who_can(world, board, visit):
    with world.app.app_context():
        account = rounds.get_round(world.operator, int(board.rsplit("/", 1)[1])).locked_by
        assert account == world.operator_id
        staff.add_staff("west_midlands", email_of(world), "Dawn Invented", Role.APPROVER)
    both = visit(world.operator_id).get(f"{board}/approve")
    assert "You prepared this round, so you cannot approve it." in both.text
    assert "Who can: Tomasz Invented." in both.text
    token = both.page.forms[0].fields["csrf_token"]
    hashes = HASHES.findall(both.get(board).html)
    data = {"csrf_token": token, "snapshot_hash": hashes[0], "plan_hash": hashes[1]}
    reply = both.client.post(f"{board}/approve", data=data)
    assert reply.status_code == 422
    assert "Another approver must approve" in reply.get_data(as_text=True)
    assert state(world, board) == "proposed"


def email_of(world):
    return db.session.get_one(Account, world.operator_id).email


def test_send_back_needs_a_reason_and_the_operator_reads_it(world, board, approver, operator):
    approver.get(f"{board}/send-back").send("Send back", reason="")
    assert approver.status == 422
    approver.send("Send back", reason="Two people swapped (invented).")
    assert state(world, board) == "proposed"
    text = operator.get(board).text
    assert "Tomasz Invented sent the plan back." in text
    assert "Why it was sent back: Two people swapped (invented)." in text


def test_send_back_of_an_approved_plan_voids_the_approval(world, bring, approver, visit):
    board = f"/authority/rounds/{bring('approved')}"
    approver.get(f"{board}/send-back").send("Send back", reason="Wrong dates (invented).")
    assert state(world, board) == "proposed"
    world.clock_at(RELEASE)
    visitor = visit(world.operator_id).get(f"{board}/publish")
    assert "once a plan is approved" in visitor.text
    assert [b[2] for f in visitor.page.forms for b in f.buttons] == ["Sign out"]


def test_changes_since_the_last_plan_are_counted(world, board, approver):
    with world.app.app_context():
        round_id = int(board.rsplit("/", 1)[1])
        plans.choose_plan(
            world.operator, round_id, plans.solve_again(world.operator, round_id, "serial")
        )
    text = approver.get(f"{board}/approve").text
    assert "Compared with the plan “Best overall plan”:" in text


def test_I22_publish_has_no_button_before_the_time(world, bring, operator):
    board = f"/authority/rounds/{bring('approved')}"
    operator.get(f"{board}/publish")
    assert "Publish at Tuesday 16 June 2026, 10am." in operator.text
    assert [b[2] for f in operator.page.forms for b in f.buttons] == ["Sign out"]
    token = operator.page.forms[0].fields["csrf_token"]
    reply = operator.client.post(f"{board}/publish", data={"csrf_token": token})
    assert reply.status_code == 422
    assert "The release time has not come." in reply.get_data(as_text=True)
    assert state(world, board) == "approved"


def test_publish_counts_by_role_and_shows_the_messages(world, bring, operator):
    operator.get(f"/authority/rounds/{bring('approved')}/publish")
    assert "3 texts, 3 emails" in operator.text
    assert "Young people No place yet, with the reason and what is next 2" in operator.text
    assert "Hello Sam," in operator.text
    assert "You have an offer: Workshop assistant" in operator.text
    assert "Invented Person" not in operator.text


def test_publish_after_the_time_sends_once_however_often_it_is_pressed(world, bring, visit):
    board = f"/authority/rounds/{bring('approved')}"
    world.clock_at(RELEASE)
    operator = visit(world.operator_id).get(f"{board}/publish")
    form = next(f for f in operator.page.forms if f.buttons[0][2] == "Send the results now")
    places = [operator.client.post(form.action, data=form.fields) for _ in range(2)]
    assert [reply.headers["Location"] for reply in places] == [f"{board}/settling"] * 2
    assert "Offers so far 3" in operator.get(f"{board}/settling").text


def test_a_plan_that_is_not_the_approved_one_stops_before_anything_is_pressed(world, bring, visit):
    round_id = bring("approved")
    world.clock_at(RELEASE)
    operator = visit(world.operator_id)
    page = f"/authority/rounds/{round_id}/publish"
    assert "Send the results now" in operator.get(page).text
    with world.app.app_context():
        act(edit_plan_by_hand)(round_id)
    operator.get(page)
    assert "This cannot go out. The plan is not the one that was approved." in operator.text
    assert "Send the results now" not in operator.text


def edit_plan_by_hand(round_id):
    plan = db.session.scalars(select(Plan).where(Plan.round_id == round_id, Plan.chosen)).one()
    plan.sealed = plan.sealed.replace('"minutes_there":', '"minutes_there":1', 1)

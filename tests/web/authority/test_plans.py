"""Plans side by side, a plan in full, receipts with a purpose, files."""

import csv
import io

import pytest
from sqlalchemy import select

from placements.domain.errors import NotAllowed
from placements.extensions import db
from placements.models.audit import Event
from placements.models.rounds import Plan
from placements.services import plans, reserves, rounds, solve_progress, solver_process, solving


@pytest.fixture
def board(bring):
    return f"/authority/rounds/{bring('proposed')}"


def plan_url(world, board, number=0):
    with world.app.app_context():
        own = plans.list_plans(world.operator, int(board.rsplit("/", 1)[1]))
    return f"{board}/plans/{own[number].plan_id}"


def readings(world):
    with world.app.app_context():
        wanted = select(Event).where(Event.action.startswith("read_receipt"))
        return [(e.action, e.record_id, e.account_id) for e in db.session.scalars(wanted)]


def test_one_plan_offers_the_other_mechanisms_and_draws_nothing(operator, board):
    operator.get(f"{board}/plans")
    assert "places 3 of 5 people" in operator.text
    assert "✓ exact" in operator.text
    assert "picture__axis" not in operator.html
    operator.send("Make this plan too", mechanism="nearest")
    assert operator.here == f"{board}/plans"
    assert "picture__axis" in operator.html
    assert operator.text.count("Use this plan") == 1
    rows = list(csv.DictReader(io.StringIO(operator.get(f"{board}/plans.csv").html)))
    assert [row["mechanism"] for row in rows] == ["optimal", "nearest"]
    assert rows[0]["n_placed"] == "3"


def test_a_mechanism_must_be_chosen(operator, board):
    operator.get(f"{board}/plans").send("Make this plan too")
    assert operator.status == 422
    assert "Choose one." in operator.text


def test_use_this_plan_marks_it_and_names_who_approves(operator, board):
    operator.get(f"{board}/plans").send("Make this plan too", mechanism="serial")
    operator.send("Use this plan")
    assert operator.here == board
    assert "This plan is the one to approve." in operator.text
    assert "Chose a plan" in operator.text


def test_at_most_four_plans_are_compared(operator, board):
    operator.get(f"{board}/plans")
    for mechanism in ("nearest", "serial", "stable", "optimal"):
        operator.send("Make this plan too", mechanism=mechanism)
    assert operator.html.count('data-label="Plan"') <= 4


def test_plan_shows_references_and_reasons_and_no_names(world, operator, board):
    operator.get(plan_url(world, board))
    assert sum(reference in operator.text for reference in world.references) == 3
    assert "All the places they could take went to others 2" in operator.text
    assert "Invented Person" not in operator.text
    operator.get(f"{plan_url(world, board)}?show=unplaced")
    assert sum(reference in operator.text for reference in world.references) == 2


def test_a_receipt_asks_a_purpose_first_and_writes_down_each_look(world, operator, board):
    url = plan_url(world, board)
    application_id, reference = world.application_ids[0], world.references[0]
    receipt = f"{url}/receipts/{application_id}"
    operator.get(receipt)
    assert "Because" not in operator.text
    assert readings(world) == []
    operator.get(url).send("Read the receipt", reference=reference, purpose="complaint")
    assert operator.here == receipt
    assert "Because" in operator.text
    operator.get(receipt)
    line = ("read_receipt_to_complaint", application_id, world.operator_id)
    assert readings(world) == [line, line]
    operator.get(f"{url}/receipts/{world.application_ids[1]}")
    assert "Because" not in operator.text
    operator.send("Read the receipt", purpose="check")
    assert readings(world)[-1][:2] == ("read_receipt_to_check", world.application_ids[1])


def test_a_receipt_without_a_purpose_or_of_an_unknown_reference_is_refused(world, operator, board):
    operator.get(plan_url(world, board)).send("Read the receipt", reference="A-NONE")
    assert operator.status == 422
    assert "Choose one." in operator.text
    operator.send("Read the receipt", reference="A-NONE", purpose="check")
    assert operator.status == 422
    assert "There is no such reference here." in operator.text
    assert 'value="A-NONE"' in operator.html
    assert readings(world) == []


def test_a_plan_of_another_round_is_not_found(world, operator, board, bring):
    other = bring("open", "Other")
    number = plan_url(world, board).rsplit("/", 1)[1]
    assert operator.get(f"/authority/rounds/{other}/plans/{number}").status == 404
    assert operator.get(f"/authority/rounds/{other}/plans/{number}.csv").status == 404


def test_the_file_has_one_line_for_each_person(world, operator, board):
    reply = operator.client.get(f"{plan_url(world, board)}.csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.get_data(as_text=True))))
    assert sorted(row["reference"] for row in rows) == sorted(world.references)
    assert sum(bool(row["reason"]) for row in rows) == 2


def test_a_plan_that_fails_says_why_and_can_be_tried_again(world, operator, bring, monkeypatch):
    board = f"/authority/rounds/{bring('locked')}"
    with monkeypatch.context() as broken:
        broken.setattr(solver_process, "CHILD", "raise SystemExit(3)")
        operator.get(f"{board}/run").send("Make a plan")
    assert operator.here == f"{board}/run"
    assert "The plan could not be made. The solver stopped with code 3." in operator.text
    assert "Rounds without a plan: 1" in operator.get("/authority").text
    operator.get(f"{board}/run").send("Try again")
    assert operator.here == f"{board}/plans"


def test_run_works_by_reload_while_the_plan_is_made(world, operator, bring):
    round_id = bring("locked")
    with world.app.app_context():
        solving._begin_solving(world.operator, round_id)
    operator.get(f"/authority/rounds/{round_id}/run")
    assert "Step 2 of 3: the plan is being made" in operator.text
    assert "Look again" in operator.text


def test_stop_ends_the_plan_that_is_made_and_it_can_be_tried_again(world, operator, bring):
    round_id = bring("locked")
    run = f"/authority/rounds/{round_id}/run"
    with world.app.app_context():
        facts, policy, _ = solving._begin_solving(world.operator, round_id)
    operator.get(run).send("Stop")
    assert operator.here == run
    assert "The plan could not be made. An operator stopped it." in operator.text
    with world.app.app_context(), pytest.raises(solver_process.SolveStopped):
        tell = solve_progress.make_teller(round_id)
        solving.solve_checked(facts, policy, solver_process.Limits(), tell)
    assert "Stopped the plan" in operator.get(f"/authority/rounds/{round_id}").text
    operator.get(run).send("Try again")
    assert operator.here == f"/authority/rounds/{round_id}/plans"


def test_stop_without_a_plan_in_the_making_changes_nothing(world, operator, bring):
    round_id = bring("locked")
    run = f"/authority/rounds/{round_id}/run"
    token = operator.get(run).page.forms[0].fields["csrf_token"]
    reply = operator.client.post(f"{run}/stop", data={"csrf_token": token})
    assert reply.status_code == 422
    assert "No plan is being made now." in reply.get_data(as_text=True)
    assert "Make a plan" in operator.get(run).text


def test_approvers_cannot_stop_a_plan(world, approver, bring):
    round_id = bring("locked")
    with world.app.app_context():
        solving._begin_solving(world.operator, round_id)
        with pytest.raises(NotAllowed):
            solving.stop_solving(world.approver, round_id)
    assert "Stop" not in [
        f.buttons[0][2] for f in approver.get(f"/authority/rounds/{round_id}/run").page.forms
    ]


def test_a_plan_lists_who_is_next_for_each_placement_in_order(world, operator, board):
    url = plan_url(world, board)
    operator.get(f"{url}?show=in_line")
    with world.app.app_context():
        round_id, plan_id = int(board.rsplit("/", 1)[1]), int(url.rsplit("/", 1)[1])
        unplaced, _, _ = plans.list_plan_page(world.operator, plan_id, False, 1)
        sealed = solving.read_plan(db.session.get_one(Plan, plan_id)).reserves
        round_ = rounds.get_round(world.operator, round_id)
        (line,) = reserves.read_lines(round_, db.session.get_one(Plan, plan_id)).values()
        named = {one.application_id: one.reference for one in unplaced}
        in_order = ", ".join(named[one] for one in line)
    assert len(line) == 2
    assert list(sealed) != []
    assert in_order in operator.text
    assert "1 placements with somebody in line" in operator.text


def test_fairness_sends_another_plan_for_approval(world, operator, approver, board):
    operator.get(f"{board}/plans").send("Make this plan too", mechanism="nearest")
    mine, other = plan_url(world, board), plan_url(world, board, 1)
    assert (
        "was sent for approval when it was made or chosen" in operator.get(f"{mine}/fairness").text
    )
    assert "Send for approval" not in approver.get(f"{other}/fairness").text
    operator.get(f"{other}/fairness").send("Send for approval")
    assert operator.here == board
    assert "This plan is the one to approve." in operator.text
    assert "Read and approve" in approver.get(f"{other}/fairness").text

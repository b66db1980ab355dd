"""Planning a round, its board and rules, opening it again and calling it off."""

from datetime import UTC, datetime

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import applications

DATES = {
    "name": "Summer",
    "opens_on": ["2", "June", "2026"],
    "opens_time": "10am",
    "locks_on": ["9", "6", "2026"],
    "locks_time": "5pm",
    "release_on": ["16", "6", "2026"],
    "release_time": "10am",
}


def new_round(visitor, **changed):
    return visitor.get("/authority/rounds/new").send("Create round", **{**DATES, **changed})


def test_new_round_is_filled_in_from_the_year_of_the_region(operator):
    operator.get("/authority/rounds/new")
    assert 'value="Autumn 2026"' in operator.html
    fields = next(form.fields for form in operator.page.forms if "name" in form.fields)
    assert (fields["opens_on"], fields["locks_time"]) == (["10", "08", "2026"], "17:00")
    assert "Monday 12 October 2026, 11:59pm" in operator.text


def test_new_round_is_created_with_its_real_dates(operator):
    new_round(operator)
    assert operator.title.startswith("Summer")
    assert "It opens by itself: Tuesday 2 June 2026, 10am." in operator.text


def test_the_steps_of_a_round_come_as_a_file(operator):
    board = new_round(operator).here
    rows = operator.get(f"{board}/steps.csv").html.splitlines()
    assert rows[0].endswith("step,status,date,who")
    assert [row.split(",")[1] for row in rows[1:]] == ["now", *["next"] * 8]
    assert rows[2].startswith("open,next,2026-06-02T10:00+01:00,")


def test_new_round_out_of_order_names_the_field_and_keeps_what_was_typed(operator):
    new_round(operator, locks_on=["1", "May", "2026"])
    assert operator.status == 422
    assert "A round opens first, then locks" in operator.text
    assert 'value="May"' in operator.html


def test_new_round_with_a_day_missing_says_what_to_write(operator):
    new_round(operator, release_on=["", "", ""])
    assert operator.status == 422
    assert "Write the day on which results go out." in operator.text


def test_new_round_released_at_night_is_refused(operator):
    new_round(operator, release_time="9pm")
    assert operator.status == 422
    assert "Results go out between 8am and 8pm." in operator.text


def test_new_round_released_on_a_day_off_asks_first(operator):
    new_round(operator, release_on=["20", "6", "2026"])
    assert operator.status == 422
    assert "Saturday 20 June 2026 is a Saturday" in operator.text
    operator.send("Create round", sure=["yes"])
    assert operator.title.startswith("Summer")


def test_new_round_with_a_name_that_is_taken_says_so(operator):
    new_round(operator)
    new_round(operator)
    assert operator.status == 422
    assert "already" in operator.text


def test_new_round_can_copy_the_last(operator):
    assert "Copy the last round" not in operator.get("/authority/rounds/new").text
    new_round(operator)
    operator.get("/authority/rounds/new?copy=last")
    assert 'value="Summer again"' in operator.html


def test_bank_holidays_are_named_and_not_counted(operator):
    new_round(operator, release_on=["26", "8", "2026"], name="", sure=[])
    assert "Monday 31 August 2026" in operator.text
    assert "Thursday 3 September 2026, 11:59pm" in operator.text


def test_board_shows_nine_steps_and_one_next_step(operator, approver, bring):
    board = f"/authority/rounds/{bring('open')}"
    operator.get(board)
    assert operator.html.count("<li") >= 9
    assert operator.html.count('role="button"') == 1
    assert "Lock the round" in operator.text
    assert "Dawn Invented" in operator.text
    assert "Lock the round" not in approver.get(board).text


def test_board_names_who_can_approve(operator, bring):
    text = operator.get(f"/authority/rounds/{bring('proposed')}").text
    assert "Who can approve: Tomasz Invented." in text


def test_rules_say_the_policy_in_one_sentence(operator, bring):
    text = operator.get(f"/authority/rounds/{bring('open')}/rules").text
    assert "First, the most people are placed. Then, in this order:" in text


def test_unlock_voids_the_plan_with_a_reason(operator, bring):
    board = f"/authority/rounds/{bring('proposed')}"
    operator.get(f"{board}/unlock").send("Open the round again", reason="")
    assert operator.status == 422
    operator.send("Open the round again", reason="A provider was forgotten (invented).")
    assert operator.here == board
    assert "Lock the round" in operator.text
    assert "Opened it again" in operator.text


def test_cancel_says_why_and_ends_the_round(operator, bring):
    board = f"/authority/rounds/{bring('open')}"
    operator.get(f"{board}/cancel").send("Call the round off", reason="Snow (invented).")
    assert "Why: Snow (invented)." in operator.text
    assert "Everyone stays in for the next one." in operator.text
    assert "This cannot be done now." in operator.get(f"{board}/cancel").text


def test_lock_pressed_twice_seals_once(world, operator, bring):
    board = f"/authority/rounds/{bring('open')}"
    operator.get(f"{board}/lock")
    form = next(form for form in operator.page.forms if form.buttons[0][2].startswith("Lock"))
    replies = [operator.client.post(f"{board}/lock", data=form.fields) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [303, 303]
    assert operator.get(board).text.count("Locked and sealed it") == 1


def test_lock_from_an_old_page_is_refused_and_changes_nothing(operator, visit, world, bring):
    board = f"/authority/rounds/{bring('open')}"
    operator.get(f"{board}/lock")
    visit(world.operator_id).get(f"{board}/lock").send("Lock the round now")
    operator.send("Lock the round now")
    assert operator.status == 422
    assert "cannot lock" in operator.text
    assert operator.get(board).text.count("Locked and sealed it") == 1


def test_lock_counts_who_is_left_out_by_provider(world, operator, bring):
    round_id = bring("open")
    provider = Actor(Role.PROVIDER, organisation_id=world.provider_id)
    with world.app.app_context():
        applications.hold_application(provider, world.application_ids[0])
    operator.get(f"/authority/rounds/{round_id}/lock")
    assert "People who are sealed 4" in operator.text
    assert "Invented Skills Taking a break 1" in operator.text
    assert "People left out 1, of whom 1 are not ready" in operator.text
    assert f"Invented Skills Taking a break 1 {world.references[0]}" in operator.text
    assert "Invented Person" not in operator.text


def test_a_round_late_for_its_release_is_on_the_first_page(world, visit, bring):
    bring("proposed")
    world.clock_at(datetime(2026, 6, 16, 12, tzinfo=UTC))
    text = visit(world.operator_id).get("/authority").text
    assert "Summer: the release time has passed and no result is out." in text


def test_an_open_round_past_its_lock_does_not_say_it_will_lock(world, visit, bring):
    board = f"/authority/rounds/{bring('open')}"
    assert "It locks by itself" in visit(world.operator_id).get(board).text
    world.clock_at(datetime(2026, 6, 9, 12, tzinfo=UTC))
    text = visit(world.operator_id).get(board).text
    assert "The time to lock has passed." in text
    assert "It locks by itself" not in text

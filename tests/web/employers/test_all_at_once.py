"""Pages that ask about everything due with one save: promises, still true, the first day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from factories.records import make_account
from factories.steps import SAID_YES
from sqlalchemy import select
from web.employers.test_people import sign_all

from placements import clock
from placements.domain.errors import Invalid
from placements.domain.plain_words import day_words
from placements.domain.pledge_words import ask_again_on
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.outbox.words import write_letter
from placements.services import freshness, starts
from placements.services.transactions import act

OLD = datetime(2026, 5, 10, 9, tzinfo=UTC)
FRESH = datetime(2026, 6, 10, 9, tzinfo=UTC)
FIRST_DAY = date(2026, 7, 13)
WHERE = {"time": "9am", "place": "Gate 2", "bring": "", "wear": ""}


def test_a_yes_leaves_so_many_places_to_describe(us, app):
    us.get("/employer/pledges/new").send("Pledge", answer="yes", n_places="6")
    assert us.here == "/employer/placements/new"
    assert "Thank you. Your answer is kept." in us.text
    assert "Promised 6" in us.get("/employer/pledges").text
    with app.app_context():
        rows = select(Placement.state, Placement.n_pledged)
        assert db.session.execute(rows).all() == [("pledged", 6)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"answer": "yes", "n_places": "0"}, "Write how many places"),
        ({"answer": "yes"}, "Write how many places"),
        ({"answer": "not_now"}, "It tells us when to ask again."),
        ({}, "Choose one."),
    ],
)
def test_half_an_answer_is_asked_for_the_rest(us, said, words):
    us.get("/employer/pledges/new").send("Pledge", **said)
    assert us.status == 422
    assert words in us.text


def test_not_now_says_in_which_month_we_ask_again(us):
    us.get("/employer/pledges/new").send("Pledge", answer="not_now", reason="no_time")
    assert "September 2026" in us.text
    us.get("/employer/pledges/new").send("Pledge", answer="maybe")
    assert "What it takes" in us.text


@pytest.mark.parametrize(
    ("today", "reason", "asked"),
    [
        (date(2026, 12, 31), "no_time", date(2027, 3, 1)),
        (date(2026, 1, 1), "changes", date(2027, 1, 1)),
        (date(2026, 11, 30), None, date(2026, 12, 1)),
    ],
)
def test_ask_again_is_the_first_of_a_month(today, reason, asked):
    assert ask_again_on(reason, today) == asked


def test_three_placements_are_answered_with_one_save(us, add_placement, read):
    kept, paused, changed = (
        add_placement(title=f"Old {n}", places=2, checked_at=OLD) for n in range(3)
    )
    add_placement(title="New", checked_at=FRESH)
    us.get("/employer/still-true")
    assert "New" not in us.text
    answers = {kept: "yes", paused: "pause", changed: "changed"}
    us.send("Save", {f"placement-{one}": answer for one, answer in answers.items()})
    assert us.here == f"/employer/placements/{changed}"
    assert read(Placement, kept, "checked_at") > OLD
    assert read(Placement, paused, "state") == "paused"
    assert read(Placement, paused, "paused_until") == date(2026, 7, 14)
    assert read(Placement, changed, "checked_at") == OLD
    us.get("/employer/still-true").send("Save", {f"placement-{changed}": "yes"})
    assert "All checked. Next: Friday 10 July 2026." in us.text


def test_a_placement_left_out_keeps_none_of_the_answers(us, add_placement, read):
    first, _ = (add_placement(title=f"Old {n}", checked_at=OLD) for n in range(2))
    us.get("/employer/still-true").send("Save", {f"placement-{first}": "yes"})
    assert us.status == 422
    assert "Choose one for Old 1." in us.text
    assert read(Placement, first, "checked_at") == OLD


def test_a_placement_of_another_employer_is_not_answered(app, world, add_placement):
    theirs = add_placement(title="Old", checked_at=OLD)
    with app.app_context(), pytest.raises(Exception, match="not yours"):
        freshness.answer_all(world.other, {theirs: "yes"})
    with app.app_context(), pytest.raises(Invalid):
        freshness.answer_all(world.actor, {theirs: "perhaps"})


def test_who_came_is_kept_with_one_save_and_who_has_not_signed_says_so(
    app, world, add_placement, add_person, read, set_day, visit
):
    placement = add_placement(title="Workshop helper", places=9, checked_at=FRESH)
    facts = {"answered_at": datetime(2026, 6, 12, 9, tzinfo=UTC)}
    people = [
        add_person(placement, SAID_YES, person={"name": f"Invented {n}"}, **facts) for n in range(3)
    ]
    with app.app_context():
        for one in people:
            starts.confirm_assignment(world.actor, one, "Ines Example", FIRST_DAY, WHERE)
    came, stays_away, unsigned = people
    add_person(placement, SAID_YES, **facts)
    sign_all(app, world, came)
    set_day(FIRST_DAY)
    us = visit(world.account_id).get("/employer/day-one")
    said = {came: "came", stays_away: "did_not_come", unsigned: "came"}
    us.send("Save", {f"person-{one}": answer for one, answer in said.items()})
    assert "2 answers are kept." in us.text
    assert "Invented 2: They must not start before all have signed." in us.text
    states = [read(Assignment, one, "state") for one in said]
    assert states == ["started", "did_not_start", "confirmed"]


def test_nobody_starts_this_week(us):
    assert "No one starts this week." in us.get("/employer/day-one").text


def test_a_first_day_moves_inside_the_window_and_its_person_is_told(
    app, world, add_placement, add_person, read, us
):
    placement = add_placement(places=9, checked_at=FRESH)
    one = add_person(placement, SAID_YES, person={"name": "Invented Mover"})
    with app.app_context():
        starts.confirm_assignment(world.actor, one, "Ines Example", FIRST_DAY, WHERE)
        give_account(one)
    us.get(f"/employer/people/{one}")
    assert f"/employer/people/{one}/move" in us.page.links
    new = FIRST_DAY + timedelta(days=1)
    us.get(f"/employer/people/{one}/move")
    us.send("Move it", start_on=["1", "1", "2027"])
    assert us.status == 422 and "The first day must be within" in us.text
    us.send("Move it", start_on=[str(new.day), str(new.month), str(new.year)])
    assert "Invented Mover is told now." in us.text
    assert read(Assignment, one, "start_on") == new
    assert read(Assignment, one, "end_on") > new
    with app.app_context():
        body = read_moved()
    assert body.index(f"new: {day_words(new)}") < body.index(f"was: {day_words(FIRST_DAY)}")


@act
def give_account(assignment_id):
    candidate = db.session.get_one(Assignment, assignment_id).application.candidate
    candidate.account_id = make_account().id


@act
def read_moved():
    rows = select(Message).where(Message.template == "first_day_moved")
    letters = [write_letter(m, "https://p.example", clock.now()) for m in db.session.scalars(rows)]
    return next(letter.body for letter in letters if letter.channel == "email")

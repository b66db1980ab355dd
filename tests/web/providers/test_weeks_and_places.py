"""R9, R10 and R14: what is open, who is ready for a round, and who came in a week."""

from datetime import UTC, date, datetime

import pytest
from factories.records import AT, make_candidate
from factories.steps import STARTED
from sqlalchemy import select

from placements.domain.errors import Invalid
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application, Attendance
from placements.services import attendance, rounds, transitions
from placements.services.transactions import act

MONDAY = date(2026, 6, 15)
DAYS = {"start_on": date(2026, 6, 9), "end_on": date(2026, 7, 6)}


def kept(app):
    with app.app_context():
        rows = select(Attendance.day, Attendance.came).order_by(Attendance.day)
        return [tuple(row) for row in db.session.execute(rows)]


@pytest.fixture
def started(add_person, add_offer):
    return add_offer(add_person(), *STARTED, **DAYS)


@pytest.fixture
def placement_id(add_placement):
    return add_placement()


def test_a_week_shows_planned_days_only_and_is_saved_at_once(us, app, started):
    us.get("/provider/attendance")
    assert us.html.count("<select") == 2
    assert us.text.count("To come") == 3
    us.get("/provider/attendance?fill=planned")
    assert "Filled in, not saved yet." in us.text
    assert kept(app) == []
    us.send("Save week", {f"day-{started}-1": "away"})
    assert "2 days are changed." in us.text
    assert kept(app) == [(MONDAY, True), (date(2026, 6, 16), False)]
    us.send("Save week")
    assert "0 days are changed." in us.text


def test_before_the_first_day_and_at_the_weekend_nothing_is_planned(us, started):
    us.get("/provider/attendance?week=2026-06-08")
    assert us.html.count("<select") == 4
    us.get("/provider/attendance?week=2026-06-01")
    assert "Nobody of yours had a planned day in this week." in us.text
    assert us.get("/provider/attendance?week=never").status == 200


def test_a_day_to_come_is_refused_and_nothing_is_kept(app, world, started):
    with app.app_context(), pytest.raises(Invalid, match="has not come yet"):
        attendance.save_week(world.actor, MONDAY, {(started, 0): "came", (started, 3): "came"})
    assert kept(app) == []


def test_I36_another_provider_sees_and_changes_nobody_of_ours(app, world, them, started):
    them.get("/provider/attendance")
    assert "Nobody of yours had a planned day in this week." in them.text
    with app.app_context():
        assert attendance.save_week(world.other, MONDAY, {(started, 0): "came"}) == 0
    assert kept(app) == []


def test_open_placements_say_who_of_ours_could_take_them(us, app, add_person, placement_id):
    person = add_person()
    us.get("/provider/places")
    assert "1 placement is open now" in us.text
    assert us.get("/provider/places?district=Coventry").text.count("No placement is open") == 1
    us.get(f"/provider/places/{placement_id}")
    assert "Your people who could take it: 1" in us.text
    us.send("Add to choices")
    with app.app_context():
        assert len(db.session.get_one(Application, person).choices) == 1
    assert us.get("/provider/places/987654").status == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("start=2026-07", ["Short"]),
        ("start=2026-09", ["Long"]),
        ("start=2026-01", []),
        ("start=soon", []),
        ("hours=16", ["Short"]),
        ("hours=30", []),
        ("hours=more", ["Long"]),
        ("need=nothing", ["Short"]),
        ("need=enhanced_dbs", ["Long"]),
        ("need=driving_licence", []),
        ("start=2026-09&hours=more&need=enhanced_dbs", ["Long"]),
        ("start=2026-07&hours=more", []),
        ("", ["Short", "Long"]),
    ],
)
def test_open_placements_are_narrowed_by_start_hours_and_needs(us, add_placement, asked, found):
    week = [[day, 540, 1020] for day in range(5)]
    september = {"start_from": date(2026, 8, 31), "start_to": date(2026, 9, 14)}
    check = {"needs": ["enhanced_dbs"], "dbs_reason": "Alone with people in our care"}
    add_placement(title="Short", shifts=week[:2], start_from=date(2026, 6, 29))
    add_placement(title="Long", shifts=week, **september, **check)
    us.get(f"/provider/places?{asked}")
    assert [title for title in ("Short", "Long") if f"{title}, Invented" in us.text] == found
    assert us.html.count("remove<span") == (asked.count("=") if asked else 0)


@act
def begin_person(world):
    candidate = make_candidate(right_to_work_checked=None)
    one = Application(reference="A-sent", salt="0" * 32, candidate_id=candidate.id)
    one.provider_id, one.region_id = world.provider_id, world.region_id
    one.start_from, one.availability = date(2026, 7, 1), [[0, 540, 900]]
    transitions.begin(one, Kind.APPLICATION, "begin", world.actor, AT)
    db.session.flush()
    return one.id


def test_who_is_ready_for_a_round_and_who_would_be_left_out(us, app, world, add_person):
    add_person()
    with app.app_context():
        missing = begin_person(world)
        dates = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (17, 24, 30))
        operator = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id)
        round_id = rounds.create_round(operator, "Summer", dates, 7)
    us.get(f"/provider/rounds/{round_id}/ready")
    assert "1 person would be left out if choices closed now." in us.text
    assert f"/provider/people/{missing}" in us.html
    assert us.get("/provider/rounds/987654/ready").status == 404

"""E2, E5, E8, E9, E10: what waits, and each placement by its state."""

from datetime import UTC, date, datetime

import pytest
from factories.records import AT, make_application, make_candidate
from factories.steps import CONFIRMED, SAID_YES

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Provider
from placements.models.employers import Pledge
from placements.models.placements import Placement
from placements.services import placements as service
from placements.services import rounds
from placements.services.transactions import act

FRESH = datetime(2026, 6, 10, 9, tzinfo=UTC)


@act
def pledge(employer_id, n):
    row = Pledge(employer_id=employer_id, answer="yes", n_places=n, period="2026", made_at=AT)
    row.source = "invented"
    db.session.add(row)


@act
def add_ready_people(provider_id, n):
    for _ in range(n):
        make_application(make_candidate(), db.session.get_one(Provider, provider_id))


def send_back(app, world, placement_id, reason):
    operator = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id)
    with app.app_context():
        service.ask_changes(operator, placement_id, reason)


def test_nothing_to_do_names_the_next_date(us, world, app):
    us.get("/employer")
    assert "Nothing for you today." in us.text
    dates = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 22, 25)]
    operator = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id)
    with app.app_context():
        rounds.create_round(operator, "Summer", tuple(dates), seed=1)
    us.get("/employer")
    assert "Next: Thursday 25 June 2026, when results come out." in us.text
    assert "Young people choose until Monday 22 June 2026, 10am" in us.text


def test_to_do_is_by_date_and_each_leads_to_its_page(us, add_placement, add_person):
    mine = add_placement(title="Workshop helper", places=9, checked_at=FRESH)
    add_placement(title="Old one", checked_at=datetime(2026, 5, 10, 9, tzinfo=UTC))
    yes = add_person(mine, SAID_YES, answered_at=datetime(2026, 6, 12, 9, tzinfo=UTC))
    soon = {"start_on": date(2026, 6, 18), "end_on": date(2026, 7, 16)}
    comes = add_person(mine, *CONFIRMED, **soon)
    ends = add_person(
        mine,
        *CONFIRMED,
        ("start", Role.EMPLOYER),
        start_on=date(2026, 5, 18),
        end_on=date(2026, 6, 15),
    )
    add_person(mine, person={"name": "Not yet (invented)"}, deadline_at=FRESH)
    us.get("/employer")
    order = [
        f"/employer/people/{ends}/end",
        f"/employer/people/{comes}",
        f"/employer/people/{comes}/agreement",
        f"/employer/people/{yes}/confirm",
        "/employer/still-true",
    ]
    assert [link for link in us.page.links if link in order] == order
    assert "Late 15 June 2026" in us.text
    assert "By 24 June 2026" in us.text
    assert "Not yet (invented)" not in us.text


def test_places_are_counted_from_pledge_to_filled(us, world, app, add_placement, add_person):
    with app.app_context():
        pledge(world.employer_id, 6)
    placement_id = add_placement(places=4, checked_at=FRESH)
    add_person(placement_id, SAID_YES, answered_at=FRESH)
    us.get("/employer")
    assert "Promised 6 Described 4 Live 4 Filled or offered 1" in us.text
    assert "2 promised places are not described yet." in us.text


def test_no_placement_yet_says_how_long_it_takes(us):
    us.get("/employer/placements")
    assert "Describe your first place: about 4 minutes." in us.text


def test_the_table_is_filtered_by_state_and_shows_places_taken(us, add_placement, add_person):
    taken = add_placement(title="Taken one", places=1)
    add_placement(title="Free one", places=2)
    add_person(taken)
    us.get("/employer/placements")
    assert "0 of 2" in us.text
    assert "1 of 1" in us.text
    us.get("/employer/placements/new").send(
        "Continue", title="Draft one", sector="retail", summary="Fill shelves."
    )
    us.get("/employer/placements?state=draft")
    assert "Draft one" in us.text
    assert "Taken one" not in us.text
    us.get("/employer/placements?state=paused")
    assert "No placement is in this state." in us.text
    assert us.get("/employer/placements?state=%3Cscript%3E").status == 200


def test_copy_says_the_same_and_is_a_draft_of_its_own(us, add_placement, read):
    placement_id = add_placement(title="Workshop helper")
    us.get("/employer/placements").send("Copy")
    copy_id = int(us.here.split("/")[3])
    assert us.here == f"/employer/placements/{copy_id}/new/check"
    for name in ("title", "shifts", "site_id", "capacity_max", "summary"):
        assert read(Placement, copy_id, name) == read(Placement, placement_id, name)
    assert read(Placement, copy_id, "reference") != read(Placement, placement_id, "reference")
    us.send("Send to be checked")
    assert read(Placement, copy_id, "state") == "submitted"


def test_a_placement_shows_its_answers_state_and_history(us, add_placement):
    us.get(f"/employer/placements/{add_placement(title='Workshop helper', checked_at=FRESH)}")
    assert "Live" in us.text
    assert "Monday to Friday, 9am to 4pm" in us.text
    assert "Begun, by the service" in us.text
    assert "Sent to be checked, by you" in us.text
    assert "Checked: open to young people, by the authority" in us.text
    assert "How a young person sees it" in us.text


@pytest.mark.parametrize(("n", "is_told"), [(4, False), (5, True)])
def test_how_many_can_reach_it_is_told_from_five_on(us, world, app, add_placement, n, is_told):
    placement_id = add_placement()
    with app.app_context():
        add_ready_people(world.provider_id, n)
    us.get(f"/employer/placements/{placement_id}")
    assert (f"{n} young people in the next round could take this place." in us.text) is is_told


def test_asked_for_changes_shows_the_reason_on_top_until_it_is_sent_again(us, app, world, read):
    us.get("/employer/placements/new").send(
        "Continue", title="Helper", sector="retail", summary="Fill shelves."
    )
    draft_id = int(us.here.split("/")[3])
    _finish(us, world)
    us.send("Send to be checked")
    send_back(app, world, draft_id, "Say who shows them the till.")
    us.get("/employer")
    assert "Change Helper" in us.text
    us.get(f"/employer/placements/{draft_id}")
    assert us.text.index("Say who shows them the till.") < us.text.index("Fill shelves.")
    us.get(f"/employer/placements/{draft_id}/new/check")
    assert "You were asked to change something Say who shows them the till." in us.text
    us.send("Send to be checked")
    assert read(Placement, draft_id, "state") == "submitted"
    assert "Say who shows" not in us.get(f"/employer/placements/{draft_id}").text


def _finish(us, world):
    days = {"start_from": ["6", "7", "2026"], "start_to": ["20", "7", "2026"]}
    us.send("Continue", site_id=str(world.site_id))
    us.send("Continue", {**days, "duration_weeks": "4"})
    us.send("Continue", {"from_0": "9", "to_0": "5"})
    us.send("Continue", {"capacity_min": "1", "capacity_likely": "1", "capacity_max": "1"})
    us.send("Continue")
    us.send("Continue", {"supervisor_name": "Ines Example", "supervisor_role": "Team leader"})


def test_still_true_is_noted_today(us, add_placement, read):
    placement_id = add_placement(checked_at=datetime(2026, 5, 1, 9, tzinfo=UTC))
    us.get(f"/employer/placements/{placement_id}").send("Still true")
    assert "Noted as still true." in us.text
    assert read(Placement, placement_id, "checked_at").date() == date(2026, 6, 16)
    assert "Is it still true?" not in us.get("/employer").text


def test_pause_until_a_day_and_open_again(us, add_placement, add_person, read):
    placement_id = add_placement(places=2)
    offer = add_person(placement_id)
    us.get(f"/employer/placements/{placement_id}/pause").send("Pause", until=["16", "6", "2026"])
    assert (us.status, read(Placement, placement_id, "state")) == (422, "live")
    us.send("Pause", until=["1", "July", "2026"])
    assert "Paused until Wednesday 1 July 2026" in us.text
    assert read(Assignment, offer, "state") == "offered"
    us.send("Open again")
    assert read(Placement, placement_id, "state") == "live"


def test_places_may_change_but_not_below_those_offered(us, add_placement, add_person, read):
    placement_id = add_placement(places=3)
    add_person(placement_id, person={"name": "Amara Example"})
    add_person(placement_id)
    us.get(f"/employer/placements/{placement_id}/places")
    assert "Amara Example: waiting for answer" in us.text
    us.send("Save change", capacity="1")
    assert us.status == 422
    assert "2 are already taken or offered. Not fewer." in us.text
    us.send("Save change", capacity="4")
    assert "You said 3 at most." in us.text
    us.send("Save change", capacity="2")
    assert (us.status, read(Placement, placement_id, "state")) == (200, "full")


def test_withdraw_names_who_loses_a_place_and_needs_a_reason(us, add_placement, add_person, read):
    placement_id = add_placement(places=3)
    yes = add_person(placement_id, SAID_YES, person={"name": "Amara Example"}, answered_at=FRESH)
    here = {"start_on": date(2026, 6, 8), "end_on": date(2026, 7, 5)}
    came = add_person(placement_id, *CONFIRMED, ("start", Role.EMPLOYER), **here)
    us.get(f"/employer/placements/{placement_id}/withdraw")
    assert "Amara Example: said yes" in us.text
    us.send("Withdraw it")
    assert (us.status, read(Placement, placement_id, "state")) == (422, "live")
    us.send("Withdraw it", reason="The workshop closes", version="1")
    assert (us.status, read(Placement, placement_id, "state")) == (409, "live")
    us.get(f"/employer/placements/{placement_id}/withdraw")
    us.send("Withdraw it", reason="The workshop closes")
    assert "2 people are told" in us.text
    assert read(Assignment, yes, "state") == "cancelled_by_employer"
    assert read(Assignment, came, "state") == "ended_by_employer"
    assert read(Assignment, came, "end_on") == date(2026, 6, 16)
    assert read(Placement, placement_id, "held") == 0


def test_I36_another_employers_placement_is_not_there(us, them, add_placement, read):
    placement_id = add_placement(title="Workshop helper")
    us.get(f"/employer/placements/{placement_id}/withdraw")
    token = them.get("/employer/sites/new").page.forms[-1].fields["csrf_token"]
    for tail in ("", "/pause", "/places", "/withdraw"):
        assert them.get(f"/employer/placements/{placement_id}{tail}").status == 404
    for tail in ("copy", "still-true", "resume", "pause", "places", "withdraw"):
        sent = {"csrf_token": token, "reason": "x", "capacity": "1", "until": ["1", "1", "2027"]}
        url = f"/employer/placements/{placement_id}/{tail}"
        assert them.client.post(url, data=sent).status_code == 404
    assert "Workshop helper" not in them.get("/employer/placements").html
    assert read(Placement, placement_id, "state") == "live"


@pytest.mark.parametrize("tail", ["pause", "places", "withdraw"])
def test_a_page_that_is_too_late_leads_to_the_placement(us, app, world, add_placement, tail):
    placement_id = add_placement()
    us.get(f"/employer/placements/{placement_id}/withdraw")
    us.send("Withdraw it", reason="The workshop closes")
    us.get(f"/employer/placements/{placement_id}/{tail}")
    assert us.here == f"/employer/placements/{placement_id}"
    assert "The workshop closes" in us.text


def test_a_visitor_and_other_roles_see_no_employers_page(world, app, visit, add_placement):
    placement_id = add_placement()
    for url in ("/employer", f"/employer/placements/{placement_id}", "/employer/people"):
        assert visit().get(url).here.startswith("/sign-in")

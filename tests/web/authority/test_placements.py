"""Checking placements and the employers behind them."""

import pytest
from factories.records import ACTORS, AT, make_placement, make_site

from placements.domain.placement_words import pack
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.employers import Employer, Site
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.transactions import act


@act
def send(site_id, **facts):
    """A placement that waits to be checked."""
    placement = make_placement(db.session.get_one(Site, site_id), **facts)
    transitions.move(placement, Kind.PLACEMENT, "change", ACTORS[Role.EMPLOYER], AT)
    return placement.id


@act
def send_of_unverified(world):
    employer = Employer(region_id=world.region_id, name="Invented Newcomer", sector="retail")
    transitions.begin(employer, Kind.EMPLOYER, "apply", ACTORS[Role.SYSTEM], AT)
    placement = Placement(reference="P-NEW", employer_id=employer.id)
    placement.site_id, placement.title = make_site(employer).id, "Shop helper (invented)"
    placement.capacity_min = placement.capacity_likely = placement.capacity_max = 2
    placement.shifts = [[0, 540, 960]]
    transitions.begin(placement, Kind.PLACEMENT, "describe", ACTORS[Role.SYSTEM], AT)
    transitions.move(placement, Kind.PLACEMENT, "submit", ACTORS[Role.SYSTEM], AT)
    return employer.id, placement.id


@pytest.fixture
def waiting(world):
    with world.app.app_context():
        return [send(world.site_id, title=f"Helper {n} (invented)") for n in (1, 2)]


def state_of(world, placement_id):
    with world.app.app_context():
        return db.session.get_one(Placement, placement_id).state


def test_approve_and_next_opens_each_with_one_press(world, operator, waiting):
    operator.get("/authority/placements")
    assert "Placements to check: 2" in operator.text
    operator.get(f"/authority/placements/{waiting[0]}/check").send("Approve and next")
    assert "Helper 1 (invented) is open." in operator.text
    assert operator.here == f"/authority/placements/{waiting[1]}/check"
    operator.send("Approve")
    assert "Nothing waits to be checked." in operator.text
    assert {state_of(world, n) for n in waiting} == {"live"}


def test_approve_pressed_twice_goes_to_the_same_next(world, operator, waiting):
    operator.get(f"/authority/placements/{waiting[0]}/check")
    form = next(f for f in operator.page.forms if f.buttons[0][2] == "Approve and next")
    replies = [operator.client.post(form.action, data=form.fields) for _ in range(2)]
    assert {(r.status_code, r.headers["Location"]) for r in replies} == {
        (303, f"/authority/placements/{waiting[1]}/check")
    }
    assert state_of(world, waiting[1]) == "submitted"


def test_I17_approve_of_a_placement_that_changed_since_is_refused(world, operator, waiting):
    @act
    def change_again():
        placement = db.session.get_one(Placement, waiting[0])
        for action, role in (
            ("ask_changes", Role.OPERATOR),
            ("submit", Role.EMPLOYER),
        ):
            actor = ACTORS[role]
            transitions.move(placement, Kind.PLACEMENT, action, actor, AT, reason="Invented")

    operator.get(f"/authority/placements/{waiting[0]}/check")
    with world.app.app_context():
        change_again()
    operator.send("Approve and next")
    assert operator.status == 409
    assert state_of(world, waiting[0]) == "submitted"


def test_a_change_of_an_open_placement_is_marked_and_told_line_by_line(world, operator, waiting):
    @act
    def keep_what_it_said():
        placement = db.session.get_one(Placement, waiting[0])
        placement.last_published = {**pack(placement), "duration_weeks": 9}

    with world.app.app_context():
        keep_what_it_said()
    text = operator.get(f"/authority/placements/{waiting[0]}/check").text
    assert "It was open before and was changed." in text
    assert "What the employer changed" in text and "Weeks 4 9" in text


def test_the_checklist_names_the_rule_of_the_hours(world, operator):
    with world.app.app_context():
        placement_id = send(world.site_id, shifts=[[day, 480, 1080] for day in range(6)])
    text = operator.get(f"/authority/placements/{placement_id}/check").text
    assert "Hours, rule YW1" in text
    assert "Hours, rule YW4" in text
    assert "Look at this" in text


def test_ask_for_changes_needs_a_reason_that_the_employer_reads(world, operator, waiting):
    operator.get(f"/authority/placements/{waiting[0]}/ask-changes")
    operator.send("Ask for changes", reason="  ")
    assert operator.status == 422
    assert "Write the reason." in operator.text
    operator.send("Ask for changes", reason="Say who looks after them (invented).")
    assert operator.here == f"/authority/placements/{waiting[1]}/check"
    with world.app.app_context():
        placement = db.session.get_one(Placement, waiting[0])
        assert (placement.state, placement.reason) == (
            "changes_requested",
            "Say who looks after them (invented).",
        )


def test_refuse_closes_with_a_reason(world, operator, waiting):
    url = f"/authority/placements/{waiting[0]}/refuse"
    operator.get(url).send("Refuse it", reason="No supervisor (invented).")
    assert state_of(world, waiting[0]) == "closed"
    assert "not waiting to be checked" in operator.get(url).text


def test_a_placement_of_an_unverified_employer_is_not_approved(world, operator):
    with world.app.app_context():
        employer_id, placement_id = send_of_unverified(world)
    url = f"/authority/placements/{placement_id}/check"
    operator.get(url)
    assert "The employer is not verified yet." in operator.text
    operator.send("Approve")
    assert operator.status == 422
    assert "Verify the employer first" in operator.text
    assert state_of(world, placement_id) == "submitted"
    operator.get(f"/authority/employers/{employer_id}").send("Verify this employer")
    assert "The employer is verified." in operator.text
    operator.get(url).send("Approve")
    assert state_of(world, placement_id) == "live"


def test_an_approver_reads_and_has_no_button(approver, world, waiting):
    approver.get(f"/authority/placements/{waiting[0]}/check")
    words = [b[2] for form in approver.page.forms for b in form.buttons]
    assert words == ["Sign out"]


def test_placements_can_be_listed_by_state_with_the_filter_removable(operator, world):
    operator.get("/authority/placements?state=live")
    assert "1 placement: live." in operator.text
    assert "Remove the filter" in operator.text


def test_employers_are_listed_with_the_unverified_first(world, operator):
    with world.app.app_context():
        send_of_unverified(world)
    text = operator.get("/authority/employers").text
    assert text.index("Invented Newcomer") < text.index("Invented Lockside")
    assert "To verify" in text

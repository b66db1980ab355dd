"""One round by its pages alone, from its dates to the day it is final."""

from datetime import UTC, datetime, timedelta

from placements import scheduler
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import assignments

RELEASE = datetime(2026, 6, 16, 9, tzinfo=UTC)
SUMMER = {
    "name": "Summer",
    "opens_on": ["2", "June", "2026"],
    "opens_time": "10am",
    "locks_on": ["9", "6", "2026"],
    "locks_time": "17:00",
    "release_on": ["16", "6", "2026"],
    "release_time": "10",
}


def answer(world, state):
    """Let who has an offer answer, as their own pages would: the first says no."""
    with world.app.app_context():
        offers = assignments.list_assignments(world.operator, ("offered",))
        pairs = [(offer.id, offer.candidate_id) for offer in offers]
        for number, (offer_id, candidate_id) in enumerate(pairs):
            person = Actor(Role.YOUNG_PERSON, candidate_id=candidate_id)
            say = assignments.decline_offer if number == 0 and state else assignments.accept_offer
            say(person, offer_id)
    return len(pairs)


def test_a_round_runs_by_pages_alone_from_create_to_final(world, operator, approver):
    operator.get("/authority/rounds").get("/authority/rounds/new")
    assert "Autumn 2026" in operator.html
    operator.send("Create round", **SUMMER)
    assert operator.title.startswith("Summer")
    board = operator.here

    operator.send("Open it now").get(f"{board}/lock")
    assert "People who are sealed 5" in operator.text
    operator.send("Lock the round now")
    assert operator.here == f"{board}/run"
    assert "Seal of the records" in operator.text
    operator.send("Make a plan")
    assert operator.here == f"{board}/plans"
    assert "places 3 of 5 people" in operator.text
    assert "Who can approve: Tomasz Invented." in operator.get(board).text

    approver.get(f"{board}/approve")
    hashes = [
        value
        for value in approver.html.split('value="')
        if len(value.split('"')[0]) == 64 and set(value.split('"')[0]) <= set("0123456789abcdef")
    ]
    assert len(hashes) == 2
    seal, plan = (value.split('"')[0] for value in hashes)
    approver.send("Approve", snapshot_hash=[seal], plan_hash=[plan])
    assert "Approved" in approver.text

    operator.get(f"{board}/publish")
    assert "Publish at Tuesday 16 June 2026, 10am" in operator.text
    assert not [b for form in operator.page.forms for b in form.buttons if "now" in b[2]]
    world.clock_at(RELEASE)
    operator.sign_in(world.operator_id)
    operator.get(f"{board}/publish").send("Send the results now")
    assert operator.here == f"{board}/settling"
    assert "3 offers are out." in operator.text

    world.clock_at(RELEASE + timedelta(hours=2))
    assert answer(world, "some") == 3
    operator.get(operator.here)
    assert "2 said yes, 1 said no or did not answer, 0 are open" in operator.text
    operator.send("Offer freed places")
    assert "1 place was offered." in operator.text
    assert answer(world, "") == 1
    operator.get(operator.here).send("Finish the round")
    assert "Final" in operator.get(board).text
    assert "The round is finished." in operator.text


def test_the_schedule_takes_a_round_the_same_way(world, visit, bring):
    round_id = bring("planned")
    world.clock_at(datetime(2026, 6, 9, 9, tzinfo=UTC))
    with world.app.app_context():
        scheduler.run_due("test")
    operator = visit(world.operator_id)
    operator.get(f"/authority/rounds/{round_id}")
    assert "The plan waits for an approver." in operator.text
    assert "The schedule" in operator.text

"""E16: what an employer says at the end, and who reads it."""

from datetime import date

import pytest
from factories.records import make_account
from sqlalchemy import select
from web.employers.conftest import sign_all

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment, Ending
from placements.models.audit import Event
from placements.models.candidates import Application, Candidate, ProviderMember
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import erasures, starts
from placements.services.transactions import act

FIRST_DAY, BEFORE_LAST, EARLY = date(2026, 7, 13), date(2026, 8, 8), date(2026, 7, 20)
LINE = "Amara saw what needed doing, and did it."
WENT = {"days_attended": "18", "on_time": "yes", "did_the_work": "mostly", "take_again": "yes"}
WENT |= {"reference_line": LINE}


@pytest.fixture
def started(app, world, add_placement, add_person, set_day):
    person = {"name": "Amara Example"}
    held = add_person(add_placement(), ("accept", Role.YOUNG_PERSON), person=person)
    with app.app_context():
        starts.confirm_assignment(world.actor, held, "Ines Example", FIRST_DAY, {})
    sign_all(app, world, held)
    set_day(FIRST_DAY)
    with app.app_context():
        starts.start_assignment(world.actor, held)
    set_day(BEFORE_LAST)
    return held


@pytest.fixture
def us(world, started, visit):
    return visit(world.account_id)


def ask_end(app, assignment_id):
    """Return the state of the question of the last day, and what answers it."""
    with app.app_context():
        asked = (Checkpoint.assignment_id == assignment_id, Checkpoint.kind == "END")
        found = db.session.scalar(select(Checkpoint).where(*asked))
        return found.state, [(o.kind, o.hired, o.source, o.with_whom) for o in found.outcomes]


def kept(app):
    with app.app_context():
        return [
            (e.days_attended, e.on_time, e.did_the_work, e.take_again, e.reference_line)
            for e in db.session.scalars(select(Ending))
        ]


@act
def give_accounts(assignment_id, provider_id):
    """Let the young person and somebody of their provider sign in."""
    held = db.session.get_one(Assignment, assignment_id)
    candidate = db.session.get_one(Candidate, held.candidate_id)
    person, adviser = make_account(), make_account()
    candidate.account_id = person.id
    db.session.add(ProviderMember(provider_id=provider_id, account_id=adviser.id))
    return person.id, adviser.id


def test_what_is_said_at_the_end_is_kept_once_and_read_by_whom_it_concerns(
    us, started, app, world, read, visit
):
    us.get(f"/employer/people/{started}/end").send("Send", WENT, how="finished")
    assert us.here == f"/employer/people/{started}"
    assert LINE in us.text
    assert read(Assignment, started, "state") == "completed"
    assert kept(app) == [(18, "yes", "mostly", "yes", LINE)]
    assert us.get(f"/employer/people/{started}/end").here == f"/employer/people/{started}"
    with app.app_context():
        person, adviser = give_accounts(started, world.provider_id)
    mine = visit(person).get("/me/placement").text
    assert "What they say of you" in mine
    assert LINE in mine
    theirs = visit(adviser).get(f"/provider/placed/{started}").text
    assert all(words in theirs for words in (LINE, "Days there 18", "Mostly"))


@pytest.mark.parametrize(
    ("hired", "state", "answers"),
    [
        ("yes", "recorded", [("JOB", True, "employer")]),
        ("no", "scheduled", []),
        ("", "scheduled", []),
    ],
)
def test_who_was_hired_is_an_answer_to_the_last_days_question(
    us, started, app, hired, state, answers
):
    us.get(f"/employer/people/{started}/end").send("Send", how="finished", hired=hired)
    assert us.status == 200
    found, told = ask_end(app, started)
    assert (found, [one[:3] for one in told]) == (state, answers)
    with app.app_context():
        said = db.session.scalars(select(Event.action).where(Event.action == "not_here")).all()
        assert len(said) == (hired == "no")
        assert db.session.query(Outcome).count() == len(answers)
    assert kept(app) == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"days_attended": "29"}, "Write a number of days up to 28"),
        ({"days_attended": "many"}, "Write a whole number"),
        ({"reference_line": "x" * 301}, "Write at most 300 characters."),
        ({"how": "left", "reason": "Moved", "hired": "yes"}, "we ask you about this in 4 weeks"),
    ],
)
def test_what_cannot_be_is_said_and_the_placement_runs_on(us, started, app, read, sent, words):
    us.get(f"/employer/people/{started}/end").send("Send", {"how": "finished", **WENT, **sent})
    assert us.status == 422
    assert words in us.text
    assert read(Assignment, started, "state") == "started"
    assert kept(app) == []


def test_an_end_that_somebody_else_told_can_be_described_afterwards_once(
    us, started, app, world, set_day
):
    set_day(EARLY)
    with app.app_context():
        provider = Actor(Role.PROVIDER, organisation_id=world.provider_id)
        starts.end_early(provider, started, "Moved away", by_employer=False)
    us.get(f"/employer/people/{started}").get(f"/employer/people/{started}/end")
    form, url = us.page.forms[-1], us.here
    assert "Say at least one thing" in us.send("Send").text
    us.send("Send", reference_line=LINE)
    assert (us.status, kept(app)) == (200, [(None, None, None, None, LINE)])
    again = us.client.post(url, data={**form.fields, "form_key": "", "reference_line": "Other"})
    assert again.status_code == 422
    assert kept(app) == [(None, None, None, None, LINE)]


def test_I38_nothing_is_kept_or_added_of_somebody_erased(us, started, app, world):
    us.get(f"/employer/people/{started}/end").send("Send", WENT, how="finished")
    with app.app_context():
        held = db.session.get_one(Assignment, started)
        person_id, entry_id = held.candidate_id, held.application_id
        assert not erasures.erase_people([person_id], app.config["SETTINGS"])
        assert db.session.get_one(Application, entry_id).state == "anonymised"
    assert kept(app) == []
    assert "Say how it went" not in us.get(f"/employer/people/{started}").text
    assert us.get(f"/employer/people/{started}/end").here == f"/employer/people/{started}"


def test_a_page_opened_before_somebody_else_ended_it_ends_nothing_again(
    us, started, app, world, read
):
    us.get(f"/employer/people/{started}/end")
    with app.app_context():
        provider = Actor(Role.PROVIDER, organisation_id=world.provider_id)
        starts.end_early(provider, started, "Moved away", by_employer=False)
    us.send("Send", WENT, how="finished")
    assert us.status == 422
    assert (read(Assignment, started, "state"), kept(app)) == ("left_early", [])

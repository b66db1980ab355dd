"""R15: due, late, disputed; recorded for one or several; three days of tries before giving up."""

import pytest
from factories.steps import STARTED
from sqlalchemy import select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import outcomes
from placements.services.outcomes import Answer

JOB = {"kind": "JOB", "told_by": "The employer"}


@pytest.fixture
def question(add_person, add_offer, ask):
    def make(day=10, kind="W4", **person):
        return ask(add_offer(add_person(person=person), *STARTED), day, kind)

    return make


def stands(app, checkpoint_id):
    with app.app_context():
        wanted = select(Outcome).where(Outcome.checkpoint_id == checkpoint_id)
        return db.session.scalars(wanted.order_by(Outcome.id.desc())).first()


def person_of(app, checkpoint_id):
    with app.app_context():
        assignment = db.session.get_one(Checkpoint, checkpoint_id).assignment_id
        owner = db.session.get_one(Assignment, assignment).application_id
        candidate_id = db.session.get_one(Application, owner).candidate_id
        return Actor(Role.YOUNG_PERSON, None, candidate_id=candidate_id)


def test_nothing_due_says_so(us):
    assert "No outcome waits" in us.get("/provider/outcomes").title


def test_late_comes_before_due(us, question):
    question(16, name="Due Today (invented)")
    question(3, name="Late Already (invented)")
    us.get("/provider/outcomes")
    assert "2 outcomes wait" in us.title
    assert us.text.index("Late Already") < us.text.index("Due Today")


def test_an_outcome_is_recorded_with_who_told_and_evidence(us, app, question, read):
    one = question()
    more = {"with_whom": "Invented Works", "from_on": ["1", "6", "2026"], "hours_per_week": "30"}
    us.get(f"/provider/outcomes/{one}").send("Save", JOB, **more, evidence="Payslip of June")
    assert us.here == "/provider/outcomes"
    outcome = stands(app, one)
    assert (outcome.kind, outcome.hours_per_week, outcome.source) == ("JOB", 30, "provider")
    assert outcome.reason == "Told by: The employer"
    assert outcome.evidence_level == "document"
    assert read(Checkpoint, one, "state") == "evidenced"


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"kind": "JOB", "kind_more": ["self"]}, "SELF"),
        ({"kind": "EDU_FT", "kind_more": ["part"]}, "EDU_PT"),
        ({"kind": "EDU_FT", "kind_more": ["self"]}, "EDU_FT"),
        ({"kind": "REFUSED", "hours_per_week": "12"}, "REFUSED"),
        ({"kind": "NEET_SEEK"}, "NEET_SEEK"),
    ],
)
def test_each_plain_answer_is_kept_as_its_kind(us, app, question, sent, kind):
    one = question()
    us.get(f"/provider/outcomes/{one}").send("Save", {**JOB, **sent})
    assert stands(app, one).kind == kind


def test_an_answer_needs_who_told_and_keeps_what_was_typed(us, app, question):
    one = question()
    us.get(f"/provider/outcomes/{one}").send("Save", kind="JOB", with_whom="Invented Works")
    assert us.status == 422
    assert "Choose who told you." in us.text
    assert "Invented Works" in us.html
    assert stands(app, one) is None
    us.send("Save", JOB, hours_per_week="120")
    assert "Hours a week must be more than 0 and at most 100." in us.text


def test_the_same_answer_for_several_is_all_or_none(us, app, question):
    ids = [question() for _ in range(3)]
    us.get(f"/provider/outcomes/same?for={ids[0]}&for={ids[1]}&for={ids[2]}")
    assert "The same answer for 3 people" in us.title
    us.send("Save", JOB)
    assert "3 outcomes are saved." in us.text
    assert {stands(app, one).kind for one in ids} == {"JOB"}


def test_one_refused_of_several_keeps_none(us, app, question, world):
    ids = [question(), question()]
    with app.app_context():
        better = Answer(OutcomeKind.VOL, evidence="Letter")
        employer = Actor(Role.EMPLOYER, None, world.employer_id, region_id=world.region_id)
        outcomes.record_outcome(employer, ids[1], better)
    us.get(f"/provider/outcomes/{ids[0]}?also={ids[1]}").send("Save", JOB)
    assert us.status == 422
    assert stands(app, ids[0]) is None


def test_ticking_nobody_says_so(us, question):
    question()
    us.get("/provider/outcomes/same")
    assert "Tick the people first." in us.text


def test_I36_a_foreign_question_among_several_is_not_there(us, them, question):
    one = question()
    assert them.get(f"/provider/outcomes/{one}").status == 404
    assert us.get(f"/provider/outcomes/{one}?also=987654").status == 404


def test_pressed_twice_is_one_answer(us, app, question):
    one = question()
    us.get(f"/provider/outcomes/{one}")
    page, there = us.page, us.here
    us.send("Save", JOB)
    us.page, us.here = page, there
    us.send("Save", JOB)
    with app.app_context():
        assert len(db.session.scalars(select(Outcome)).all()) == 1


def test_three_days_of_tries_before_giving_up(us, app, question, read, come_back):
    one = question()
    us.get(f"/provider/outcomes/{one}").send("Record this try")
    assert us.status == 422
    for day in (16, 16, 17):
        come_back(day)
        us.get(f"/provider/outcomes/{one}").send("Record this try", tried="phone")
    assert "1 more day to go." in us.text
    assert "We could not reach them" not in us.html
    come_back(18)
    us.get(f"/provider/outcomes/{one}").send("Record this try", tried="text")
    us.send("We could not reach them")
    assert read(Checkpoint, one, "state") == "unable_to_contact"
    assert stands(app, one).kind == "UNCONTACTABLE"


def test_given_up_too_early_is_refused(us, question, read):
    one = question()
    us.get(f"/provider/outcomes/{one}")
    token = us.page.forms[-1].fields["csrf_token"]
    us._keep(us.client.post(f"/provider/outcomes/{one}/give-up", data={"csrf_token": token}))
    assert us.status == 422
    assert "3 more days to go" in us.text
    assert read(Checkpoint, one, "state") == "due"


def test_who_was_found_after_all_may_answer(us, app, question, read, come_back):
    one = question()
    for day in (16, 17, 18):
        come_back(day)
        us.get(f"/provider/outcomes/{one}").send("Record this try", tried="phone")
    us.send("We could not reach them")
    with app.app_context():
        outcomes.record_outcome(person_of(app, one), one, Answer(OutcomeKind.APP))
    assert stands(app, one).kind == "APP"
    assert read(Checkpoint, one, "state") == "recorded"


def test_a_disputed_answer_is_shown_first_with_what_they_say(us, app, question):
    question(3)
    one = question(16, name="Dana (invented)")
    us.get(f"/provider/outcomes/{one}").send("Save", JOB)
    with app.app_context():
        version = db.session.get_one(Checkpoint, one).version
        outcomes.dispute_outcome(person_of(app, one), one, version, OutcomeKind.NEET_SEEK)
    us.get("/provider/outcomes?show=disputed")
    assert "1 disputed" in us.title
    us.get(f"/provider/outcomes/{one}")
    assert "Dana (invented) said this is not right." in us.text
    assert "They say that Dana (invented) is looking." in us.text
    assert "Save" not in [words for form in us.page.forms for _, _, words in form.buttons]


def test_many_outcomes_are_kept_by_one_table_or_none_of_them(us, app, question):
    ids = [question(day, name=f"Person {day} (invented)") for day in (8, 9, 10)]
    first, second, third = ids
    us.get("/provider/outcomes").get("/provider/outcomes/table")
    filled = {f"kind-{one}": "JOB" for one in (first, second)}
    filled |= {f"told-{one}": "The employer" for one in (first, second)}
    us.send("Save all", {**filled, f"since-{first}": "1 6 2026", f"hours-{second}": "many"})
    assert us.status == 422
    assert "Person 9 (invented): write the hours as a whole number, not many." in us.text
    assert stands(app, first) is None
    us.send("Save all", {f"hours-{second}": "30"})
    assert "2 kept." in us.text
    assert (stands(app, first).kind, stands(app, second).hours_per_week) == ("JOB", 30)
    assert stands(app, third) is None
    assert "Person 10 (invented)" in us.text


def test_an_empty_table_and_half_a_line_are_refused_in_words(us, question):
    one = question(name="Half Said (invented)")
    us.get("/provider/outcomes/table").send("Save all")
    assert "Fill in at least one line." in us.text
    us.send("Save all", {f"kind-{one}": "JOB"})
    assert "Half Said (invented): choose who told you." in us.text

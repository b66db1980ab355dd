"""R10, R11: many asked again with one press, nobody twice within 24 hours."""

from datetime import UTC, date, datetime

import pytest
from factories.records import make_account
from sqlalchemy import select

from placements import clock
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application, Candidate
from placements.models.operations import Message
from placements.outbox.words import write_letter
from placements.services import rounds, transitions
from placements.services.transactions import act


@act
def give_account(application_id):
    candidate = db.session.get_one(Application, application_id).candidate
    candidate.account_id = make_account(mobile=None).id


def sent(app, template):
    with app.app_context():
        rows = select(Message).where(Message.template == template).order_by(Message.id)
        return [(m.subject_id, m.channel) for m in db.session.scalars(rows)]


@pytest.fixture
def offers(app, add_person, add_offer):
    """Three offers; the third person has no account, so no way to be reached."""
    people = [add_person(person={"name": f"Dana {n} (invented)"}) for n in range(3)]
    with app.app_context():
        for person in people[:2]:
            give_account(person)
    return [add_offer(person) for person in people]


def test_one_press_asks_all_who_can_be_and_says_who_was_not(us, app, offers):
    us.get("/provider/answers")
    assert us.text.count("Not yet") == 3 and "We have no email address" in us.text
    us.send("Chase selected", offer=[str(one) for one in offers])
    assert "2 reminders go out. 1 not sent: the list says why." in us.text
    assert sent(app, "offer_asked_again") == [(offers[0], "email"), (offers[1], "email")]
    # Pressed again by whatever page: nobody is asked twice.
    assert "A reminder goes on" in us.text and "Chase selected" not in us.html
    us.client.post("/provider/answers/ask", data={**fields(us), "offer": offers})
    assert len(sent(app, "offer_asked_again")) == 2


def fields(us):
    return us.page.forms[0].fields


def test_the_words_are_the_offer_and_nobody_who_answered_is_asked(us, them, app, offers):
    us.get("/provider/answers").send("Chase selected", offer=[str(offers[0])])

    @act
    def read():
        message = db.session.scalar(select(Message).where(Message.template == "offer_asked_again"))
        return write_letter(message, "https://p.example", clock.now())

    with app.app_context():
        assert "Answer by Friday 19 June 2026, 11:59pm." in read().body
    us.get(f"/provider/placed/{offers[0]}/answer").send("Record", answer="yes", how="phone")
    with app.app_context():
        assert read() is None
    them.get("/provider/people")
    them.client.post("/provider/answers/ask", data={**fields(them), "offer": offers})
    assert len(sent(app, "offer_asked_again")) == 1


@pytest.fixture
def round_id(app, world, set_day):
    dates = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 22, 25)]
    operator = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id)
    with app.app_context():
        return rounds.create_round(operator, "Summer", tuple(dates), seed=1)


def test_who_is_not_ready_is_reminded_and_a_draft_is_not(us, app, add_person, round_id, world):
    missing = add_person(person={"name": "Mia (invented)", "right_to_work_checked": None})

    @act
    def back_to_submitted():
        facts = {"reference": "A-NEW", "salt": "0" * 32, "region_id": world.region_id}
        facts |= {"provider_id": world.provider_id, "modes": ["walk"], "availability": []}
        made = []
        for steps in ((), ("submit",)):
            candidate = Candidate(name=f"Not ready {len(steps)}", date_of_birth=date(2007, 1, 1))
            candidate.account_id, candidate.postcode = make_account(mobile=None).id, "B1 1BA"
            db.session.add(candidate)
            db.session.flush()
            one = Application(candidate_id=candidate.id, **{**facts, "reference": f"A-N{steps}"})
            transitions.begin(one, Kind.APPLICATION, "begin", SYSTEM, clock.now())
            for step in steps:
                transitions.move(one, Kind.APPLICATION, step, SYSTEM, clock.now())
            made.append(one.id)
        return made

    with app.app_context():
        draft, submitted = back_to_submitted()
    us.get(f"/provider/rounds/{round_id}/ready")
    assert "Their entry is not sent yet. You finish it." in us.text
    us.send("Send reminder", person=[str(draft), str(submitted), str(missing)])
    assert "1 reminder goes out. 1 not sent: the list says why." in us.text
    assert [one for one, _ in sent(app, "entry_asked_again")] == [submitted]
    assert 'class="stacked"' in us.html
    assert us.get("/provider/readiness.csv").html.splitlines()[0].endswith("state,people")

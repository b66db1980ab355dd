"""From the lock to the answers: who hears what, and when."""

from datetime import date, timedelta

import pytest
from factories.letters import kinds_of, link_of, read_letters
from factories.told_rounds import (
    HOUR,
    LOCKS,
    RELEASE,
    accept,
    confirm,
    deliver,
    key,
    london,
    offers,
    open_round,
    person_of,
    propose,
    publish,
)
from sqlalchemy import select

from placements import scheduler
from placements.domain.errors import GuardRefused
from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import Candidate
from placements.models.operations import Message
from placements.services import accounts, answers, assignments, publishing, rounds, solving
from placements.services.solver_process import Limits
from placements.services.transactions import act

HALF, LAST = date(2026, 6, 18), date(2026, 6, 23)


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        yield open_round(app, tmp_path)


def test_lock_tells_employers_when_they_will_see_people(world):
    propose(world)
    (letter,) = deliver(world, LOCKS)
    assert letter["X-Message-Key"].startswith("people_coming:")
    assert "Tuesday 16 June 2026 at 10am" in letter.get_content()


def test_I22_no_message_about_a_result_is_written_before_the_release(world):
    propose(world)
    world.clock_at(RELEASE - timedelta(seconds=1))
    with pytest.raises(GuardRefused):
        publishing.publish_round(world.operator, world.round_id)
    kept = set(db.session.scalars(select(Message.template)))
    assert kept == {"round_opens", "round_opens_for", "people_coming"}
    assert [m["X-Message-Key"].split(":")[0] for m in deliver(world, RELEASE)] == []


def test_publish_tells_each_person_their_result_at_once(world):
    told = publish(world)
    assert kinds_of(told) == [
        ("no_place", "email"),
        *[("offer", "email")] * 2,
        *[("offer", "text")] * 2,
    ]
    email = next(m for m in told if m["X-Message-Key"].startswith("offer") and m["Subject"])
    body = email.get_content()
    for words in ("Workshop assistant", "Invented Foundry", "Answer by Tuesday 23 June 2026"):
        assert words in body
    assert accounts.read_link(link_of(email).rpartition("/")[2]).purpose == "offer"


CHILD = {"date_of_birth": date(2009, 1, 1), "guardian_contact": "carer@home.example"}


@act
def set_all(agrees=True, **facts):
    for candidate in db.session.scalars(select(Candidate)):
        for name, value in facts.items():
            setattr(candidate, name, value)
        candidate.guardian_copies_at = RELEASE - timedelta(days=20) if agrees else None


def copies_of(letters):
    return [letter for letter in letters if key(letter).startswith("offer_guardian")]


@pytest.mark.parametrize("contact", ["carer@home.example", "07700 900555"])
def test_a_guardian_gets_a_copy_of_the_offer_that_answers_nothing(world, contact):
    set_all(**{**CHILD, "guardian_contact": contact})
    letters = publish(world)
    copies = copies_of(letters)
    assert len(copies) == 2
    assert {letter["To"] for letter in copies} == {contact.replace("07700 ", "+447700")}
    for letter in copies:
        assert "Workshop assistant" in letter.get_content()
        assert "Tuesday 23 June" in letter.get_content()
        assert "/l/" not in letter.get_content()
        assert "Kim" not in letter.get_content() or letter["Subject"]
    assert len([m for m in letters if key(m).startswith("offer:")]) == 4


@pytest.mark.parametrize(
    ("agrees", "facts"),
    [
        (False, CHILD),
        (True, {**CHILD, "date_of_birth": date(2008, 1, 1)}),
        (True, {**CHILD, "guardian_contact": None}),
    ],
)
def test_no_copy_goes_unless_they_are_under_18_and_agreed(world, agrees, facts):
    set_all(agrees, **facts)
    assert copies_of(publish(world)) == []


def test_a_copy_that_is_not_wanted_any_more_is_not_sent(world):
    set_all(**CHILD)
    propose(world)
    world.clock_at(RELEASE)
    publishing.publish_round(world.operator, world.round_id)
    set_all(agrees=False)
    assert copies_of(deliver(world, RELEASE)) == []


def test_I30_every_message_hangs_on_its_own_committed_event(world):
    publish(world)
    rows = select(Message, Event).join(Event, Message.event_seq == Event.seq)
    found = db.session.execute(rows).all()
    assert len(found) == len(db.session.scalars(select(Message)).all())
    for message, event in found:
        if message.template == "offer":
            assert (event.kind, event.record_id) == ("assignment", message.subject_id)


def test_reminders_go_at_half_time_and_twice_on_the_last_day(world):
    publish(world)
    accept(world)
    deliver(world, RELEASE)
    assert deliver(world, london(HALF, 10) - HOUR) == []
    for day, hour, kind, way in (
        (HALF, 10, "offer_half_time", "text"),
        (LAST, 9, "not_answered", "email"),
        (LAST, 10, "offer_last_day", "text"),
        (LAST, 18, "offer_last_evening", "text"),
    ):
        told = kinds_of(deliver(world, london(day, hour)))
        assert [pair for pair in told if "confirmed" not in pair[0]] == [(kind, way)]


def test_not_answered_names_to_the_provider_only_who_has_not(world):
    publish(world)
    db.session.expire_all()
    answered, open_ = offers()
    assignments.accept_offer(person_of(world, answered), answered.id)
    deliver(world, london(HALF, 10))
    (letter,) = [
        m for m in deliver(world, london(LAST, 9)) if m["X-Message-Key"].startswith("not_answered")
    ]
    body = letter.get_content()
    assert open_.application.candidate.name in body and open_.application.candidate.mobile in body
    assert answered.application.candidate.name not in body


def test_yes_asks_the_employer_then_asks_again_then_tells_staff(world):
    publish(world)
    accept(world)
    assert kinds_of(deliver(world, RELEASE)) == [("said_yes", "email")]
    third = [m for m in deliver(world, london(date(2026, 6, 19), 9)) if "not_conf" in key(m)]
    assert kinds_of(third) == [("not_confirmed", "email")]
    assert "confirm by Tuesday 23 June 2026" in third[0].get_content()
    fifth = [m for m in deliver(world, london(LAST, 9)) if "not_conf" in key(m)]
    assert kinds_of(fifth) == [("not_confirmed_for_staff", "email")]
    assert offers()[0].application.candidate.name not in fifth[0].get_content()


def test_an_employer_who_confirmed_is_not_asked_again(world):
    publish(world)
    confirm(world, accept(world))
    told = deliver(world, RELEASE) + deliver(world, london(LAST, 9))
    assert not [m for m in told if "not_confirmed" in key(m) or "said_yes" in key(m)]


def test_one_message_names_everybody_who_waits_for_an_employer(world):
    publish(world)
    for offer in offers():
        assignments.accept_offer(person_of(world, offer), offer.id)
    (letter,) = [
        m for m in deliver(world, london(date(2026, 6, 19), 9)) if "not_confirmed" in key(m)
    ]
    assert all(offer.application.candidate.name in letter.get_content() for offer in offers())


def test_no_tells_the_employer_and_the_provider_but_not_who_said_it(world):
    publish(world)
    offer = offers()[0]
    assignments.decline_offer(person_of(world, offer), offer.id)
    assert kinds_of(deliver(world, RELEASE)) == [
        ("person_left", "email"),
        ("place_open_again", "email"),
    ]


def test_no_given_by_the_provider_is_told_to_the_person(world):
    publish(world)
    assignments.decline_offer(world.provider, offers()[0].id)
    told = kinds_of(deliver(world, RELEASE))
    assert ("place_ended", "text") in told and ("person_left", "email") not in told


def test_yes_given_by_the_provider_is_told_to_the_person_and_not_their_own(world):
    publish(world)
    first, second = offers()
    answers.answer_for_person(world.provider, first.id, yes=True, how="phone")
    assignments.accept_offer(person_of(world, second), second.id)
    told = [m for m in deliver(world, RELEASE) if key(m).startswith("yes_given_for")]
    assert [key(m).split(":")[2] for m in told] == [str(first.id)]
    assert "told us you said yes to Workshop assistant" in told[0].get_content()


def test_cancelled_by_the_employer_tells_the_person_kindly(world):
    publish(world)
    assignment_id = accept(world)
    assignments.cancel_assignment(world.employer, assignment_id, "Invented reason")
    told = [m for m in deliver(world, RELEASE) if "place_ended" in key(m)]
    assert kinds_of(told) == [("place_ended", "email"), ("place_ended", "text")]
    for letter in told:
        assert "It is not because of you" in letter.get_content()
        assert "Invented reason" not in letter.get_content()


def test_lapse_at_midnight_is_told_in_the_morning(world):
    publish(world)
    deadline = offers()[0].deadline_at
    for at in (london(HALF, 10), london(LAST, 18)):
        deliver(world, at)
    world.clock_at(deadline)
    assignments.lapse_due_offers(world.round_id)
    assert deliver(world, deadline + HOUR) == []
    told = deliver(world, london(LAST + timedelta(days=1), 8))
    assert ("place_ended", "text") in kinds_of(told)


def test_a_failed_plan_tells_the_operators_why(world):
    world.clock_at(LOCKS)
    rounds.lock_round(world.operator, world.round_id)
    solving.solve_round(world.operator, world.round_id, Limits(seconds=0.01))
    (letter,) = [m for m in deliver(world, LOCKS) if "plan_failed" in key(m)]
    assert "took longer" in letter.get_content()


def test_the_worker_sends_what_its_steps_queue(world):
    propose(world)
    world.clock_at(RELEASE)
    assert scheduler.run_and_deliver(world.settings, lambda: True)[1] == 0
    assert scheduler.run_and_deliver(world.settings)[1] == 5
    assert len(read_letters(world.folder)) == 5

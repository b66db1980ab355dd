"""Each morning's messages: on their day, at their hour, once, and only while they are needed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from factories.letters import kinds_of
from factories.records import make_account, make_candidate
from factories.told_rounds import (
    FIRST_DAY,
    LOCKS,
    OPENS,
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
    start,
)
from sqlalchemy import select

from placements import scheduler
from placements.domain.vocabulary import Kind, OutcomeKind
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.candidates import Application, Provider
from placements.models.operations import Message, Occurrence
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import (
    applications,
    approvals,
    day_messages,
    freshness,
    outcomes,
    placements,
    starts,
    transitions,
)
from placements.services.applications import EntryFacts, Owner, describe_application
from placements.services.outcomes import Answer
from placements.services.transactions import act

DAY = timedelta(days=1)


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        yield open_round(app, tmp_path)


def live(world, day, *hours):
    """Run a day's morning, then send what is due at each hour; return what is new."""
    world.clock_at(london(day, 6))
    day_messages.begin_days()
    for write in (day_messages.write_first_days, day_messages.write_last_days):
        write(day)
    for write in (day_messages.write_late_questions, day_messages.write_choosing):
        write(day)
    day_messages.write_still_true(day)
    return [letter for hour in hours for letter in deliver(world, london(day, hour))]


def named(letters, name):
    return [letter for letter in letters if key(letter).split(":")[0] == name]


@act
def forget_choices(world, n):
    rows = select(Application).order_by(Application.id).limit(n)
    for application in db.session.scalars(rows):
        application.choices = []


@act
def set_checked(world, at):
    db.session.get_one(Placement, world.placement_id).checked_at = at


def test_a_round_that_opens_is_told_at_10_to_people_and_providers(world):
    told = deliver(world, OPENS)
    assert kinds_of(told) == [("round_opens", "text")] * 3 + [("round_opens_for", "email")]
    assert "Tuesday 9 June 2026, 10am" in told[0].get_content()
    digest = named(told, "round_opens_for")[0].get_content()
    assert "In the round: 3" in digest and "One thing missing: 0" in digest


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 6, 4), "round_locks_in_5"), (date(2026, 6, 8), "round_locks_in_1")],
)
def test_before_choices_close_only_who_chose_nothing_is_asked(world, day, name):
    deliver(world, OPENS)
    forget_choices(world, 2)
    told = live(world, day, 9, 10)
    assert kinds_of(told) == [(name, "text")] * 2 + [(f"{name}_for", "email")]
    assert "nothing chosen yet: 2" in named(told, f"{name}_for")[0].get_content()
    assert live(world, day, 11) == []


def test_who_chooses_between_the_morning_and_the_hour_is_not_asked(world):
    deliver(world, OPENS)
    forget_choices(world, 1)
    assert live(world, date(2026, 6, 8), 9) == []
    application = db.session.scalar(select(Application).order_by(Application.id))
    placement = db.session.get_one(Placement, world.placement_id)

    @act
    def choose():
        db.session.get_one(Application, application.id).choices = [placement.reference]

    choose()
    told = deliver(world, london(date(2026, 6, 8), 10))
    assert kinds_of(told) == [("round_locks_in_1_for", "email")]


@pytest.mark.parametrize("day", [date(2026, 6, 3), date(2026, 6, 9)])
def test_on_other_days_nobody_is_asked_to_choose(world, day):
    deliver(world, OPENS)
    forget_choices(world, 3)
    assert not [m for m in live(world, day, 10) if "round_locks" in key(m)]


def test_one_thing_missing_is_asked_at_once_and_again_after_3_working_days(world):
    deliver(world, OPENS)
    application_id = add_submitted(world)
    applications.ask_for_information(world.provider, application_id, "A copy of your passport.")
    (text,) = deliver(world, OPENS)
    assert (key(text).split(":")[0], text["X-Channel"]) == ("thing_missing", "text")
    assert "Tuesday 9 June 2026" in text.get_content()
    (again,) = deliver(world, london(date(2026, 6, 5), 9))
    assert key(again).startswith("thing_missing_again:")


def test_what_staff_miss_is_asked_of_the_provider_and_not_again_once_it_is_there(world):
    deliver(world, OPENS)
    application_id = add_submitted(world)
    applications.ask_for_information(world.operator, application_id, "A copy of the passport.")
    (email,) = deliver(world, OPENS)
    assert key(email).startswith("thing_missing_of:")
    assert "A copy of the passport." in email.get_content()
    answer(world, application_id)
    assert deliver(world, london(date(2026, 6, 5), 9)) == []


@act
def add_submitted(world):
    """A young person of the provider's whose application waits to be checked."""
    account = make_account(name="Bea Invented", mobile="+447700900777")
    candidate = make_candidate(account_id=account.id)
    provider = db.session.get_one(Provider, world.provider.organisation_id)
    application = describe_application(
        candidate, Owner(provider.region_id, provider.id), "A-999999", EntryFacts(None), OPENS
    )
    transitions.begin(application, Kind.APPLICATION, "begin", world.provider, OPENS)
    transitions.move(application, Kind.APPLICATION, "submit", world.provider, OPENS)
    return application.id


@act
def answer(world, application_id):
    application = db.session.get_one(Application, application_id)
    transitions.move(application, Kind.APPLICATION, "answer", world.provider, OPENS)


def test_a_refused_placement_is_told_with_its_reason(world):
    deliver(world, OPENS)
    set_submitted(world)
    placements.reject_placement(world.operator, world.placement_id, "The hours are at night.")
    (letter,) = deliver(world, OPENS)
    assert key(letter).startswith("placement_refused:")
    assert "The hours are at night." in letter.get_content()


@act
def set_submitted(world):
    found = db.session.get_one(Placement, world.placement_id)
    transitions.move(found, Kind.PLACEMENT, "change", world.employer, OPENS)


def test_still_true_is_asked_at_30_and_at_40_and_pauses_at_45(world):
    deliver(world, OPENS)
    checked = datetime(2026, 6, 3, 12, tzinfo=UTC)
    set_checked(world, checked)
    asked = {}
    for n in range(28, 46):
        day = date(2026, 6, 3) + n * DAY
        if day.weekday() < 5:
            told = [m for m in live(world, day, 9) if "still_true" in key(m)]
            asked[n] = kinds_of(told)
    assert {n: kinds for n, kinds in asked.items() if kinds} == {
        30: [("still_true_30", "email")],
        40: [("still_true_40", "email")],
    }
    assert freshness.pause_unanswered(date(2026, 7, 17)) == 0
    world.clock_at(london(date(2026, 7, 20), 6))
    assert freshness.pause_unanswered(date(2026, 7, 20)) == 1
    (paused,) = named(deliver(world, london(date(2026, 7, 20), 9)), "placement_paused")
    assert "One press opens a placement again" in paused.get_content()
    freshness.answer_all(world.employer, {world.placement_id: "yes"})
    assert db.session.get_one(Placement, world.placement_id).state == "live"


def test_nothing_pauses_between_a_lock_and_its_release(world):
    set_checked(world, OPENS - 60 * DAY)
    propose(world)
    assert freshness.pause_unanswered(date(2026, 6, 10)) == 0
    assert db.session.get_one(Placement, world.placement_id).state == "live"


def test_an_employer_with_a_mobile_gets_a_text_at_40(world):
    deliver(world, OPENS)
    set_checked(world, datetime(2026, 6, 3, 12, tzinfo=UTC))

    @act
    def add_mobile():
        db.session.get_one(Account, world.employer.account_id).mobile = "+447700900555"

    add_mobile()
    told = [m for m in live(world, date(2026, 7, 13), 9) if "still_true" in key(m)]
    assert kinds_of(told) == [("still_true_40", "email"), ("still_true_40", "text")]


def test_who_said_that_it_is_still_true_is_not_asked(world):
    deliver(world, OPENS)
    set_checked(world, datetime(2026, 6, 3, 12, tzinfo=UTC))
    day = date(2026, 7, 3)
    assert live(world, day, 8) == []
    freshness.answer_all(world.employer, {world.placement_id: "yes"})
    assert deliver(world, london(day, 9)) == []


def test_a_pause_ends_by_itself_on_its_date(world):
    placements.pause_placement(world.employer, world.placement_id, date(2026, 6, 5))
    assert freshness.end_pauses(date(2026, 6, 4)) == 0
    assert freshness.end_pauses(date(2026, 6, 5)) == 1
    assert db.session.get_one(Placement, world.placement_id).state == "live"


def test_first_day_is_told_a_week_and_a_day_before_and_at_8_on_it(world):
    publish(world)
    confirm(world, accept(world))
    deliver(world, london(date(2026, 6, 23), 9))
    told = {}
    for n in (8, 7, 6, 1, 0):
        day = FIRST_DAY - n * DAY
        letters = [m for m in live(world, day, 8, 10) if "start" in key(m).split(":")[0]]
        told[n] = kinds_of(letters)
    assert told == {
        8: [],
        7: [("person_starts_next_week", "email"), ("start_next_week", "text")],
        6: [],
        1: [("person_starts_tomorrow", "email"), ("start_tomorrow", "text")],
        0: [("person_starts_today", "email"), ("start_today", "text")],
    }


def test_nobody_started_by_11_is_told_to_the_provider(world):
    publish(world)
    confirm(world, accept(world))
    early = live(world, FIRST_DAY, 8, 10)
    assert not named(early, "not_started")
    (letter,) = named(deliver(world, london(FIRST_DAY, 11)), "not_started")
    assert offers()[0].application.candidate.name in letter.get_content()


def test_who_started_before_11_is_not_told_of(world):
    assignment_id = start(world)
    assert db.session.scalar(select(Message.id).where(Message.template == "not_started")) is None
    assert not named(live(world, FIRST_DAY, 11), "not_started")
    assert assignment_id


def test_the_day_before_the_last_is_told_to_both_sides(world):
    assignment_id = start(world)
    ends_on = starts.get_assignment(world.employer, assignment_id).end_on
    told = [m for m in live(world, ends_on - DAY, 10) if "tomorrow" in key(m).split(":")[0]]
    assert kinds_of(told) == [("end_tomorrow", "text"), ("person_ends_tomorrow", "email")]
    assert not [m for m in live(world, ends_on, 10) if "tomorrow" in key(m).split(":")[0]]


def ask_a_question(world):
    start(world)
    outcomes.fall_due_on(london(FIRST_DAY, 6))
    deliver(world, london(FIRST_DAY, 10))
    return db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "START"))


def test_a_question_nobody_answered_goes_to_the_provider_after_5_days_once(world):
    checkpoint = ask_a_question(world)
    assert not named(live(world, FIRST_DAY + 4 * DAY, 10), "checkpoint_late")
    (letter,) = named(live(world, FIRST_DAY + 5 * DAY, 10), "checkpoint_late")
    assert offers()[0].application.candidate.name in letter.get_content()
    db.session.expire_all()
    assert db.session.get_one(Checkpoint, checkpoint.id).state == "chasing"
    assert not named(live(world, FIRST_DAY + 6 * DAY, 10), "checkpoint_late")


def test_a_question_that_was_answered_is_chased_with_nobody(world):
    checkpoint = ask_a_question(world)
    outcomes.record_outcome(
        person_of(world, offers()[0]), checkpoint.id, Answer(OutcomeKind.JOB, hired=True)
    )
    told = live(world, FIRST_DAY + 5 * DAY, 10) + live(world, FIRST_DAY + 10 * DAY, 10)
    assert not [m for m in told if "checkpoint" in key(m)]


def test_an_employer_who_hired_is_asked_after_10_days_and_no_other(world):
    first = ask_a_question(world)
    person = person_of(world, offers()[0])
    outcomes.record_outcome(person, first.id, Answer(OutcomeKind.JOB, hired=True))
    middle = db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "MID"))
    outcomes.fall_due_on(london(middle.due_on, 6))
    told = live(world, middle.due_on + 10 * DAY, 10)
    assert named(told, "checkpoint_hired")


def test_an_employer_who_did_not_hire_is_not_asked(world):
    ask_a_question(world)
    assert not named(live(world, FIRST_DAY + 10 * DAY, 10), "checkpoint_hired")


def test_mornings_run_by_the_schedule_and_those_slept_through_are_passed_over(world):
    world.clock_at(london(date(2026, 6, 3), 5))
    day_messages.begin_days()
    assert day_messages.begin_days() == 0
    world.clock_at(london(date(2026, 6, 6), 7))
    scheduler.run_due("worker-1")
    rows = select(Occurrence.state).where(Occurrence.schedule == day_messages.DAY_MESSAGES)
    states = db.session.scalars(rows.order_by(Occurrence.due_at)).all()
    assert states == ["skipped", "skipped", "skipped", "done", "due"]


def test_a_plan_that_does_not_pass_its_gate_is_told_to_operators(world, monkeypatch):
    class Failing:
        passes = False

    world.clock_at(LOCKS)
    scheduler.run_due("worker-1")
    monkeypatch.setattr(approvals, "find_gate", lambda _actor, _round_id: Failing())
    approvals.tell_if_unfair(world.round_id)
    (letter,) = named(deliver(world, LOCKS), "fairness_fails")
    assert "Summer" in letter.get_content()
    assert london_date(RELEASE) > london_date(LOCKS)

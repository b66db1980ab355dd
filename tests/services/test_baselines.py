"""What came before: said once with the entry, never chased, and in no count of what follows."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from factories.letters import settings_with
from factories.records import (
    make_account,
    make_assignment,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import COMPLETED
from sqlalchemy import func, select

from placements import clock, scheduler
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import Application, ProviderMember
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.regions import Region
from placements.services import (
    baselines,
    contact_tries,
    day_messages,
    imports,
    outcome_list,
    outcomes,
    registrations,
    retention,
    sight,
    subject_access,
    transitions,
    verification,
    withdrawals,
)
from placements.services.applications import PersonFacts
from placements.services.funnel import list_funnel
from placements.services.gazetteer import get_rules
from placements.services.outcomes import Answer
from placements.services.person_history import list_person_history
from placements.services.timeline import list_timeline
from placements.services.transactions import act
from placements.settings import ROOT

FOLDER = ROOT / "config/regions/west_midlands"
AMARA = PersonFacts("Amara Invented", date(2006, 5, 14), "B1 1BA", email="amara@young.example")
FACTS = {"start_from": date(2026, 7, 6), "availability": [[0, 540, 1020]]}
TODAY, CLOSED = date(2026, 6, 16), date(2026, 7, 15)
SEEK, JOB = OutcomeKind.NEET_SEEK, OutcomeKind.JOB


@pytest.fixture
def us(app, tmp_path, monkeypatch):
    clock_file = tmp_path / "clock"
    clock_file.write_text(datetime(2026, 6, 16, 11, tzinfo=UTC).isoformat())
    monkeypatch.setenv("CLOCK_FILE", str(clock_file))
    with app.app_context():
        yield make_provider_member()


@act
def make_provider_member():
    provider, account = make_provider(make_region(code="west_midlands")), make_account()
    db.session.add(ProviderMember(provider_id=provider.id, account_id=account.id))
    return Actor(Role.PROVIDER, account.id, provider.id, region_id=provider.region_id)


@act
def make_staff_id():
    return make_account().id


def register(us, before=None, **facts):
    """A person who is ready, with what they did before if it was said with their facts."""
    one = registrations.begin_registration(us, FOLDER, AMARA)
    given = {**FACTS, "right_to_work_checked": True, **facts}
    registrations.change_registration(us, one, FOLDER, given, 1, before)
    registrations.give_consent(us, one, None)
    assert registrations.send_registration(us, one, FOLDER, 1) == []
    return db.session.get_one(Application, one)


def base():
    return db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "BASE"))


def person_of(application):
    account_id = application.candidate.account_id
    return Actor(Role.YOUNG_PERSON, account_id, candidate_id=application.candidate_id)


def change(actor, application, before):
    one, seen = application.id, application.version
    registrations.change_registration(actor, one, FOLDER, {"max_minutes": 45}, seen, before)


def messages():
    return list(db.session.scalars(select(Message.template).order_by(Message.id)))


def test_I40_what_is_said_with_the_registration_is_recorded_once_with_its_source(us):
    application = register(us, SEEK)
    kept = db.session.scalars(select(Outcome)).one()
    assert (base().application_id, base().assignment_id) == (application.id, None)
    assert (base().state, base().due_on) == ("recorded", TODAY)
    assert (kept.kind, kept.source, kept.recorded_by) == ("NEET_SEEK", "provider", us.account_id)
    assert db.session.scalar(select(func.count()).select_from(Checkpoint)) == 1
    assert messages() == ["registered"]


def test_an_answer_of_a_page_that_is_refused_leaves_nothing(us):
    one = registrations.begin_registration(us, FOLDER, AMARA)
    with pytest.raises(NotFound):
        registrations.say_before(Actor(Role.PROVIDER, 1, us.organisation_id + 1), one, Answer(JOB))
    with pytest.raises(ValueError, match="not facts"):
        registrations.change_registration(us, one, FOLDER, {"state": "ready"}, 1, SEEK)
    assert (base(), db.session.scalar(select(Outcome))) == (None, None)


def test_not_answered_it_waits_from_ready_on_and_nobody_is_asked_or_chased(us):
    register(us)
    assert (base().state, base().window_closes_on) == ("scheduled", CLOSED - timedelta(days=1))
    for n in range(40):
        day = TODAY + timedelta(days=n)
        assert outcomes.fall_due(day) == 0
        day_messages.write_late_questions(day)
    assert base().state == "scheduled"
    assert messages() == ["registered"]
    assert outcome_list.list_outcomes_due(us) == []
    assert outcome_list.count_waiting(us) == (0, 0)


def test_it_closes_at_the_end_of_its_window_and_nothing_is_claimed(us):
    application = register(us)
    assert baselines.close_baselines(CLOSED - timedelta(days=1)) == 0
    assert contact_tries.close_windows(CLOSED) == 0
    morning = datetime(2026, 7, 15, 5, tzinfo=UTC)
    scheduler.STEPS["checkpoints.fall_due"](SimpleNamespace(due_at=morning))
    assert base().state == "not_applicable"
    assert db.session.scalar(select(Outcome)) is None
    assert not baselines.read_before(us, application).can_say
    with pytest.raises(GuardRefused, match="is over"):
        registrations.say_before(us, application.id, Answer(JOB))
    assert baselines.close_baselines(CLOSED) == 0


def test_it_is_answered_later_changed_by_superseding_and_the_same_again_adds_nothing(us):
    application = register(us)
    mine = person_of(application)
    change(mine, application, SEEK)
    change(mine, application, SEEK)
    assert [o.source for o in db.session.scalars(select(Outcome))] == ["self"]
    change(us, application, JOB)
    first, second = db.session.scalars(select(Outcome).order_by(Outcome.id)).all()
    assert (second.kind, second.supersedes_id) == ("JOB", first.id)
    assert messages() == ["registered", "outcome_recorded"]
    assert not baselines.read_before(mine, application).can_say
    with pytest.raises(GuardRefused, match="tell us why"):
        change(mine, application, OutcomeKind.VOL)
    outcomes.dispute_outcome(mine, base().id, base().version, SEEK)
    assert base().state == "disputed"
    assert not baselines.read_before(us, application).can_say
    operator = Actor(Role.OPERATOR, make_staff_id(), region_id=us.region_id)
    (line,) = outcome_list.list_disputed(operator)
    assert (line.question, line.says_instead) == ("Before", SEEK)
    verification.settle_dispute(operator, base().id, Answer(SEEK))
    assert baselines.read_before(us, application).kind is SEEK


def test_what_the_person_hides_the_provider_does_not_read(us):
    application = register(us)
    mine = person_of(application)
    sight.set_sight(mine, hidden=True)
    change(mine, application, OutcomeKind.VOL)
    assert baselines.read_before(us, application).kind is None
    assert baselines.read_before(mine, application).kind is OutcomeKind.VOL


def test_both_read_it_as_before_and_an_unasked_question_is_no_line(us):
    application = register(us, SEEK)
    lines = list_timeline(person_of(application))
    (said,) = [line for line in lines if line.words.startswith("Before")]
    assert said.words == "Before: we noted that you are looking."
    assert (said.who, said.wrong_id) == (application.provider.name, base().id)
    assert not any("A question opened" in line.words for line in lines)
    told = [line.words for line in list_person_history(us, application.id)]
    assert "Before: outcome recorded" in told
    assert not any("what are they doing now" in words for words in told)


def test_it_is_in_no_number_of_the_funnel_and_goes_with_the_persons_data(us):
    operator = Actor(Role.OPERATOR, us.account_id, region_id=us.region_id)
    application = register(us)
    end_a_placement(application)
    before = list_funnel(operator)
    say_past_the_rules(us, application)
    assert base().state == "recorded"
    assert list_funnel(operator) == before
    unknown = {stage.name: len(stage.unknown_ids) for stage in before}
    assert unknown["destination"] == 1
    kept = str(subject_access.gather_own(application.candidate))
    assert "NEET_SEEK" in kept


@act
def end_a_placement(application):
    region = db.session.get_one(Region, application.region_id)
    placement = make_placement(make_site(make_employer(region)))
    days = {"start_on": date(2026, 3, 2), "end_on": date(2026, 4, 3)}
    make_assignment(application, placement, *COMPLETED, **days)


@act
def say_past_the_rules(us, application):
    """An answer as it would stand had it come before the placement."""
    at = datetime(2026, 6, 16, 11, tzinfo=UTC)
    transitions.move(base(), Kind.CHECKPOINT, "fall_due", SYSTEM, at)
    outcomes.keep_answer(us, base(), Answer(SEEK))


def test_somebody_who_started_is_not_asked_what_came_before(us):
    application = register(us)
    assert baselines.read_before(us, application).can_say
    end_a_placement(application)
    assert not baselines.read_before(us, application).can_say


def test_it_keeps_nobody_longer_and_is_emptied_with_who_it_is_about(us, tmp_path, monkeypatch):
    application = register(us)
    said = Answer(OutcomeKind.VOL, with_whom="Invented Garden")
    registrations.say_before(us, application.id, said)
    withdrawals.withdraw_application(us, application.id, "Moved away")
    application_id = application.id
    rules, settings = get_rules(FOLDER), settings_with(tmp_path / "mail")
    with clock.held_at(datetime(2028, 6, 20, 9, tzinfo=UTC)):
        assert base().window_closes_on > date(2026, 6, 20)
        retention.run_retention(rules, settings)
    db.session.expire_all()
    assert db.session.get_one(Application, application_id).state == "anonymised"
    assert db.session.scalars(select(Outcome.with_whom)).one() != "Invented Garden"


HEAD = "reference,name,date_of_birth,email,postcode,right_to_work,consent,start_from,before\n"
ROW = "R-{n},Invented Person {n},2006-05-14,p{n}@young.example,B1 1BA,yes,yes,2026-07-06,{before}\n"


def send(us, *before):
    rows = "".join(ROW.format(n=n, before=kind) for n, kind in enumerate(before, 1))
    return imports.import_file(us, FOLDER, "applications", (HEAD + rows).encode())


def test_a_file_says_it_in_a_column_that_may_be_empty(us):
    sent = send(us, "neet_seek", "", "GARDENING")
    assert sent.n_new == 2
    (problem,) = sent.problems
    assert problem.column == "before"
    assert problem.fix.startswith("Write one of: JOB, SELF")
    rows = select(Checkpoint.state, Outcome.kind, Outcome.source, Outcome.recorded_by)
    rows = rows.outerjoin(Outcome).order_by(Checkpoint.state)
    assert [tuple(row) for row in db.session.execute(rows)] == [
        ("recorded", "NEET_SEEK", "provider", us.account_id),
        ("scheduled", None, None, None),
    ]
    assert set(messages()) == {"registered"}


def test_the_same_file_again_changes_nothing_and_another_answer_is_refused(us):
    send(us, "NEET_SEEK", "")
    n_events = select(func.count()).select_from(Event)
    before = db.session.scalar(n_events)
    again = send(us, "NEET_SEEK", "")
    assert (again.n_same, again.bad) == (2, [])
    assert db.session.scalar(n_events) == before
    other = send(us, "JOB", "JOB")
    assert [(p.column, p.fix[:22]) for p in other.problems] == [
        ("before", "They are here already,")
    ] * 2


OUTCOMES = "reference,question,kind,since\n"


def tell(actor, *rows):
    return imports.import_file(actor, FOLDER, "outcomes", (OUTCOMES + "\n".join(rows)).encode())


def test_a_file_of_outcomes_says_what_came_before_and_the_person_hears_who_said_it(us):
    application = register(us)
    reference = application.reference
    first = tell(us, f"{reference},base,NEET_SEEK,2026-05-01", "R-NOBODY,BASE,JOB,")
    assert (first.n_new, [(p.line, p.column) for p in first.problems]) == (1, [(3, "reference")])
    assert (base().state, base().assignment_id) == ("recorded", None)
    assert baselines.read_before(us, application).kind is SEEK
    assert messages() == ["registered", "outcome_recorded"]
    again = tell(us, f"{reference},BASE,NEET_SEEK,2026-05-01")
    assert (again.n_new, again.n_same, again.bad) == (0, 1, [])
    assert tell(us, f"{reference},BASE,VOL,").n_new == 1
    assert baselines.read_before(us, application).kind is OutcomeKind.VOL


def test_a_file_row_that_is_refused_leaves_what_came_before_unasked(us):
    application = register(us)
    future = tell(us, f"{application.reference},BASE,JOB,2026-12-01")
    assert [p.column for p in future.problems] == ["since"]
    assert base().state == "scheduled"
    stranger = make_provider_of(us)
    assert [p.column for p in tell(stranger, f"{application.reference},BASE,JOB,").problems] == [
        "reference"
    ]
    assert base().state == "scheduled"


def test_a_file_cannot_say_what_came_before_once_somebody_started_but_may_repeat_it(us):
    application = register(us)
    assert tell(us, f"{application.reference},BASE,NEET_SEEK,").n_new == 1
    end_a_placement(application)
    late = tell(us, f"{application.reference},BASE,JOB,")
    assert [(p.column, p.fix) for p in late.problems] == [("question", baselines.OVER)]
    same = tell(us, f"{application.reference},BASE,NEET_SEEK,")
    assert (same.n_same, same.bad) == (1, [])


@act
def make_provider_of(us):
    provider = make_provider(db.session.get_one(Region, us.region_id))
    return Actor(Role.PROVIDER, make_account().id, provider.id, region_id=us.region_id)

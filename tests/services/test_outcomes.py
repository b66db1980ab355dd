"""What became of a person is asked on its day, answered once, and never overwritten."""

from datetime import date
from types import SimpleNamespace

import pytest
from factories.records import (
    make_account,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import STARTED
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from placements.domain.errors import GuardRefused, IllegalMove, Invalid, NotAllowed, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import outcomes
from placements.services.outcomes import Answer
from placements.services.transactions import act

START, END = date(2026, 7, 6), date(2026, 7, 31)
JOB = Answer(OutcomeKind.JOB, from_on=date(2026, 8, 3), hours_per_week=30)


@act
def make_world():
    region = make_region()
    site = make_site(make_employer(region))
    provider, candidate = make_provider(region), make_candidate()
    placement = make_placement(site)
    application = make_application(candidate, provider)
    assignment = make_assignment(application, placement, *STARTED)
    outcomes.add_start_checkpoints(assignment, START, END)
    outcomes.add_end_checkpoints(assignment, END)
    ids = [make_account().id for _ in range(4)]
    return SimpleNamespace(
        assignment_id=assignment.id,
        young_person=Actor(Role.YOUNG_PERSON, ids[0], candidate_id=candidate.id),
        provider=Actor(Role.PROVIDER, ids[1], provider.id),
        employer=Actor(Role.EMPLOYER, ids[2], site.employer_id),
        operator=Actor(Role.OPERATOR, ids[3], region_id=region.id),
        stranger=Actor(Role.PROVIDER, ids[1], provider.id + 1),
    )


@pytest.fixture
def world(app):
    with app.app_context():
        yield make_world()


def question(kind):
    return db.session.scalar(select(Checkpoint).where(Checkpoint.kind == kind))


def open_w4():
    outcomes.fall_due(date(2026, 8, 28))
    return question("W4").id


def test_fall_due_opens_only_the_questions_whose_day_has_come(world):
    assert outcomes.fall_due(date(2026, 7, 17)) == 1
    assert outcomes.fall_due(date(2026, 7, 17)) == 0
    due = outcomes.list_checkpoints(world.provider)
    assert [checkpoint.kind for checkpoint in due] == ["START"]
    assert outcomes.fall_due(END) == 2


def test_record_outcome_by_the_young_person_keeps_who_said_it(world):
    checkpoint_id = open_w4()
    outcomes.record_outcome(world.young_person, checkpoint_id, JOB)
    kept = outcomes.find_standing_outcome(question("W4"))
    assert (question("W4").state, kept.kind, kept.source) == ("recorded", "JOB", "self")
    assert kept.recorded_by == world.young_person.account_id


def test_record_outcome_before_its_day_is_refused(world):
    with pytest.raises(IllegalMove, match="Nothing changed"):
        outcomes.record_outcome(world.young_person, question("W4").id, JOB)
    assert db.session.scalar(select(Outcome)) is None


def test_record_outcome_of_rather_not_say_is_an_answer(world):
    checkpoint_id = open_w4()
    outcomes.record_outcome(world.young_person, checkpoint_id, Answer(OutcomeKind.REFUSED))
    assert question("W4").state == "refused"


def test_record_outcome_with_better_evidence_supersedes_and_keeps_both(world):
    checkpoint_id = open_w4()
    first = outcomes.record_outcome(world.young_person, checkpoint_id, JOB)
    seek = Answer(OutcomeKind.NEET_SEEK, reason="Contract ended")
    second = outcomes.record_outcome(world.provider, checkpoint_id, seek)
    rows = db.session.execute(select(Outcome.id, Outcome.kind, Outcome.supersedes_id)).all()
    assert rows == [(first, "JOB", None), (second, "NEET_SEEK", first)]


def test_record_outcome_with_weaker_evidence_is_refused(world):
    checkpoint_id = open_w4()
    outcomes.record_outcome(world.employer, checkpoint_id, JOB)
    with pytest.raises(GuardRefused, match="tell us why"):
        outcomes.record_outcome(world.provider, checkpoint_id, Answer(OutcomeKind.NEET_SEEK))
    assert outcomes.find_standing_outcome(question("W4")).kind == "JOB"


def test_I36_question_of_another_organisation_reads_as_unknown(world):
    checkpoint_id = open_w4()
    with pytest.raises(NotFound) as foreign:
        outcomes.get_checkpoint(world.stranger, checkpoint_id)
    with pytest.raises(NotFound) as unknown:
        outcomes.get_checkpoint(world.provider, 10**6)
    assert str(foreign.value) == str(unknown.value)
    assert outcomes.list_checkpoints(world.stranger) == []


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(OutcomeKind.JOB, hours_per_week=0), "hours_per_week"),
        (Answer(OutcomeKind.JOB, hours_per_week=101), "hours_per_week"),
        (Answer(OutcomeKind.JOB, from_on=END, to_on=START), "to_on"),
    ],
)
def test_record_outcome_that_cannot_be_names_the_field(world, answer, field):
    checkpoint_id = open_w4()
    with pytest.raises(Invalid) as refusal:
        outcomes.record_outcome(world.provider, checkpoint_id, answer)
    assert refusal.value.field == field


def test_dispute_outcome_is_the_young_persons_alone(world):
    checkpoint_id = open_w4()
    outcomes.record_outcome(world.provider, checkpoint_id, JOB)
    version = question("W4").version
    with pytest.raises(NotAllowed):
        outcomes.dispute_outcome(world.provider, checkpoint_id, version)
    outcomes.dispute_outcome(world.young_person, checkpoint_id, version)
    assert question("W4").state == "disputed"


def test_I40_verify_outcome_needs_evidence_and_another_person(world):
    checkpoint_id = open_w4()
    outcomes.record_outcome(world.provider, checkpoint_id, JOB)
    with pytest.raises(GuardRefused, match="evidence"):
        outcomes.verify_outcome(world.operator, checkpoint_id)
    seen = Answer(OutcomeKind.JOB, hours_per_week=30, evidence="Payslip seen on 1 September")
    outcomes.record_outcome(world.provider, checkpoint_id, seen)
    assert question("W4").state == "evidenced"
    recorder = Actor(Role.OPERATOR, world.provider.account_id, region_id=world.operator.region_id)
    with pytest.raises(GuardRefused, match="Another member"):
        outcomes.verify_outcome(recorder, checkpoint_id)
    outcomes.verify_outcome(world.operator, checkpoint_id)
    assert question("W4").state == "verified"


def test_I40_verified_by_the_recorder_is_refused_by_the_database(world):
    checkpoint_id = open_w4()
    outcomes.record_outcome(world.provider, checkpoint_id, JOB)
    with pytest.raises(IntegrityError, match="verified_by_another"):
        db.session.execute(text("UPDATE outcome SET verified_by = recorded_by, evidence = 'x'"))
    db.session.rollback()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE edge SET travel_minutes = limit_minutes + 1", "in_reach"),
        ("DELETE FROM edge", "fk_assignment_edge|FOREIGN KEY"),
        ("UPDATE assignment SET state = 'reserve', position = 0", "reserve_in_line|I-14"),
        ("UPDATE application SET max_minutes = 500", "max_minutes_in_range"),
    ],
)
def test_I07_I08_assignment_out_of_reach_is_refused_by_the_database(world, statement, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        db.session.execute(text(statement))
    db.session.rollback()


def test_I05_a_second_live_assignment_of_a_person_is_refused_by_the_database(world):
    @act
    def offer_again():
        held = db.session.get_one(Assignment, world.assignment_id)
        other = make_placement(held.placement.site)
        make_assignment(held.application, other)

    with pytest.raises(IntegrityError, match=r"live|UNIQUE"):
        offer_again()


def test_I11_a_second_open_application_of_a_person_is_refused_by_the_database(world):
    @act
    def apply_again():
        held = db.session.get_one(Assignment, world.assignment_id).application
        make_application(held.candidate, held.provider)

    with pytest.raises(IntegrityError, match=r"application_open|UNIQUE"):
        apply_again()


def test_list_checkpoints_for_the_system_is_every_open_one(world):
    open_w4()
    kinds = {checkpoint.kind for checkpoint in outcomes.list_checkpoints(SYSTEM)}
    assert kinds == {"START", "MID", "END", "W4"}

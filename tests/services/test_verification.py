"""A sample looked at again, what it does to the rates, and disputes settled."""

from datetime import date
from types import SimpleNamespace

import pytest
from factories.records import (
    keep,
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
from factories.steps import COMPLETED
from sqlalchemy import select

from placements.domain.errors import GuardRefused, IllegalMove, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import ProviderMember
from placements.models.outcomes import Checkpoint
from placements.services import outcomes, timeline, verification
from placements.services.funnel import list_funnel
from placements.services.invariants import verifying
from placements.services.outcome_batches import record_table
from placements.services.outcomes import Answer
from placements.services.transactions import act

ENDED, SEED = date(2026, 6, 30), 7
JOB = Answer(OutcomeKind.JOB, date(2026, 7, 1), evidence="Payslip")
SEEK = Answer(OutcomeKind.NEET_SEEK, date(2026, 7, 1))


@act
def make_world():
    region = make_region()
    site = make_site(make_employer(region))
    placement = make_placement(site, 12)
    world = SimpleNamespace(people=[], providers=[])
    for n_people in (10, 2):
        provider, member = make_provider(region, name=f"Centre {n_people}"), make_account()
        keep(ProviderMember(provider_id=provider.id, account_id=member.id))
        world.providers.append(Actor(Role.PROVIDER, member.id, provider.id))
        for _ in range(n_people):
            account = make_account()
            candidate = make_candidate(account_id=account.id)
            application = make_application(candidate, provider)
            assignment = make_assignment(application, placement, *COMPLETED, end_on=ENDED)
            outcomes.add_end_checkpoints(assignment, ENDED)
            world.people.append(Actor(Role.YOUNG_PERSON, account.id, candidate_id=candidate.id))
    world.operator, world.second = (
        Actor(Role.OPERATOR, make_account().id, region_id=region.id) for _ in range(2)
    )
    world.stranger = Actor(Role.OPERATOR, make_account().id, region_id=make_region().id)
    return world


@pytest.fixture
def world(app, clock_file):
    clock_file.write_text("2026-08-03T09:00:00+00:00")
    with app.app_context():
        world = make_world()
        outcomes.fall_due(date(2026, 8, 3))
        for provider in world.providers:
            due = outcomes.list_checkpoints(provider)
            assert record_table(provider, {checkpoint.id: JOB for checkpoint in due}) == {}
        clock_file.write_text("2026-08-04T09:00:00+00:00")
        yield world


def w4(person):
    return db.session.scalar(
        select(Checkpoint).where(Checkpoint.kind == "W4", Checkpoint.assignment_id == person)
    )


def test_list_sample_takes_a_fifth_of_each_provider_and_at_least_two(world):
    sample = verification.list_sample(world.operator, SEED)
    assert [one.provider for one in sample] == ["Centre 10"] * 2 + ["Centre 2"] * 2
    assert verification.list_sample(world.second, SEED) == sample
    assert verification.list_sample(world.stranger, SEED) == []
    with pytest.raises(NotAllowed):
        verification.list_sample(world.providers[0], SEED)


def test_I40_check_that_finds_it_right_verifies_and_counts(world):
    first, *_ = verification.list_sample(world.operator, SEED)
    verification.check_answer_given(world.operator, first.outcome_id, True)
    checkpoint = db.session.get_one(Checkpoint, first.checkpoint_id)
    assert checkpoint.state == "verified"
    assert verification.list_sample(world.operator, SEED)[0].is_right is True
    recorder = Actor(Role.OPERATOR, world.providers[0].account_id, region_id=1)
    with pytest.raises(GuardRefused, match="Another member"):
        verification.check_answer_given(recorder, first.outcome_id, False)
    with pytest.raises(NotFound):
        verification.check_answer_given(world.stranger, first.outcome_id, False)
    report = verifying.run_checks({"I-40": verifying.ALL["I-40"]})
    assert (report.violations, report.unchecked) == ((), ())


def test_list_errors_gives_the_share_its_interval_and_what_it_does(world):
    for n, one in enumerate(verification.list_sample(world.operator, SEED)[:2]):
        verification.check_answer_given(world.operator, one.outcome_id, n == 0)
    large, small = verification.list_errors(world.operator, SEED)
    assert (large.n_told, large.n_sampled, large.n_checked, large.n_wrong) == (10, 2, 2, 1)
    assert (large.low, large.high) == pytest.approx((0.0945, 0.9055), abs=5e-5)
    assert large.effects["destination"] == (100.0, 50.0, pytest.approx(9.5))
    assert (small.n_checked, small.low, small.effects) == (0, None, {})


def test_an_error_stays_counted_after_it_is_mended(world):
    wrong, *_ = verification.list_sample(world.operator, SEED)
    verification.check_answer_given(world.operator, wrong.outcome_id, False)
    mended = Answer(OutcomeKind.NEET_SEEK, evidence="Letter")
    outcomes.record_outcome(world.providers[0], wrong.checkpoint_id, mended)
    first, *_ = verification.list_sample(world.operator, SEED)
    assert (first.checkpoint_id, first.is_right) == (wrong.checkpoint_id, False)
    assert first.kind == "NEET_SEEK"
    assert verification.list_errors(world.operator, SEED)[0].n_wrong == 1


def test_settle_dispute_with_what_is_right_changes_the_rates_and_the_audit(world):
    person, checkpoint = world.people[0], w4(1)
    before = {stage.name: stage for stage in list_funnel(world.operator)}
    outcomes.dispute_outcome(person, checkpoint.id, checkpoint.version, OutcomeKind.NEET_SEEK)
    verification.settle_dispute(world.operator, checkpoint.id, SEEK)
    after = {stage.name: stage for stage in list_funnel(world.operator)}
    assert (before["destination"].n, after["destination"].n) == (12, 11)
    standing = outcomes.find_standing_outcome(w4(1))
    assert (standing.kind, standing.source, w4(1).state) == ("NEET_SEEK", "self", "recorded")
    actions = db.session.scalars(
        select(Event.action).where(Event.kind == "checkpoint", Event.record_id == checkpoint.id)
    ).all()
    assert actions[-3:] == ["dispute", "says_NEET_SEEK", "settle"]
    told = next(line for line in timeline.list_timeline(person) if line.wrong_id)
    assert "you are looking" in told.words
    report = verifying.run_checks({"I-40": verifying.ALL["I-40"]})
    assert (report.violations, report.unchecked) == ((), ())


def test_settle_dispute_for_the_answer_keeps_it_with_its_evidence(world):
    checkpoint = w4(1)
    outcomes.dispute_outcome(world.people[0], checkpoint.id, checkpoint.version)
    verification.settle_dispute(world.operator, checkpoint.id)
    assert (w4(1).state, len(w4(1).outcomes)) == ("evidenced", 1)
    with pytest.raises(IllegalMove):
        verification.settle_dispute(world.operator, checkpoint.id)


def test_settle_dispute_by_a_provider_or_another_region_is_refused(world):
    checkpoint = w4(1)
    outcomes.dispute_outcome(world.people[0], checkpoint.id, checkpoint.version)
    with pytest.raises(NotAllowed):
        verification.settle_dispute(world.providers[0], checkpoint.id)
    with pytest.raises(NotFound):
        verification.settle_dispute(world.stranger, checkpoint.id)
    assert w4(1).state == "disputed"

"""An employer says who stayed: a yes answers, a no closes nothing, and nobody is asked twice."""

from datetime import date

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
from factories.steps import COMPLETED

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.employers import EmployerMember
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import outcomes, still_here
from placements.services.still_here import Stayed
from placements.services.transactions import act

ENDED = date(2026, 1, 30)


@act
def make_world():
    region = make_region()
    employer = make_employer(region, name="Invented Lockside")
    placement, provider = make_placement(make_site(employer), 3), make_provider(region)
    account = make_account()
    db.session.add(EmployerMember(employer_id=employer.id, account_id=account.id))
    for _ in range(2):
        one = make_assignment(make_application(make_candidate(), provider), placement, *COMPLETED)
        one.end_on = ENDED
        outcomes.add_end_checkpoints(one, ENDED)
    return Actor(Role.EMPLOYER, account.id, employer.id)


@pytest.fixture
def employer(app):
    with app.app_context():
        actor = make_world()
        outcomes.fall_due(date(2026, 5, 15))
        yield actor


def states():
    rows = db.session.query(Checkpoint).order_by(Checkpoint.id)
    return [(c.assignment_id, c.kind, c.state) for c in rows if c.kind in ("W4", "M3")]


def test_save_stayed_answers_what_waits_since_the_first_day_and_not_before(employer):
    first, second = still_here.list_finished(employer)
    assert [len(one.checkpoint_ids) for one in (first, second)] == [2, 2]
    said = {
        first.assignment_id: Stayed("yes", date(2026, 2, 2), 30),
        second.assignment_id: Stayed("yes", date(2026, 4, 20), 20),
    }
    assert still_here.save_stayed(employer, said) == {}
    assert states() == [
        (first.assignment_id, "W4", "recorded"),
        (first.assignment_id, "M3", "recorded"),
        (second.assignment_id, "W4", "due"),
        (second.assignment_id, "M3", "recorded"),
    ]
    kept = db.session.query(Outcome).order_by(Outcome.id).first()
    assert (kept.kind, kept.with_whom, kept.hired) == ("JOB", "Invented Lockside", True)
    assert (kept.source, kept.hours_per_week) == ("employer", 30)


def test_save_stayed_with_a_no_closes_no_question_and_is_not_asked_again(employer):
    first, second = still_here.list_finished(employer)
    said = {first.assignment_id: Stayed("no"), second.assignment_id: Stayed("not_known")}
    assert still_here.save_stayed(employer, said) == {}
    assert {state for _, _, state in states()} == {"due"}
    assert db.session.query(Outcome).count() == 0
    assert still_here.list_finished(employer) == []
    assert still_here.find_next_question(employer) == date(2026, 7, 30)
    outcomes.fall_due(date(2026, 7, 30))
    assert [len(one.checkpoint_ids) for one in still_here.list_finished(employer)] == [1, 1]


def test_save_stayed_keeps_nothing_if_one_cannot_be_kept(employer):
    first, second = still_here.list_finished(employer)
    said = {
        first.assignment_id: Stayed("yes", None, 300),
        second.assignment_id: Stayed("yes", date(2026, 2, 2), 20),
    }
    refused = still_here.save_stayed(employer, said)
    assert list(refused) == [first.assignment_id]
    assert db.session.query(Outcome).count() == 0


def test_list_finished_shows_nobody_elses_people(employer):
    other = Actor(Role.EMPLOYER, employer.account_id, employer.organisation_id + 1)
    assert still_here.list_finished(other) == []
    with pytest.raises(NotFound):
        still_here.list_finished(Actor(Role.PROVIDER, 1, employer.organisation_id))

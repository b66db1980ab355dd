"""Pages about what became of people: for employers, providers, staff, and who reads an offer."""

from datetime import UTC, date, datetime

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

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.assignments import Assignment
from placements.models.candidates import Provider, ProviderMember
from placements.models.employers import EmployerMember
from placements.models.outcomes import Outcome
from placements.models.placements import Placement
from placements.services import outcomes, starts
from placements.services.funnel import list_funnel
from placements.services.funnel_people import Narrow
from placements.services.outcomes import Answer
from placements.services.past_outcomes import find_past
from placements.services.transactions import act

NOW = datetime(2026, 8, 1, 9, tzinfo=UTC)
ENDED = date(2026, 6, 30)


@act
def make_world(n_people):
    region = make_region(code="west_midlands")
    employer, provider = make_employer(region), make_provider(region)
    accounts = [make_account() for _ in range(3)]
    db.session.add(EmployerMember(employer_id=employer.id, account_id=accounts[0].id))
    db.session.add(ProviderMember(provider_id=provider.id, account_id=accounts[1].id))
    member = {"account_id": accounts[2].id, "region_id": region.id, "power": "operator"}
    db.session.add(AuthorityMember(**member))
    placement = make_placement(make_site(employer), n_people + 2)
    for n in range(n_people):
        person = make_candidate(name=f"Invented {n}", date_of_birth=date(2009, 5, n + 1))
        entry = make_application(person, provider, reference=f"AP-{n:05d}")
        dates = {"start_on": date(2026, 6, 1), "end_on": ENDED}
        assignment = make_assignment(entry, placement, *COMPLETED, **dates)
        outcomes.add_end_checkpoints(assignment, ENDED)
    return [account.id for account in accounts], provider.id


@pytest.fixture
def world(app, tmp_path, monkeypatch, clock_file):
    monkeypatch.setenv("PLACEMENTS_ENV", "test")
    (tmp_path / "clock").write_text(NOW.isoformat())
    with app.app_context():
        with clock.held_at(datetime(2026, 6, 1, 9, tzinfo=UTC)):
            ids, provider_id = make_world(6)
        outcomes.fall_due(NOW.date())
        yield ids, Actor(Role.PROVIDER, ids[1], provider_id)


def answer(provider, n_in_work, n_out=0):
    asked = outcomes.list_checkpoints(provider)
    for n, checkpoint in enumerate(asked[: n_in_work + n_out]):
        kind = OutcomeKind.JOB if n < n_in_work else OutcomeKind.NEET_SEEK
        outcomes.record_outcome(provider, checkpoint.id, Answer(kind, hours_per_week=20))


def test_employer_says_who_stayed_on_one_page(world, visit):
    (employer, _, _), _ = world
    page = visit(employer).get("/employer")
    assert "Do they still work with you?" in page.html
    page.get("/employer/outcomes")
    page.send("Save", {"here-1": "yes", "since-1": "6 July", "hours-1": "30", "here-2": "no"})
    assert page.status == 422
    assert "write the day as 4 6 2026, not 6 July" in page.html
    said = {"here-1": "yes", "since-1": "6 7 2026", "hours-1": "30", "here-2": "no"}
    page.send("Save", said)
    assert "Saved. Thank you." in page.html
    kept = db.session.query(Outcome).one()
    assert (kept.hired, kept.hours_per_week, kept.from_on) == (True, 30, date(2026, 7, 6))
    assert page.get("/employer/outcomes").html.count("Does Invented") == 4


def test_provider_reads_a_return_its_remarks_and_what_changed(world, visit):
    (_, member, _), provider = world
    page = visit(member).get("/provider/returns/ilr?known_on=2026-07-31")
    assert "No earlier return was noted as sent." in page.html
    page.send("I have sent this return")
    answer(provider, 1)
    checkpoint = outcomes.list_checkpoints(provider)[0]
    outcomes.record_outcome(provider, checkpoint.id, Answer(OutcomeKind.JOB))
    page.get("/provider/returns/ilr")
    assert "Left out until it is mended: 1" in page.html
    assert "/provider/people/2" in page.html
    assert "Changed since Friday 31 July 2026: 1" in page.html
    first = page.get("/provider/returns/ilr/file?known_on=2026-08-01").reply.data
    assert b"AP-00000" in first
    assert page.get("/provider/returns/ilr/file?known_on=2026-08-01").reply.data == first
    assert page.get("/provider/returns/funder").status == 404


def test_offer_tells_of_the_past_in_words_from_five_people_on(world):
    _, provider = world
    placement = db.session.get_one(Assignment, 1).placement
    answer(provider, 3, 1)
    assert find_past(placement) is None
    answer(provider, 0, 2)
    past = find_past(placement)
    assert (past.at_least, past.share) == (5, "About half of them")


@act
def make_started():
    entry = make_application(make_candidate(), db.session.get_one(Provider, 1))
    place = db.session.get_one(Placement, 1)
    dates = {"start_on": date(2026, 6, 1), "end_on": ENDED}
    return make_assignment(entry, place, *COMPLETED[:3], **dates).id


def test_funnel_of_a_past_day_knows_only_what_was_known(world, visit):
    (employer, _, staff), provider = world
    operator = Actor(Role.OPERATOR, staff, region_id=1)
    answer(provider, 2)
    starts.complete_assignment(Actor(Role.EMPLOYER, employer, 1), make_started())
    numbers = {
        day: {s.name: s.n for s in list_funnel(operator, narrow=Narrow(known_on=day))}
        for day in (date(2026, 5, 31), date(2026, 7, 31), NOW.date(), None)
    }
    assert numbers[date(2026, 5, 31)]["matched"] == 0
    assert numbers[date(2026, 7, 31)]["completed"] == 6
    assert numbers[None]["completed"] == numbers[date(2026, 7, 31)]["started"] == 7
    assert numbers[date(2026, 7, 31)]["destination"] == 0
    assert numbers[NOW.date()] == numbers[None]
    assert numbers[None]["destination"] == 2
    page = visit(staff).get("/authority/funnel?known_on=2026-07-31&group=care_leaver")
    assert page.status == 200
    assert visit(staff).get("/authority/funnel?known_on=soon").status == 404

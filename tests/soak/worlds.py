"""The small region that everybody acts in, and how it is brought to the day on which a run begins.

Every name is invented.
"""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from factories.records import (
    keep,
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import select

from placements import clock, scheduler
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.models.accounts import AuthorityMember
from placements.models.assignments import Assignment
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.services import agreements, approvals, assignments, nights, outcomes, rounds, starts
from placements.services.transactions import act, db
from placements.settings import ROOT

BEGINS = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OPENS, LOCKS, RELEASE = BEGINS + DAY, BEGINS + 2 * DAY, BEGINS + 4 * DAY
FIRST_DAY = date(2026, 7, 13)
STAGES = ("planned", "proposed", "approved", "settling", "accepted", "started")
BIRTHDAYS = (date(2006, 1, 1), date(2009, 5, 1), date(2007, 3, 1), date(2005, 8, 1))
FOLDER = ROOT / "config/regions/west_midlands"


@act
def make_world(n_people=6):
    region = make_region(code="west_midlands")
    staff = [make_account() for _ in range(4)]
    for account, power in zip(staff, ("operator", "approver") * 2, strict=True):
        keep(AuthorityMember(account_id=account.id, region_id=region.id, power=power))
    roles = (Role.OPERATOR, Role.APPROVER) * 2
    world = SimpleNamespace(
        region_id=region.id,
        staff=[Actor(r, a.id, region_id=region.id) for r, a in zip(roles, staff, strict=True)],
        employers={},
        providers={},
        people={},
        n_rounds=1,
    )
    places = [_add_employer(world, region, sizes) for sizes in ((1, 2), (1,))]
    references = [placement.reference for own in places for placement in own]
    providers = [_add_provider(world, region) for _ in range(2)]
    for n in range(n_people):
        choices = references[n % 3 :] + references[: n % 3]
        _add_person(world, providers[n % 2], BIRTHDAYS[n % 4], choices)
    return world


def _add_employer(world, region, sizes):
    employer, boss = make_employer(region), make_account()
    keep(EmployerMember(employer_id=employer.id, account_id=boss.id))
    world.employers[employer.id] = Actor(Role.EMPLOYER, boss.id, employer.id)
    site = make_site(employer)
    more = {"capacity_max": 4, "start_from": FIRST_DAY, "start_to": FIRST_DAY + 28 * DAY}
    more |= {"supervisor_name": "Zara Invented", "supervisor_role": "Team lead"}
    return [make_placement(site, size, **more) for size in sizes]


def _add_provider(world, region):
    provider, worker = make_provider(region), make_account()
    keep(ProviderMember(provider_id=provider.id, account_id=worker.id))
    world.providers[provider.id] = Actor(Role.PROVIDER, worker.id, provider.id)
    return provider


def _add_person(world, provider, born_on, choices):
    account = make_account()
    candidate = make_candidate(account_id=account.id, email=account.email, date_of_birth=born_on)
    make_application(candidate, provider, choices=choices)
    actor = Actor(Role.YOUNG_PERSON, account.id, candidate_id=candidate.id)
    world.people[candidate.id] = actor


def reach(world, stage):
    """Bring the region to a stage by the acts of real people; return the instant it is then."""
    operator, approver = world.staff[:2]
    with clock.held_at(BEGINS):
        outcomes.begin_mornings()
        nights.begin_nights()
        dates = (OPENS, LOCKS, RELEASE)
        round_id = rounds.create_round(operator, "Invented 1", dates, seed=7)
    left, at = STAGES[1 : STAGES.index(stage) + 1], BEGINS
    if left:
        at = _run(LOCKS)
    if "approved" in left:
        with clock.held_at(at):
            kept = rounds.get_round(approver, round_id)
            hashes = (kept.plan_hash, kept.snapshot_hash)
            approvals.approve_plan(approver, round_id, *hashes, "Invented reason")
    if "settling" in left:
        at = _run(RELEASE)
    if "accepted" in left:
        at = _answer(world, at + HOUR)
    return _start(world, at) if "started" in left else at


def _run(at):
    with clock.held_at(at):
        scheduler.run_due("worker-1")
    return at


def _answer(world, at):
    with clock.held_at(at):
        for offer in in_state("offered")[:3]:
            assignments.accept_offer(world.people[offer.candidate_id], offer.id)
    return at


def _start(world, at):
    with clock.held_at(at):
        for held in in_state("accepted"):
            employer = world.employers[held.placement.employer_id]
            starts.confirm_assignment(employer, held.id, "Zara", FIRST_DAY, {"time": "09:00"})
            provider = world.providers[held.application.provider_id]
            for actor in (employer, provider, world.people[held.candidate_id]):
                agreements.sign_agreement(actor, held.id)
            agreements.record_guardian_signature(provider, held.id, "on paper")
    at = _run(datetime(2026, 7, 13, 9, tzinfo=UTC))
    with clock.held_at(at):
        for held in in_state("confirmed")[:-1]:
            starts.start_assignment(world.employers[held.placement.employer_id], held.id)
    return at


def in_state(state):
    rows = select(Assignment).where(Assignment.state == state).order_by(Assignment.id)
    return db.session.scalars(rows).all()

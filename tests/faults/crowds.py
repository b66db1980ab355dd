"""Who comes on a busy day, signed in beforehand, and what each of them looks at."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from faults.crowding import Visit
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert, select

from placements import clock, scheduler
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.extensions import db
from placements.models.accounts import Session
from placements.models.candidates import Application, Candidate, ProviderMember
from placements.models.employers import EmployerMember
from placements.models.placements import Placement
from placements.models.rounds import PlanRow
from placements.outbox.links import hash_token
from placements.services import approvals, plans, rounds, solving
from placements.services.demo.seed import Sizes, seed_region
from placements.services.transactions import act
from placements.web.access import TOKEN

CROWD_KEY = "a key that only this script knows, 32 bytes and more"
# How often each page is wanted, of a thousand visits; who comes for each is drawn. The open data is
# left out: it is worked out once in ten minutes in production, and anew each time where tests run.
MIX = (
    ("public", "/", 40),
    ("public", "/sign-in", 30),
    ("public", "/help", 20),
    ("public", "/check", 10),
    ("young person", "/me", 170),
    ("young person", "/me/places", 60),
    ("young person", "/me/places/{place}", 50),
    ("young person", "/me/choices", 40),
    ("young person", "/me/timeline", 30),
    ("young person", "/account", 130),
    ("provider", "/provider", 50),
    ("provider", "/provider/people", 50),
    ("provider", "/provider/people/{person}", 60),
    ("provider", "/provider/places", 20),
    ("provider", "/account", 50),
    ("employer", "/employer", 40),
    ("employer", "/employer/placements", 30),
    ("employer", "/employer/placements/{own}", 70),
    ("employer", "/employer/people", 20),
    ("operator", "/authority", 15),
    ("operator", "/authority/placements?state=live", 5),
    ("operator", "/authority/rounds/{round}", 5),
    ("operator", "/authority/supply-demand", 3),
    ("operator", "/authority/rounds/{round}/plans/{plan}", 2),
)
WRITES = {
    "/account": ("/account", {"name": "Invented"}),
    "/employer/placements/{own}": ("/employer/placements/{own}/still-true", {}),
}
LOOKS, THINKS = ("/me", "/me/offer", "/me/offer/why"), (0, 4, 10)


@dataclass
class Visitors:
    """Those who come, by role: what their browser sends, and what of theirs they look at."""

    round_id: int
    plan_id: int = 0
    by_role: dict = field(default_factory=dict)
    places: list = field(default_factory=list)
    readers: list = field(default_factory=list)


def make_crowd(app, region_folder, sizes, release_in):
    """Seed a region, take its round to an approved plan, and sign everybody in."""
    region = load_region(region_folder)
    gazetteer = Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)
    seeded = seed_region(region, gazetteer, Sizes(7, *sizes), scheduler.run_due)
    operator, approver = (seeded.here.staff[name] for name in ("operator", "approver"))
    release_at = clock.now() + release_in
    dates = (release_at - timedelta(days=9), release_at - timedelta(days=2), release_at)
    visitors = Visitors(rounds.create_round(operator, "Today (invented)", dates, 7))
    rounds.open_round(operator, visitors.round_id)
    rounds.lock_round(operator, visitors.round_id)
    visitors.plan_id = solving.solve_round(operator, visitors.round_id)
    kept = rounds.get_round(approver, visitors.round_id)
    approvals.approve_plan(approver, kept.id, kept.plan_hash, kept.snapshot_hash)
    placed = plans.get_summary(operator, kept.id, visitors.plan_id).n_placed
    _sign_in_all(app, visitors, operator)
    return visitors, release_at, placed


def _sign_in_all(app, visitors, operator):
    people = select(Candidate.account_id, PlanRow.placement_id)
    people = people.join(Application, Application.candidate_id == Candidate.id)
    people = people.join(PlanRow, PlanRow.application_id == Application.id)
    mine = (PlanRow.plan_id == visitors.plan_id, Candidate.account_id.is_not(None))
    young = db.session.execute(people.where(*mine).order_by(PlanRow.id)).all()
    employers = select(EmployerMember.account_id, Placement.id)
    employers = employers.join(Placement, Placement.employer_id == EmployerMember.employer_id)
    bosses = db.session.execute(employers.where(Placement.state == "live")).all()
    teachers = select(ProviderMember.account_id, Application.id)
    teachers = teachers.join(Application, Application.provider_id == ProviderMember.provider_id)
    helpers = db.session.execute(teachers).all()
    ids = {one for one, _ in (*young, *bosses, *helpers)} | {operator.account_id}
    cookies = _begin_sessions(app, sorted(ids))
    visitors.readers = [(cookies[one], place is not None) for one, place in young]
    visitors.places = sorted({place for _, place in bosses})
    visitors.by_role = {
        "public": [({}, 0)],
        "young person": [(cookies[one], 0) for one, _ in young],
        "employer": [(cookies[one], place) for one, place in bosses],
        "provider": [(cookies[one], person) for one, person in helpers],
        "operator": [(cookies[operator.account_id], 0)],
    }
    db.session.rollback()


@act
def _begin_sessions(app, account_ids):
    at, signing = clock.now(), SecureCookieSessionInterface().get_signing_serializer(app)
    tokens = {account_id: secrets.token_urlsafe(32) for account_id in account_ids}
    facts = {"created_at": at, "expires_at": at + timedelta(days=1)}
    rows = [
        {"account_id": one, "token_hash": hash_token(token), **facts}
        for one, token in tokens.items()
    ]
    db.session.execute(insert(Session), rows)
    return {
        one: {"Cookie": f"session={signing.dumps({TOKEN: token})}"} for one, token in tokens.items()
    }


def pick_visits(chance, visitors, instants):
    """Draw who comes at each instant for what; where a form is there, it is filled in and sent."""
    weights, found = [one[2] for one in MIX], []
    for at in instants:
        role, rule, _ = chance.choices(MIX, weights)[0]
        headers, own = chance.choice(visitors.by_role[role])
        names = {"own": own, "person": own, "place": chance.choice(visitors.places)}
        names |= {"round": visitors.round_id, "plan": visitors.plan_id}
        writes = WRITES.get(rule)
        if writes:
            writes = (writes[0].format(**names), writes[1])
        found.append(Visit(at, f"{role} {rule}", rule.format(**names), headers, writes))
    return found


def people_reading(chance, visitors, n_readers, seconds):
    """Draw when each of so many people opens their result, and what they look at then."""
    found = []
    for at in sorted(chance.uniform(0, seconds) for _ in range(n_readers)):
        headers, is_placed = chance.choice(visitors.readers)
        pages = LOOKS if is_placed else ("/me", "/me/no-place")
        for page, later in zip(pages, THINKS, strict=False):
            found.append(Visit(at + later, f"reader {page}", page, headers))
    return found

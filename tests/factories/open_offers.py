"""A round taken to its open offers, in a world where everybody wants the same placement.

Every name is invented.
"""

from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

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
from sqlalchemy import select

from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.employers import Site
from placements.models.rounds import Plan, PlanRow
from placements.services import publishing, rounds, solving
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))


@act
def make_world(n_people, n_places, n_other_places=0, never_other=False):
    region = make_region()
    site = make_site(make_employer(region))
    chosen = make_placement(site, n_places)
    others = [make_placement(site, n_other_places).reference] if n_other_places else []
    provider = make_provider(region)
    never = {"placements": others if never_other else []}
    for _ in range(n_people):
        person = make_candidate(account_id=make_account().id)
        make_application(person, provider, choices=[chosen.reference], never=never)
    ids = [make_account().id for _ in range(3)]
    return SimpleNamespace(
        site_id=site.id,
        placement_id=chosen.id,
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        approver=Actor(Role.APPROVER, ids[1], region_id=region.id),
        employer=Actor(Role.EMPLOYER, ids[2], site.employer_id),
    )


def reach_approval(world):
    world.set_clock(DATES[0])
    world.round_id = rounds.create_round(world.operator, "Summer", DATES, seed=7)
    rounds.open_round(world.operator, world.round_id)
    seal = rounds.lock_round(world.operator, world.round_id)
    solving.solve_round(world.operator, world.round_id)
    plan_hash = rounds.get_round(world.approver, world.round_id).plan_hash
    rounds.approve_round(world.approver, world.round_id, plan_hash, seal)
    world.set_clock(DATES[2])


def reach_offers(world):
    reach_approval(world)
    publishing.publish_round(SYSTEM, world.round_id)


@contextmanager
def open_world(app, clock_file, reach=reach_offers):
    """Give a function that makes a world and takes its round to open offers, or to an approval."""
    clock_file.write_text(DATES[0].isoformat())

    def make(*sizes, **more):
        world = make_world(*sizes, **more)
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        reach(world)
        return world

    with app.app_context():
        yield make


def planned():
    """The lines of the chosen plan that give a place."""
    rows = select(PlanRow).join(Plan, PlanRow.plan_id == Plan.id).where(Plan.chosen)
    return db.session.scalars(rows.where(PlanRow.placement_id.is_not(None))).all()


@act
def offer_elsewhere(world, application_id):
    """Offer a person a place that no plan of the round knows; return the offer's id."""
    site = db.session.get_one(Site, world.site_id)
    application = db.session.get_one(Application, application_id)
    return make_assignment(application, make_placement(site, 2)).id


def offers():
    return db.session.scalars(
        select(Assignment).where(WAS_OFFERED).order_by(Assignment.offered_at, Assignment.id)
    ).all()


def person(assignment):
    return Actor(Role.YOUNG_PERSON, candidate_id=assignment.candidate_id)

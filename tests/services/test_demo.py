"""The invented region goes the whole road: seeded, sealed, solved, approved, published."""

from datetime import UTC, datetime

import pytest
from factories.records import make_account
from sqlalchemy import func, select

from placements.domain.permissions import SYSTEM, Actor
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow
from placements.services import publishing, rounds, solving
from placements.services.demo import seed_region
from placements.services.transactions import act
from placements.settings import ROOT

SEED = 7
DATES = tuple(datetime(2026, 12, day, 10, tzinfo=UTC) for day in (1, 8, 15))
add_account = act(lambda: make_account().id)


def run_round(region_id, clock_file):
    operator = Actor(Role.OPERATOR, add_account(), region_id=region_id)
    approver = Actor(Role.APPROVER, add_account(), region_id=region_id)
    policy = {"priority_groups": ["care_leaver"]}
    round_id = rounds.create_round(operator, "Winter", DATES, SEED, policy)
    rounds.open_round(operator, round_id)
    seal = rounds.lock_round(operator, round_id)
    assert solving.solve_round(operator, round_id) is not None
    round_ = rounds.get_round(approver, round_id)
    rounds.approve_round(approver, round_id, round_.plan_hash, seal)
    clock_file.write_text(DATES[-1].isoformat())
    return seal, publishing.publish_round(SYSTEM, round_id)


@pytest.fixture(scope="module")
def west_midlands():
    rules = load_region(ROOT / "config/regions/west_midlands")
    return rules, Gazetteer.load(rules.postcodes_path, rules.sectors_path, rules.district_of)


def test_seeded_west_midlands_goes_from_places_to_offers(app, west_midlands, tmp_path, monkeypatch):
    clock_file = tmp_path / "clock"
    clock_file.write_text("2026-11-24T10:00:00+00:00")
    monkeypatch.setenv("CLOCK_FILE", str(clock_file))
    with app.app_context():
        region_id = seed_region(*west_midlands, SEED, 120, 20)
        seal, (offered, skipped) = run_round(region_id, clock_file)
        n_places = db.session.scalar(select(func.sum(Placement.capacity)))
        n_placed = db.session.scalar(select(func.count(PlanRow.placement_id)))
        plan_hash = db.session.scalar(select(Plan.plan_hash))
        print(f"seed {SEED}: {offered} offered of {n_places} places, {seal=} {plan_hash=}")
        assert (offered, skipped) == (n_placed, 0)
        assert 0 < offered <= n_places
        assert db.session.scalar(select(func.sum(Placement.held))) == offered
        assert db.session.scalar(select(func.count(Assignment.id))) == offered

"""One organisation of each kind with its key, and a program that calls with it."""

from datetime import UTC, date, datetime, timedelta
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
from factories.steps import COMPLETED

from placements.domain.permissions import Actor
from placements.domain.vocabulary import CheckpointKind, Kind, Role
from placements.extensions import db
from placements.models.outcomes import Checkpoint
from placements.services import api_keys, rounds, transitions
from placements.services.transactions import act

NOW = datetime(2026, 6, 16, 11, tzinfo=UTC)


@act
def make_world():
    region, elsewhere = make_region(code="west_midlands"), make_region()
    employer, provider = make_employer(region), make_provider(region)
    placement = make_placement(make_site(employer), 3)
    foreign = make_placement(make_site(make_employer(elsewhere)), 1)
    candidate = make_candidate(mobile="07700900123", email="amara@invented.example")
    application = make_application(candidate, provider)
    ends = {"start_on": date(2026, 4, 1), "end_on": date(2026, 5, 1)}
    assignment = make_assignment(application, placement, *COMPLETED, **ends)
    question = Checkpoint(assignment_id=assignment.id, kind=CheckpointKind.W4.value)
    question.due_on = question.window_opens_on = date(2026, 5, 29)
    question.window_closes_on = date(2026, 7, 1)
    transitions.begin(question, Kind.CHECKPOINT, "schedule", Actor(Role.SYSTEM), NOW)
    transitions.move(question, Kind.CHECKPOINT, "fall_due", Actor(Role.SYSTEM), NOW)
    db.session.flush()
    account = make_account().id
    return SimpleNamespace(
        placement_id=placement.id,
        foreign_id=foreign.id,
        application_id=application.id,
        new_id=make_application(make_candidate(), provider).id,
        question_id=question.id,
        actors={
            "employer": Actor(Role.EMPLOYER, account, employer.id, region_id=region.id),
            "provider": Actor(Role.PROVIDER, account, provider.id, region_id=region.id),
            "operator": Actor(Role.OPERATOR, account, region_id=region.id),
        },
    )


@pytest.fixture
def world(app, clock_file):
    clock_file.write_text(NOW.isoformat())
    with app.app_context():
        world = make_world()
        dates = tuple(NOW + timedelta(days=days) for days in (1, 7, 14))
        world.round_id = rounds.create_round(world.actors["operator"], "Summer", dates, 7)
        world.keys = {
            role: api_keys.make_key(actor, "Our case system")
            for role, actor in world.actors.items()
        }
    return world


@pytest.fixture
def call(app, world):
    """A function that calls as the program of a role; no role is no key."""

    def call(role, path, method="GET", **sent):
        headers = {"Authorization": f"Bearer {world.keys[role]}"} if role else {}
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **sent)

    return call

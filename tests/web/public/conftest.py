"""A demo of two young people and a member of staff, with a clock that can be moved."""

from datetime import UTC, datetime, timedelta
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

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.candidates import ProviderMember
from placements.services import rounds
from placements.services.transactions import act

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 8, 23, 0, tzinfo=UTC)


@pytest.fixture
def clock_at(monkeypatch, clock_file):
    """A function that holds the clock at an instant."""
    monkeypatch.setenv("PLACEMENTS_ENV", "test")
    clock_file.write_text(NOW.isoformat())
    return lambda instant: clock_file.write_text(instant.isoformat())


@act
def _make_demo():
    region = make_region(code="west_midlands")
    site, provider = (
        make_site(make_employer(region, name="Invented Lockside")),
        make_provider(region),
    )
    placement = make_placement(site, 7, title="Workshop (invented)")
    staff = make_account(name="Dawn Invented")
    second = make_account(name="Tomasz Invented")
    for account, power in ((staff, "operator"), (second, "approver")):
        member = {"account_id": account.id, "region_id": region.id, "power": power}
        db.session.add(AuthorityMember(**member))
    entries = []
    for number, name in enumerate(("Jayden", "Sana"), start=1):
        candidate = make_candidate(preferred_name=name)
        candidate.account_id = make_account(name=name).id
        entries.append(make_application(candidate, provider, reference=f"AP-{number:05d}"))
    facts = {"deadline_at": DEADLINE, "original_deadline_at": DEADLINE}
    make_assignment(entries[0], placement, **facts)
    marcus = make_account(name="Marcus Invented")
    db.session.add(ProviderMember(provider_id=provider.id, account_id=marcus.id))
    db.session.flush()
    return SimpleNamespace(
        marcus_id=marcus.id,
        region_id=region.id,
        staff=Actor(Role.OPERATOR, staff.id, region_id=region.id),
        approver=Actor(Role.APPROVER, second.id, region_id=region.id),
    )


@pytest.fixture
def demo(app, clock_at):
    """The demo's records."""
    with app.app_context():
        return _make_demo()


@pytest.fixture
def plan_round(app, demo):
    """A function that plans a round which opens in so many days."""

    def plan(name, days):
        opens = NOW + timedelta(days=days)
        dates = (opens, opens + timedelta(days=7), opens + timedelta(days=14))
        with app.app_context():
            return rounds.create_round(demo.staff, name, dates, 7)

    return plan

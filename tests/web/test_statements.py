"""A list asks the database as often for many rows as for few: no statement a row."""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from factories.records import (
    AT,
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
    walk,
)
from factories.steps import CONFIRMED, STARTED
from sqlalchemy import event

from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.assignments import Signature
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import agreements, restoring_mark
from placements.services.transactions import act

DISPUTED = (("record", Role.PROVIDER), ("dispute", Role.YOUNG_PERSON))
DAY = date(2026, 6, 16)
LISTS = {
    "operator": [
        "/authority",
        "/authority/employers",
        "/authority/funnel",
        "/authority/funnel/matched",
        "/authority/funnel/published",
        "/authority/messages",
        "/authority/outcomes",
        "/authority/placements?state=live",
        "/authority/supply-demand",
    ],
    "provider": [
        "/provider",
        "/provider/answers",
        "/provider/attendance",
        "/provider/outcomes",
        "/provider/outcomes/table",
        "/provider/people",
        "/provider/placed",
        "/provider/places",
    ],
    "employer": [
        "/employer",
        "/employer/day-one",
        "/employer/people",
        "/employer/placements",
        "/employer/sites",
        "/employer/still-true",
    ],
}


@pytest.fixture
def world(app, monkeypatch, clock_file):
    clock_file.write_text(datetime(2026, 6, 16, 11, tzinfo=UTC).isoformat())
    # Whether a restore is going on is looked at by the second, whoever asks for what.
    monkeypatch.setattr(restoring_mark, "LOOKED_EVERY", 3600.0)
    with app.app_context():
        return make_world()


@act
def make_world():
    region = make_region(code="west_midlands")
    employer, provider = make_employer(region), make_provider(region)
    accounts = {name: make_account().id for name in LISTS}
    power = {"region_id": region.id, "power": Role.OPERATOR.value}
    keep(AuthorityMember(account_id=accounts["operator"], **power))
    keep(ProviderMember(provider_id=provider.id, account_id=accounts["provider"]))
    keep(EmployerMember(employer_id=employer.id, account_id=accounts["employer"]))
    return accounts, employer, provider


@act
def add_rows(world, n):
    """Add placements with people who are asked, wait, come, are there, and say it is not so."""
    _, employer, provider = world
    employer, provider = db.session.merge(employer), db.session.merge(provider)
    for _ in range(n):
        place = make_placement(make_site(employer), 4, checked_at=AT)
        people = [make_application(make_candidate(), provider) for _ in range(4)]
        make_assignment(people[0], place, deadline_at=AT.replace(day=18))
        come = make_assignment(people[1], place, *CONFIRMED, start_on=DAY, end_on=DAY)
        agreement = agreements.add_agreement(come)
        keep(Signature(agreement_id=agreement.id, party="employer", signed_at=AT, how="on paper"))
        there = make_assignment(people[2], place, *STARTED, start_on=DAY, end_on=DAY)
        ask(there, "W4")
        ask(make_assignment(people[3], place, *STARTED, start_on=DAY), "M3", *DISPUTED)


def ask(assignment, kind, *steps):
    facts = {"kind": kind, "due_on": DAY, "window_opens_on": DAY, "window_closes_on": DAY}
    checkpoint = Checkpoint(assignment_id=assignment.id, **facts)
    walk(checkpoint, Kind.CHECKPOINT, "schedule", ("fall_due", Role.SYSTEM), *steps)
    if steps:
        told = {"source": "provider", "evidence_level": "provider", "recorded_at": AT}
        keep(Outcome(checkpoint_id=checkpoint.id, kind="JOB", **told))


@contextmanager
def counting():
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def count_each(app, visit, accounts):
    """Count the statements of each page, once what is kept between requests is there."""
    counts = {}
    for name, urls in LISTS.items():
        visitor = visit(accounts[name])
        for url in urls:
            visitor.get(url)
            counts[url] = count(app, visitor, url)
    return counts


def count(app, visitor, url):
    with app.app_context(), counting() as seen:
        assert visitor.get(url).status == 200, url
    return len(seen)


def test_a_list_asks_as_often_for_twice_the_rows(app, world, visit):
    with app.app_context():
        add_rows(world, 2)
    few = count_each(app, visit, world[0])
    with app.app_context():
        add_rows(world, 4)
    assert count_each(app, visit, world[0]) == few

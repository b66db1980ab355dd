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
    numbers,
    walk,
)
from factories.steps import CONFIRMED, STARTED
from sqlalchemy import event

from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.assignments import Assignment, Edge, Signature
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.models.operations import Message, Occurrence
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.rights import RightsRequest
from placements.models.rounds import Round
from placements.services import agreements, asks, restoring_mark
from placements.services.events import record_event
from placements.services.exceptions import STOPPED
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
    "young_person": [
        "/me",
        "/me/check",
        "/me/choices",
        "/me/data",
        "/me/details/when",
        "/me/offer",
        "/me/offer/why",
        "/me/places",
        "/me/places/1",
        "/me/places/map",
        "/me/timeline",
    ],
    "at_work": ["/me", "/me/c/1", "/me/placement", "/me/placement/wrong", "/me/timeline"],
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
    place = make_placement(make_site(employer), 4)
    person, worker = (
        make_application(make_candidate(account_id=accounts[name]), provider)
        for name in ("young_person", "at_work")
    )
    make_assignment(person, place, deadline_at=AT.replace(day=18))
    there = make_assignment(worker, place, *STARTED, start_on=DAY, end_on=DAY)
    agreements.add_agreement(there)
    ask(there, "W4")
    return accounts, employer, provider, person, worker


@act
def add_rows(world, n):
    """Add placements with people who are asked, wait, come, are there, and say it is not so."""
    _, *kept = world
    employer, provider, person, worker = (db.session.merge(one) for one in kept)
    for _ in range(n):
        place = make_placement(make_site(employer), 6, checked_at=AT)
        people = [make_application(make_candidate(), provider) for _ in range(4)]
        make_assignment(people[0], place, deadline_at=AT.replace(day=18))
        come = make_assignment(people[1], place, *CONFIRMED, start_on=DAY, end_on=DAY)
        agreement = agreements.add_agreement(come)
        keep(Signature(agreement_id=agreement.id, party="employer", signed_at=AT, how="on paper"))
        there = make_assignment(people[2], place, *STARTED, start_on=DAY, end_on=DAY)
        ask(there, "W4")
        ask(make_assignment(people[3], place, *STARTED, start_on=DAY), "M3", *DISPUTED)
        add_past(person, place)
        add_past(worker, place)
        add_for_staff(people[0], come)


def ask(assignment, kind, *steps):
    facts = {"kind": kind, "due_on": DAY, "window_opens_on": DAY, "window_closes_on": DAY}
    checkpoint = Checkpoint(assignment_id=assignment.id, **facts)
    walk(checkpoint, Kind.CHECKPOINT, "schedule", ("fall_due", Role.SYSTEM), *steps)
    if steps:
        told = {"source": "provider", "evidence_level": "provider", "recorded_at": AT}
        keep(Outcome(checkpoint_id=checkpoint.id, kind="JOB", **told))


def add_past(application, place):
    """Let somebody rank a place, be in line for it in vain, and be told of it."""
    application.choices = [*application.choices, place.reference][-6:]
    pair = {"application_id": application.id, "placement_id": place.id}
    keep(Edge(**pair, checked_at=AT, travel_minutes=20, limit_minutes=60))
    gone = Assignment(**pair, candidate_id=application.candidate_id, position=1)
    walk(gone, Kind.ASSIGNMENT, "reserve", ("release", Role.SYSTEM))
    write_to(application.candidate.account_id, "assignment", gone.id)


def write_to(account_id, kind, record_id, state="queued"):
    """Write somebody a message about a record."""
    told = record_event(SYSTEM, "tell", kind, record_id, ("", ""), AT)
    facts = {"channel": "email", "template": "offer", "send_at": AT, "state": state, "version": 1}
    facts |= {"key": f"k{next(numbers)}", "subject_kind": kind, "subject_id": record_id}
    told.messages.append(Message(account_id=account_id, **facts))


def add_for_staff(application, assignment):
    """Let people ask and lose a place, a message die, a step stop and a round run late."""
    candidate, account = application.candidate, make_account()
    candidate.account_id = account.id
    asker = Actor(Role.YOUNG_PERSON, account.id, candidate_id=candidate.id)
    for kind, record in ((Kind.APPLICATION, application), (Kind.ASSIGNMENT, assignment)):
        record_event(asker, asks.CHECK, kind, record.id, ("", ""), AT)
        write_to(account.id, kind.value, record.id, "dead")
    facts = {"asked_at": AT, "asked_by_role": "young_person", "due_on": DAY, "kind": "access"}
    keep(RightsRequest(candidate_id=candidate.id, **facts))
    lost = make_application(make_candidate(), db.session.merge(application.provider))
    make_assignment(lost, assignment.placement, ("cancel_by_employer", Role.EMPLOYER))
    days = {"opens_at": AT, "locks_at": AT.replace(day=2), "release_at": AT.replace(day=3)}
    facts = {"name": f"Round {next(numbers)}", "seed": 7, "policy": {}}
    round_ = Round(region_id=application.region_id, **days, **facts)
    walk(round_, Kind.ROUND, "plan", ("open", Role.SYSTEM))
    step = Occurrence(schedule="round.lock", subject_id=round_.id, due_at=AT)
    walk(step, Kind.OCCURRENCE, "schedule", ("skip", Role.SYSTEM))
    step.reason = f"{STOPPED}: invented"


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
            counts[name, url] = count(app, visitor, url)
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

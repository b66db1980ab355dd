"""What nobody needs any more goes by itself, and what somebody needs does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from factories.letters import settings_with
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
)
from sqlalchemy import select

from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.failpoints import FailpointReached
from placements.models.accounts import AuthorityMember, Link, Session, SignInAttempt
from placements.models.candidates import Application, Candidate
from placements.models.operations import IdempotencyKey, ImportRun, Occurrence
from placements.models.outcomes import Checkpoint
from placements.models.rounds import Snapshot, SnapshotRecord
from placements.services import data_requests, erasures, retention, rounds, transitions
from placements.services.gazetteer import get_rules
from placements.services.occurrences import claim_next, finish
from placements.services.transactions import act

FOLDER = Path("config/regions/west_midlands").resolve()
NOW = datetime(2028, 7, 3, 9, tzinfo=UTC)


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        made = make_people()
        made.clock_at = lambda at: (tmp_path / "clock").write_text(at.isoformat())
        made.clock_at(NOW)
        made.rules, made.settings = get_rules(FOLDER), settings_with(tmp_path / "mail")
        yield made


@act
def make_people():
    """People who stopped two years and a month ago, each of whom something may still need."""
    region = make_region(code="west_midlands")
    staff = make_account(name="Dawn Invented")
    keep(AuthorityMember(account_id=staff.id, region_id=region.id, power="operator"))
    provider = make_provider(region)
    placement = make_placement(make_site(make_employer(region)), 5)
    names = ("long_gone", "on_hold", "sealed", "asked", "still_here", "placed", "asks_us")
    people = {}
    for name in names:
        entry = make_application(make_candidate(name=f"Invented {name}"), provider)
        people[name] = entry
        if name in ("placed", "asked"):
            place = make_assignment(
                entry, placement, ("accept", Role.YOUNG_PERSON), ("confirm", Role.EMPLOYER)
            )
            for step in ("start", "complete"):
                transitions.move(place, Kind.ASSIGNMENT, step, Actor(Role.EMPLOYER), AT)
            people[f"{name}_place"] = place
        if name not in ("still_here", "placed"):
            who = Actor(Role.YOUNG_PERSON, candidate_id=entry.candidate_id)
            transitions.move(entry, Kind.APPLICATION, "withdraw", who, AT)
    add_question(people["asked_place"], NOW - timedelta(days=200))
    return SimpleNamespace(
        region_id=region.id,
        operator=Actor(Role.OPERATOR, staff.id, region_id=region.id),
        entries={name: people[name].id for name in names},
        people={name: people[name].candidate_id for name in names},
        references={name: people[name].reference for name in names},
    )


def add_question(place, closes_at):
    """A question that nobody answered; its window closed at `closes_at`."""
    day = closes_at.date()
    question = Checkpoint(assignment_id=place.id, kind="M12", due_on=day - timedelta(days=28))
    question.window_opens_on, question.window_closes_on = day - timedelta(days=35), day
    transitions.begin(question, Kind.CHECKPOINT, "schedule", SYSTEM, AT)
    for step in ("fall_due", "give_up"):
        transitions.move(question, Kind.CHECKPOINT, step, SYSTEM, AT)


@act
def seal_in_a_round(world):
    """A round that is locked holds the sealed record of one of them."""
    dates = (NOW - timedelta(days=9), NOW - timedelta(days=2), NOW + timedelta(days=5))
    made = rounds.Round(region_id=world.region_id, name="Summer", seed=7)
    made.opens_at, made.locks_at, made.release_at = dates
    for first, *steps in (("plan", "open", "lock"),):
        transitions.begin(made, Kind.ROUND, first, SYSTEM, NOW)
        for step in steps:
            transitions.move(made, Kind.ROUND, step, SYSTEM, NOW)
    seal = keep(
        Snapshot(
            round_id=made.id, snapshot_hash="a" * 64, taken_at=NOW, n_candidates=1, n_placements=0
        )
    )
    record = SnapshotRecord(snapshot_id=seal.id, kind="application", salt="s", body="{}")
    record.record_id, record.record_hash = world.entries["sealed"], "b" * 64
    keep(record)


def names_of(due):
    return {d.what for d in due if d.rule == "people"}


def is_erased(world, name):
    return db.session.get_one(Candidate, world.people[name]).name is None


def ask(world, name, kind):
    return data_requests.ask(world.operator, world.people[name], kind, "A claim (invented)")


def test_only_who_nothing_needs_any_more_is_erased(world):
    ask(world, "on_hold", "hold")
    ask(world, "asks_us", "access")
    seal_in_a_round(world)
    due = retention.list_due(world.rules)
    assert names_of(due) == {world.references["long_gone"]}
    assert next(d.why for d in due if d.rule == "people").startswith("nothing since Monday 1 June")
    assert retention.run_retention(world.rules, world.settings) == due
    gone = {name for name in world.people if is_erased(world, name)}
    assert gone == {"long_gone"}
    assert erasures.is_erased(world.people["long_gone"])


def test_a_month_before_its_time_nothing_goes(world):
    world.clock_at(NOW - timedelta(days=40))
    assert names_of(retention.list_due(world.rules)) == set()


def test_what_was_needed_goes_when_nothing_needs_it(world):
    hold = ask(world, "on_hold", "hold")
    assert world.references["on_hold"] not in names_of(retention.list_due(world.rules))
    data_requests.end_hold(world.operator, hold)
    assert world.references["on_hold"] in names_of(retention.list_due(world.rules))
    world.clock_at(NOW + timedelta(days=600))
    assert world.references["asked"] in names_of(retention.list_due(world.rules))


def test_who_was_asked_the_last_question_finishes_and_is_kept_from_then_on(world):
    due = [d.what for d in retention.list_due(world.rules) if d.rule == "finished"]
    assert due == [world.references["placed"]]
    retention.run_retention(world.rules, world.settings)
    entry = db.session.get_one(Application, world.entries["placed"])
    assert (entry.state, is_erased(world, "placed")) == ("exited", False)
    world.clock_at(datetime(2030, 7, 4, 9, tzinfo=UTC))
    retention.run_retention(world.rules, world.settings)
    assert is_erased(world, "placed") and not is_erased(world, "still_here")


def test_a_dry_run_changes_nothing(world):
    before = retention.list_due(world.rules)
    assert retention.list_due(world.rules) == before and before
    assert erasures.list_erased() == []


def test_cut_off_in_the_middle_the_next_run_goes_on(world, monkeypatch):
    monkeypatch.setenv("FAILPOINT", "retention.mid:1=raise")
    with pytest.raises(FailpointReached):
        retention.run_retention(world.rules, world.settings)
    monkeypatch.delenv("FAILPOINT")
    first = erasures.list_erased()
    assert len(first) == 1 and len(names_of(retention.list_due(world.rules))) == 3
    retention.run_retention(world.rules, world.settings)
    assert names_of(retention.list_due(world.rules)) == set()
    assert len(erasures.list_erased()) == 4
    assert erasures.finish_erasures(world.settings) == 0


def test_the_worker_does_it_each_night_once(world):
    assert (retention.begin_retention(), retention.begin_retention()) == (1, 0)
    night = datetime(2028, 7, 4, 2, 30, tzinfo=UTC)
    world.clock_at(night)
    claim = claim_next("worker-1")
    retention.retain_tonight(claim, world.rules, world.settings)
    assert finish(claim) and is_erased(world, "long_gone")
    rows = select(Occurrence.due_at, Occurrence.state, Occurrence.reason)
    found = db.session.execute(rows.order_by(Occurrence.due_at)).all()
    assert [tuple(row) for row in found] == [
        (night, "done", "4 people erased, 0 rows removed."),
        (night + timedelta(days=1), "due", None),
    ]


def test_what_signing_in_left_behind_goes_after_its_days(world):
    add_old(world)
    due = {d.what: d.n for d in retention.list_due(world.rules) if d.rule == "rows"}
    assert due == dict.fromkeys(
        ("sessions", "links", "tries to sign in", "keys of forms", "files that wait"), 1
    )
    retention.run_retention(world.rules, world.settings)
    for table in (Session, Link, SignInAttempt, IdempotencyKey, ImportRun):
        assert len(db.session.scalars(select(table)).all()) == 1, table


@act
def add_old(world):
    old, day_old = NOW - timedelta(days=31), NOW - timedelta(days=1, hours=1)
    account_id = world.operator.account_id
    for n, (at, tried_at) in enumerate(((old, day_old), (NOW, NOW))):
        db.session.add(
            Session(account_id=account_id, token_hash=f"s{n}", created_at=at, expires_at=at)
        )
        db.session.add(
            Link(account_id=account_id, purpose="offer", token_hash=f"l{n}", expires_at=at)
        )
        db.session.add(IdempotencyKey(key=f"k{n}", used_at=at))
        db.session.add(SignInAttempt(key_hash="h", happened_at=tried_at))
        db.session.add(
            ImportRun(kind="applications", file_hash="f", content="a", errors=[], started_at=at)
        )

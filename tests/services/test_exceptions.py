"""What staff look at first: late, stuck, unsigned, and only of their own region."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from factories.records import (
    AT,
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

from placements.domain.errors import NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.employers import Site
from placements.models.operations import Message, Occurrence
from placements.services import rounds, transitions
from placements.services.dead_letters import retry_message
from placements.services.events import record_event
from placements.services.exceptions import count_to_check, list_exceptions
from placements.services.transactions import act

YES, CONFIRM = ("accept", Role.YOUNG_PERSON), ("confirm", Role.EMPLOYER)
DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))


@act
def make_world():
    region, elsewhere = make_region(), make_region()
    site, provider = make_site(make_employer(region)), make_provider(region)
    placement = make_placement(site, 3)
    people = [make_application(make_candidate(), provider) for _ in range(2)]
    first = make_assignment(people[0], placement, YES, answered_at=AT)
    second = make_assignment(
        people[1], placement, YES, CONFIRM, answered_at=AT, start_on=date(2026, 7, 6)
    )
    return SimpleNamespace(
        operator=Actor(Role.OPERATOR, make_account().id, region_id=region.id),
        stranger=Actor(Role.OPERATOR, make_account().id, region_id=elsewhere.id),
        region_id=region.id,
        placement_id=placement.id,
        site_id=site.id,
        employer_id=site.employer_id,
        assignment_ids=[first.id, second.id],
        references=[person.reference for person in people],
        account_id=make_account().id,
    )


@pytest.fixture
def clock_at(clock_file):
    def move_to(instant):
        clock_file.write_text(instant.isoformat())

    move_to(AT)
    return move_to


@pytest.fixture
def world(app, clock_at):
    with app.app_context():
        world = make_world()
        world.clock_at = clock_at
        yield world


def kinds(actor):
    return [concern.kind for concern in list_exceptions(actor)]


def test_list_exceptions_on_time_is_empty(world):
    assert kinds(world.operator) == []


def test_list_exceptions_names_who_was_not_confirmed_in_five_working_days(world):
    world.clock_at(datetime(2026, 6, 8, 22, 59, tzinfo=UTC))
    assert kinds(world.operator) == []
    world.clock_at(datetime(2026, 6, 8, 23, 0, tzinfo=UTC))
    (late,) = list_exceptions(world.operator)
    assert late.kind == "late_confirmation"
    assert late.words.startswith(world.references[0])
    assert (late.subject_kind, late.subject_id) == ("employer", world.employer_id)


def test_list_exceptions_names_who_starts_within_a_week_unsigned(world):
    world.clock_at(datetime(2026, 6, 30, 9, tzinfo=UTC))
    unsigned = [c for c in list_exceptions(world.operator) if c.kind == "unsigned_start"]
    assert len(unsigned) == 1
    assert "not signed yet by employer, young person" in unsigned[0].words
    assert unsigned[0].since == datetime(2026, 7, 5, 23, tzinfo=UTC)


def test_I36_list_exceptions_shows_nothing_of_another_region(world):
    world.clock_at(datetime(2026, 7, 1, 9, tzinfo=UTC))
    assert kinds(world.operator)
    assert kinds(world.stranger) == []


@act
def kill_message(world, subject_kind="assignment", subject_id=None):
    pending = record_event(SYSTEM, "test", "account", world.account_id, ("", ""), AT)
    message = Message(key=f"k:{subject_kind}", account_id=world.account_id, channel="email")
    message.template, message.subject_kind = "offer", subject_kind
    message.subject_id = subject_id or world.assignment_ids[0]
    message.send_at, message.n_tries, message.last_error = AT, 6, "550 dawn@mail.example"
    message.state, message.version = "dead", 1
    pending.messages.append(message)
    return message


def test_list_exceptions_names_a_dead_letter_without_its_address(world):
    kill_message(world)
    (dead,) = list_exceptions(world.operator)
    assert (dead.kind, dead.words) == ("dead_letter", "offer by email: not delivered in 6 tries.")
    assert kinds(world.stranger) == []


@pytest.mark.parametrize("kind", ["account", "application", "placement", "employer", "round"])
def test_list_exceptions_finds_the_region_of_a_dead_letter(world, kind):
    ids = {"placement": world.placement_id, "employer": world.employer_id}
    kill_message(world, kind, ids.get(kind, 1))
    expected = ["dead_letter"] if kind in ("application", "placement", "employer") else []
    assert kinds(world.operator) == expected


def test_retry_message_puts_it_back_and_belongs_to_the_region(world):
    message_id = kill_message(world).id
    with pytest.raises(NotFound):
        retry_message(world.stranger, message_id)
    retry_message(world.operator, message_id)
    message = db.session.get_one(Message, message_id)
    assert (message.state, message.n_tries) == ("queued", 0)
    assert kinds(world.operator) == []


@act
def stop_step(schedule, subject_id, due_at, state="skipped"):
    step = Occurrence(schedule=schedule, subject_id=subject_id, due_at=due_at)
    transitions.begin(step, Kind.OCCURRENCE, "schedule", SYSTEM, AT)
    if state == "done":
        transitions.move(step, Kind.OCCURRENCE, "claim", SYSTEM, AT)
        transitions.move(step, Kind.OCCURRENCE, "finish", SYSTEM, AT)
    else:
        reason = "It stopped with an error (ValueError)."
        transitions.move(step, Kind.OCCURRENCE, "skip", SYSTEM, AT, reason=reason)


def test_list_exceptions_names_a_step_that_stopped_until_it_runs_well(world):
    round_id = rounds.create_round(world.operator, "Summer", DATES, seed=7)
    stop_step("round.cascade", round_id, AT - timedelta(hours=2))
    (stopped,) = list_exceptions(world.operator)
    assert stopped.words.startswith("Offering freed places of Summer: It stopped with an error")
    assert kinds(world.stranger) == []
    stop_step("round.cascade", round_id, AT - timedelta(hours=1), state="done")
    assert kinds(world.operator) == []


def test_list_exceptions_names_rounds_that_are_late(world):
    round_id = rounds.create_round(world.operator, "Summer", DATES, seed=7)
    rounds.open_round(world.operator, round_id)
    world.clock_at(DATES[1] + timedelta(minutes=1))
    assert "it should be locked by now" in list_exceptions(world.operator)[0].words
    world.clock_at(DATES[2])
    assert "no result is out" in list_exceptions(world.operator)[0].words


def test_count_to_check_says_since_when_the_first_waits(world):
    @act
    def send():
        placement = make_placement(db.session.get_one(Site, world.site_id))
        transitions.move(placement, Kind.PLACEMENT, "change", Actor(Role.EMPLOYER), AT)

    assert count_to_check(world.operator) == (0, None)
    send()
    assert count_to_check(world.operator) == (1, AT)
    assert count_to_check(world.stranger) == (0, None)

"""Messages leave once each, by day, only while they are needed, whatever breaks on the way."""

import logging
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories.letters import kinds_of, make_world, read_letters, settings_with
from factories.records import make_account, make_assignment
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.candidates import Application
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.outbox import words
from placements.outbox.write import Recipient, queue_message
from placements.services import assignments, messages
from placements.services.events import record_event
from placements.services.transactions import act

NOON = datetime(2026, 6, 2, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 6, 2, 19, 0, tzinfo=UTC)
MORNING = datetime(2026, 6, 3, 7, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 9, 23, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHILD = """
import os, sys
from placements import create_app
from placements.services import messages
from placements.settings import load_settings
app = create_app(load_settings(os.environ))
with app.app_context():
    messages.deliver_due(app.config["SETTINGS"])
"""


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        world = make_world()
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        world.set_clock(NOON)
        world.folder = tmp_path / "mail"
        world.settings = settings_with(world.folder)
        world.offer_id = make_offer(world)
        yield world
    messages.find_post.cache_clear()


@act
def make_offer(world):
    application = db.session.scalar(select(Application))
    placement = db.session.get_one(Placement, world.placement_id)
    return make_assignment(
        application, placement, deadline_at=DEADLINE, original_deadline_at=DEADLINE
    ).id


@act
def queue(world, template, send_at, subject=None, once="", account_id=None):
    told = record_event(SYSTEM, "tell", "assignment", world.offer_id, ("", ""), NOON)
    to = Recipient(account_id or world.people[0].account_id, True, True)
    queue_message(told, template, to, subject or ("assignment", world.offer_id), send_at, once=once)


def deliver(world, at):
    world.set_clock(at)
    return messages.deliver_due(world.settings)


def sent(world):
    return kinds_of(read_letters(world.folder)) if world.folder.exists() else []


def states():
    rows = select(Message.template, Message.channel, Message.state).order_by(Message.id)
    return [tuple(row) for row in db.session.execute(rows)]


def in_child(world, database_url, failpoint):
    return subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).resolve().parents[2],
        env={
            **os.environ,
            "PLACEMENTS_ENV": "test",
            "DATABASE_URL": database_url,
            "MAIL_SINK_DIR": str(world.folder),
            "PUBLIC_BASE_URL": world.settings.public_base_url,
            "FAILPOINT": failpoint,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_deliver_due_sends_each_way_once_and_marks_it(world):
    queue(world, "offer", NOON)
    assert deliver(world, NOON) == 2
    assert sent(world) == [("offer", "email"), ("offer", "text")]
    assert deliver(world, NOON + timedelta(days=1)) == 0
    assert {state for *_, state in states()} == {"sent"}


def test_deliver_due_before_its_time_sends_nothing(world):
    queue(world, "offer_half_time", NOON)
    assert deliver(world, NOON - SECOND) == 0


@pytest.mark.parametrize(
    ("asked_at", "leaves_at"),
    [(NIGHT, MORNING), (NIGHT - SECOND, NIGHT - SECOND), (MORNING - SECOND, MORNING)],
)
def test_nothing_leaves_from_8pm_to_8am_in_london(world, asked_at, leaves_at):
    queue(world, "offer", asked_at)
    if leaves_at != asked_at:
        assert deliver(world, asked_at) == deliver(world, leaves_at - SECOND) == 0
    assert deliver(world, leaves_at) == 2


def test_a_message_that_became_due_at_night_waits_for_the_morning(world):
    queue(world, "offer", NOON)
    assert deliver(world, NIGHT + timedelta(hours=4)) == 0
    assert deliver(world, MORNING) == 2


@pytest.mark.parametrize("answer", [assignments.accept_offer, assignments.decline_offer])
def test_nobody_is_chased_who_has_answered(world, answer):
    queue(world, "offer_half_time", NOON)
    queue(world, "offer", NOON)
    answer(world.people[0], world.offer_id)
    deliver(world, NOON)
    assert not {"offer", "offer_half_time"} & {kind for kind, _ in sent(world)}
    assert ("offer_half_time", "text", "not_needed") in states()


def test_nobody_is_chased_twice_within_a_day(world):
    queue(world, "offer_half_time", NOON)
    queue(world, "agreement_young_person_again", NOON)
    queue(world, "offer_half_time", NOON + timedelta(hours=1), once="again")
    assert deliver(world, NOON) + deliver(world, NOON + timedelta(hours=1)) == 1
    day_after = NOON + timedelta(hours=24)
    assert deliver(world, day_after - SECOND) == 0
    assert deliver(world, day_after) == 1


def test_the_evening_of_the_last_day_is_the_one_exception(world):
    last_day = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)
    queue(world, "offer_last_day", last_day)
    queue(world, "offer_last_evening", last_day + timedelta(hours=8))
    assert deliver(world, last_day) == 1
    assert deliver(world, last_day + timedelta(hours=8)) == 1


def test_a_reminder_of_the_last_day_is_not_sent_on_another(world):
    queue(world, "offer_last_day", NOON)
    assert deliver(world, NOON) == 0
    assert states() == [("offer_last_day", "text", "not_needed")]


def test_after_days_down_no_stale_mail_goes_out(world):
    queue(world, "offer", NOON)
    queue(world, "registered", NOON, ("application", 1))
    assert deliver(world, NOON + timedelta(days=15)) == 0
    assert {state for *_, state in states()} == {"not_needed"}


@pytest.mark.parametrize(
    ("failpoint", "n_before"), [("outbox.after_send", 1), ("outbox.before_send", 0)]
)
def test_I31_killed_around_the_send_it_goes_again_under_the_same_key(
    world, database_url, failpoint, n_before
):
    queue(world, "offer_half_time", NOON)
    killed = in_child(world, database_url, f"{failpoint}=kill")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = [letter["X-Message-Key"] for letter in read_letters(world.folder)]
    assert len(before) == n_before
    assert states() == [("offer_half_time", "text", "queued")]
    assert deliver(world, NOON + timedelta(minutes=4)) == 0
    assert deliver(world, NOON + timedelta(minutes=5)) == 1
    after = [letter["X-Message-Key"] for letter in read_letters(world.folder)]
    assert len(after) == 1 and after[: len(before)] == before
    assert states() == [("offer_half_time", "text", "sent")]


def test_I31_one_message_per_key_is_held_by_the_database(world):
    queue(world, "offer", NOON)
    with pytest.raises(IntegrityError):
        queue(world, "offer", NOON)


def test_I30_a_message_of_an_act_that_failed_is_not_there(world):
    @act
    def fail():
        told = record_event(SYSTEM, "tell", "assignment", world.offer_id, ("", ""), NOON)
        to = Recipient(world.people[0].account_id, True, True)
        queue_message(told, "offer", to, ("assignment", world.offer_id), NOON)
        db.session.execute(select(Message))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert states() == []


def test_while_a_server_is_down_messages_wait_and_none_dies(world):
    world.settings = settings_with(SMTP_URL="smtp://127.0.0.1:9")
    queue(world, "offer", NOON)
    at = NOON
    for minutes in (1, 2, 5, 5, 5, 5, 5, 5, 5):
        assert deliver(world, at) == 0
        again_at = at + timedelta(minutes=minutes)
        assert messages.find_next_send_at(world.settings) == again_at
        assert messages.find_post(world.settings).list_open() == ()
        at = again_at
    email = select(Message).where(Message.channel == "email")
    kept = db.session.scalar(email.execution_options(populate_existing=True))
    assert (kept.n_tries, kept.state, kept.last_error) == (0, "queued", "ConnectionRefusedError")
    assert kept.send_at == NOON


def test_after_the_last_try_a_message_is_dead_with_its_fault(world, monkeypatch):
    def break_words(_message, _at):
        raise LookupError("Kim Invented")

    monkeypatch.setitem(words.FACTS, "offer_half_time", break_words)
    queue(world, "offer_half_time", NOON)
    at = NOON
    left = 0
    for _ in range(30):
        left += deliver(world, at)
        at += timedelta(hours=6)
    assert left == 1
    kept = db.session.scalar(select(Message).where(Message.template == "offer_half_time"))
    assert (kept.state, kept.n_tries, kept.last_error) == ("dead", 7, "Words: LookupError")
    (told,) = read_letters(world.folder)
    assert told["To"] == db.session.get_one(Account, world.operator.account_id).email
    assert "offer half time" in told.get_content() and "Kim" not in told.get_content()


def test_a_message_whose_words_break_holds_up_nobody(world, monkeypatch):
    def break_words(_message, _at):
        raise LookupError("planted")

    monkeypatch.setitem(words.FACTS, "offer_half_time", break_words)
    queue(world, "offer_half_time", NOON - SECOND)
    queue(world, "offer", NOON)
    assert deliver(world, NOON) == 2


def test_with_no_way_out_messages_are_kept_and_the_log_says_so_once(world, caplog):
    messages._say_once_that_nothing_leaves.cache_clear()
    queue(world, "offer", NOON)
    with caplog.at_level(logging.WARNING):
        assert messages.deliver_due(settings_with()) == 0
        assert messages.deliver_due(settings_with()) == 0
    assert [record.message.split(":")[0] for record in caplog.records] == ["No message leaves"]
    assert {state for *_, state in states()} == {"queued"}
    assert messages.find_next_send_at(settings_with()) is None
    assert messages.find_next_send_at(world.settings) == NOON


def test_messages_go_only_to_who_still_has_the_right_to_read_them(world):
    queue(world, "offer", NOON, account_id=world.employer.account_id)
    queue(world, "said_yes", NOON, account_id=world.people[0].account_id)
    stranger_id = make_stranger()
    queue(world, "person_left", NOON, account_id=stranger_id)
    assert deliver(world, NOON) == 0


@act
def make_stranger():
    return make_account().id


def test_no_token_is_kept_in_clear_in_any_table(world):
    queue(world, "offer", NOON)
    deliver(world, NOON)
    tokens = [
        letter.get_content().split("/l/")[1].split()[0] for letter in read_letters(world.folder)
    ]
    assert len(set(tokens)) == 2 and all(len(token) >= 40 for token in tokens)
    kept = dump()
    assert not [token for token in tokens if token in kept]


def dump():
    rows = []
    for table in db.metadata.sorted_tables:
        rows += [repr(tuple(row)) for row in db.session.execute(table.select())]
    return "\n".join(rows)


def test_no_address_is_kept_in_the_outbox_or_the_audit(world):
    queue(world, "offer", NOON)
    deliver(world, NOON)
    for table in ("message", "event"):
        rows = db.session.execute(db.metadata.tables[table].select())
        kept = "\n".join(repr(tuple(row)) for row in rows)
        assert "@" not in kept and "+44" not in kept and "Invented" not in kept


def test_the_words_are_of_the_moment_the_message_leaves(world):
    queue(world, "offer", NOON)

    @act
    def rename():
        db.session.get_one(Placement, world.placement_id).title = "Renamed (invented)"

    rename()
    deliver(world, NOON)
    assert all("Renamed" in letter.get_content() for letter in read_letters(world.folder))

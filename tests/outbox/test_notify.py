"""GOV.UK Notify as a way out: one effective delivery a message, whatever it answers."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from factories.fake_notify import running_notify
from factories.letters import make_world, settings_with
from factories.posts import queue_offers
from sqlalchemy import select

from placements.extensions import db
from placements.models.operations import Message
from placements.outbox import notify
from placements.outbox.channels import list_open_channels, open_ways
from placements.outbox.letters import Letter, NotSent
from placements.services import claims, dead_letters, messages
from placements.settings import UnsafeSetting, load_settings

NOON = datetime(2026, 6, 2, 11, 0, tzinfo=UTC)
FACTS = {
    "key": "offer:assignment:1::7:email",
    "event_seq": 12,
    "channel": "email",
    "address": "kim@mail.example",
    "subject": "You have an offer",
    "body": "Hello Kim,\n",
    "made_at": NOON,
}
TEXT = {"key": "offer:assignment:1::7:text", "channel": "text", "address": "+447700900123"}


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(notify, "TIMEOUT_SECONDS", 0.3)
    with running_notify() as server:
        yield server
    messages.find_post.cache_clear()


def send(fake, **facts):
    with open_ways(settings_with(**fake.settings)) as ways:
        ways.send(Letter(**{**FACTS, **facts}))


def fault_of(fake, **facts):
    with pytest.raises(NotSent) as caught:
        send(fake, **facts)
    return caught.value


def test_notify_gets_email_and_text_with_the_key_as_reference(fake):
    send(fake)
    send(fake, **TEXT, subject="")
    email, text = fake.taken
    assert (email["to"], email["subject"]) == ("kim@mail.example", "You have an offer")
    assert (email["reference"], email["body"]) == (FACTS["key"], FACTS["body"])
    assert (text["type"], text["to"], text["reference"]) == ("sms", TEXT["address"], TEXT["key"])


def test_a_first_sending_asks_nothing_and_a_second_looks_the_key_up(fake):
    send(fake)
    assert fake.looked_up == []
    send(fake, is_again=True)
    assert (fake.looked_up, len(fake.taken)) == ([FACTS["key"]], 1)


def test_what_notify_could_not_deliver_is_sent_again(fake):
    send(fake)
    fake.taken[0]["status"] = "permanent-failure"
    send(fake, is_again=True)
    assert [one["status"] for one in fake.taken] == ["permanent-failure", "delivered"]


@pytest.mark.parametrize("act", ["fail", "drop", "take_and_drop", "take_and_hang"])
def test_an_answer_that_never_came_is_no_reason_to_give_up(fake, act):
    fake.behave = lambda _n, _given: act
    fault = fault_of(fake)
    assert (fault.for_good, fault.for_all) == (False, False)
    assert "kim@" not in str(fault)


@pytest.mark.parametrize(("said", "minutes"), [("120", 2), ("86401", 24 * 60), ("soon", None)])
def test_too_many_shuts_the_way_for_as_long_as_notify_asks(fake, said, minutes):
    fake.behave, fake.retry_after = (lambda _n, _given: "busy"), said
    fault = fault_of(fake)
    assert (fault.for_all, fault.for_good) == (True, False)
    assert fault.wait == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("phone_number Not enough digits", "phone number is not one that a text can be sent to"),
        ("Can't send to this recipient using a team-only API key", "own team only"),
        ("Text messages cannot be longer than 918 characters", "too long"),
        ("Something new for kim@mail.example", "refused the message (400)"),
    ],
)
def test_what_notify_refuses_for_good_is_told_plainly(fake, said, words):
    fake.behave, fake.refusal = (lambda _n, _given: "refuse"), said
    fault = fault_of(fake, **TEXT)
    assert fault.for_good and not fault.for_all
    assert words in str(fault) and "kim@" not in str(fault)


def test_a_template_that_notify_does_not_know_is_a_fault_of_the_settings(fake):
    fake.behave, fake.refusal = (lambda _n, _given: "refuse"), "Template not found"
    fault = fault_of(fake, **TEXT)
    assert fault.for_all and "NOTIFY_TEXT_TEMPLATE" in str(fault)


def test_a_key_that_notify_does_not_know_is_a_fault_of_the_settings(fake):
    wrong = fake.settings["NOTIFY_API_KEY"][:-1] + "9"
    other = settings_with(**{**fake.settings, "NOTIFY_API_KEY": wrong})
    with open_ways(other) as ways, pytest.raises(NotSent, match="NOTIFY_API_KEY") as caught:
        ways.send(Letter(**FACTS))
    assert caught.value.for_all


def test_each_kind_of_message_goes_where_the_settings_say(fake):
    by_mail = {"SMTP_URL": "smtp://127.0.0.1:9", "NOTIFY_EMAIL_TEMPLATE": ""}
    assert list_open_channels(settings_with(**fake.settings)) == ("email", "text")
    only_texts = {**fake.settings, "NOTIFY_EMAIL_TEMPLATE": ""}
    assert list_open_channels(settings_with(**only_texts)) == ("text",)
    both = settings_with(**{**fake.settings, **by_mail})
    assert list_open_channels(both) == ("email", "text")
    with open_ways(both) as ways:
        ways.send(Letter(**{**FACTS, **TEXT}))
        with pytest.raises(NotSent, match="ConnectionRefused"):
            ways.send(Letter(**FACTS))
    assert len(fake.taken) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTIFY_API_KEY", "only-a-name"),
        ("NOTIFY_BASE_URL", "http://notify.example"),
        ("NOTIFY_TEXT_TEMPLATE", "the text one"),
    ],
)
def test_a_setting_of_notify_that_cannot_work_stops_the_start(fake, name, value):
    with pytest.raises(UnsafeSetting, match=name):
        load_settings({"PLACEMENTS_ENV": "test", **fake.settings, name: value})
    without = {**fake.settings, "NOTIFY_EMAIL_TEMPLATE": "", "NOTIFY_TEXT_TEMPLATE": ""}
    with pytest.raises(UnsafeSetting, match="NOTIFY_EMAIL_TEMPLATE"):
        load_settings({"PLACEMENTS_ENV": "test", **without})


@pytest.fixture
def world(app, tmp_path, fake, clock_file):
    with app.app_context():
        world = make_world()
        world.set_clock = lambda at: (tmp_path / "clock").write_text(at.isoformat())
        world.set_clock(NOON)
        world.settings = settings_with(**fake.settings)
        yield world


def deliver_until_quiet(world, at=NOON):
    """Move the clock from one try to the next until nothing waits."""
    while at is not None:
        world.set_clock(at)
        messages.deliver_due(world.settings)
        at = messages.find_next_send_at(world.settings)


def states():
    offers = select(Message.state).where(Message.template == "offer")
    return sorted(db.session.scalars(offers))


def test_I31_through_a_flaky_provider_nothing_is_lost_and_nothing_comes_twice(world, fake):
    draw = random.Random(21)
    acts = ["take"] * 9 + ["fail", "drop", "busy", "take_and_drop", "take_and_drop"]
    fake.behave = lambda _n, _given: draw.choice(acts)
    queue_offers(world, 12, NOON)
    deliver_until_quiet(world)
    assert states() == ["sent"] * 24
    assert sorted(fake.count_delivered().values()) == [1] * 24


def test_a_busy_provider_is_left_alone_for_as_long_as_it_asks(world, fake):
    fake.behave = lambda n, _given: "busy" if n == 3 else "take"
    queue_offers(world, 3, NOON)
    assert messages.deliver_due(world.settings) == 2
    assert messages.deliver_due(world.settings) == 0
    assert fake.n_asked == 3
    assert messages.find_next_send_at(world.settings) == NOON + timedelta(seconds=120)
    tries = select(Message.n_tries).where(Message.state == "queued")
    assert db.session.scalars(tries).all() == [0] * 4
    world.set_clock(NOON + timedelta(seconds=119))
    assert messages.deliver_due(world.settings) == 0
    world.set_clock(NOON + timedelta(seconds=120))
    assert messages.deliver_due(world.settings) == 4


def test_a_provider_that_faults_three_times_in_a_row_is_left_alone(world, fake):
    fake.behave = lambda _n, _given: "fail"
    queue_offers(world, 5, NOON)
    messages.deliver_due(world.settings)
    assert fake.n_asked == messages.FAULTS_IN_A_ROW
    tries = db.session.scalars(select(Message.n_tries).order_by(Message.n_tries)).all()
    assert tries == [0] * 7 + [1] * 3


def test_a_bad_number_is_a_dead_letter_with_a_plain_reason_that_staff_can_retry(world, fake):
    fake.behave = lambda _n, given: "refuse" if "phone_number" in given else "take"
    queue_offers(world, 1, NOON)
    messages.deliver_due(world.settings)
    assert states() == ["dead", "sent"]
    dead = db.session.scalar(select(Message).where(Message.state == "dead"))
    assert dead.last_error == notify.RECIPIENT["text"]
    fake.behave = lambda _n, _given: "take"
    dead_letters.retry_message(world.operator, dead.id)
    messages.deliver_due(world.settings)
    assert states() == ["sent", "sent"]
    assert fake.looked_up == [dead.key]


def test_letters_that_would_outlast_their_claim_are_given_back(world, fake, monkeypatch):
    monkeypatch.setattr(messages, "CLAIM_LASTS", timedelta(0))
    queue_offers(world, 1, NOON)
    assert messages.deliver_some(world.settings) == 0
    assert db.session.scalars(select(Message.n_tries)).all() == [0, 0]
    assert fake.n_asked == 0
    monkeypatch.setattr(messages, "CLAIM_LASTS", claims.CLAIM_LASTS)
    assert messages.deliver_some(world.settings) == 2

"""Asking to sign in: by link or code, within limits, the same for known and unknown."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from factories.letters import link_of, read_letters, settings_with
from sqlalchemy import select

from placements.domain.errors import Invalid, NotFound
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.operations import Message
from placements.outbox.links import add_link
from placements.services import accounts, messages
from placements.services.transactions import act

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def set_clock(clock_file):
    def set_to(at):
        clock_file.write_text(at.isoformat())

    set_to(START)
    return set_to


@pytest.fixture
def mail(app, set_clock, tmp_path):
    """The folder of a service that knows Asha by email and mobile."""
    with app.app_context():
        asha = Account(name="Asha Invented", email="asha@invented.example", mobile="+447700900123")
        db.session.add(asha)
        db.session.commit()
        folder = SimpleNamespace(path=tmp_path / "mail")
        folder.settings = settings_with(folder.path)
        folder.send = lambda: messages.deliver_sign_ins(folder.settings)
        folder.read = lambda: read_letters(folder.path) if folder.path.exists() else []
        yield folder


def token_in(letter):
    return link_of(letter).rpartition("/")[2]


def code_in(letter):
    return re.search(r"\b\d{6}\b", letter.get_content())[0]


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("  ASHA@Invented.Example ", "email"),
        ("07700 900 123", "text"),
        ("+44 7700-900123", "text"),
        ("07700900123", "text"),
    ],
)
def test_request_sign_in_finds_the_address_in_any_spacing(mail, typed, way):
    accounts.request_sign_in(typed, "192.0.2.1")
    assert mail.send() == 1
    (letter,) = mail.read()
    assert letter["X-Channel"] == way
    session_token = accounts.use_sign_in_link(token_in(letter))
    assert accounts.find_account(session_token).name == "Asha Invented"


def test_request_sign_in_at_night_is_answered_at_once(mail, set_clock):
    set_clock(START + timedelta(hours=14))
    accounts.request_sign_in("asha@invented.example", "192.0.2.1")
    assert mail.send() == 1


def test_request_sign_in_for_nobody_looks_the_same_and_sends_nothing(mail):
    assert accounts.request_sign_in("nobody@invented.example", "192.0.2.1") is None
    assert mail.send() == 0
    assert db.session.scalars(select(Message)).all() == []


def test_request_sign_in_to_what_is_no_address_says_what_to_write(mail):
    with pytest.raises(Invalid) as refusal:
        accounts.request_sign_in("asha at invented", "192.0.2.1")
    assert refusal.value.field == "address"


@pytest.mark.parametrize("address", ["asha@invented.example", "nobody@invented.example"])
def test_request_sign_in_a_sixth_time_waits_known_or_not(mail, set_clock, address):
    for minute in range(5):
        set_clock(START + timedelta(minutes=minute))
        accounts.request_sign_in(address, f"192.0.2.{minute}")
    with pytest.raises(accounts.TooFast) as refusal:
        accounts.request_sign_in(address, "192.0.2.9")
    assert 11 * 60 <= refusal.value.seconds <= 11 * 60 + 1
    set_clock(START + timedelta(minutes=15))
    accounts.request_sign_in(address, "192.0.2.9")


def test_request_sign_in_from_one_source_is_limited_whatever_the_address(mail):
    for n in range(30):
        accounts.request_sign_in(f"nobody{n}@invented.example", "192.0.2.1")
    with pytest.raises(accounts.TooFast):
        accounts.request_sign_in("nobody30@invented.example", "192.0.2.1")
    accounts.request_sign_in("nobody30@invented.example", "192.0.2.2")


def test_request_sign_in_by_many_at_once_is_counted_by_the_database(app, mail):
    def ask(n):
        with app.app_context():
            try:
                accounts.request_sign_in("asha@invented.example", f"192.0.2.{n}")
            except accounts.TooFast:
                return 0
            return 1

    with ThreadPoolExecutor(4) as askers:
        assert sum(askers.map(ask, range(20))) == 5


def test_sign_in_keeps_no_address_token_or_code_in_clear(mail):
    accounts.request_sign_in("asha@invented.example", "192.0.2.77")
    mail.send()
    (letter,) = mail.read()
    kept = ""
    for table in db.metadata.sorted_tables:
        if table.name != "account":
            kept += "".join(repr(tuple(row)) for row in db.session.execute(table.select()))
    for secret in (token_in(letter), code_in(letter), "asha@", "192.0.2.77"):
        assert secret not in kept
    assert len(token_in(letter)) >= 40


def test_use_code_from_the_same_message_signs_in_once(mail):
    accounts.request_sign_in("asha@invented.example", "192.0.2.1")
    mail.send()
    code = code_in(mail.read()[0])
    session_token = accounts.use_code(" Asha@invented.example", f"{code[:3]} {code[3:]}")
    assert accounts.find_account(session_token).name == "Asha Invented"
    with pytest.raises(Invalid):
        accounts.use_code("asha@invented.example", code)
    with pytest.raises(NotFound):
        accounts.use_sign_in_link(token_in(mail.read()[0]))


def test_use_code_after_five_wrong_ones_opens_nothing(mail):
    accounts.request_sign_in("asha@invented.example", "192.0.2.1")
    mail.send()
    code = code_in(mail.read()[0])
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(Invalid) as refusal:
            accounts.use_code("asha@invented.example", wrong)
        assert refusal.value.field == "code"
    with pytest.raises(Invalid):
        accounts.use_code("asha@invented.example", code)


def test_use_code_at_fifteen_minutes_or_for_nobody_reads_the_same(mail, set_clock):
    accounts.request_sign_in("asha@invented.example", "192.0.2.1")
    mail.send()
    code = code_in(mail.read()[0])
    set_clock(START + timedelta(minutes=15))
    with pytest.raises(Invalid) as late:
        accounts.use_code("asha@invented.example", code)
    with pytest.raises(Invalid) as unknown:
        accounts.use_code("nobody@invented.example", code)
    assert str(late.value) == str(unknown.value)


def test_read_link_many_times_never_uses_it_up(mail):
    accounts.request_sign_in("asha@invented.example", "192.0.2.1")
    mail.send()
    token = token_in(mail.read()[0])
    seen = {(accounts.read_link(token).state, accounts.read_link(token).first_name)}
    assert seen == {("open", "Asha")}
    accounts.use_sign_in_link(token)
    assert accounts.read_link(token).state == "used"


def test_read_link_that_was_never_sent_is_unknown(mail):
    with pytest.raises(NotFound):
        accounts.read_link("e" * 44)


def test_use_link_of_an_offer_works_once_and_never_opens_a_sign_in_link(mail, set_clock):
    @act
    def add():
        asha = db.session.scalar(select(Account))
        return add_link(asha.id, "offer", None, START + timedelta(days=5), "text")

    token = add()
    set_clock(START + timedelta(days=4))
    with pytest.raises(NotFound):
        accounts.use_sign_in_link(token)
    assert accounts.find_account(accounts.use_link(token)).name == "Asha Invented"
    with pytest.raises(NotFound):
        accounts.use_link(token)
    sign_in = accounts.make_sign_in_link(1)
    with pytest.raises(NotFound):
        accounts.use_link(sign_in)


@pytest.mark.parametrize("way", ["email", "text"])
def test_renew_link_goes_to_the_contact_on_record_by_the_same_way(mail, set_clock, way):
    @act
    def add():
        asha = db.session.scalar(select(Account))
        return add_link(asha.id, "offer", None, START + timedelta(days=5), way)

    token = add()
    set_clock(START + timedelta(days=6))
    assert accounts.read_link(token).state == "old"
    accounts.renew_link(token)
    assert mail.send() == 1
    (letter,) = mail.read()
    assert letter["X-Channel"] == way
    assert accounts.find_account(accounts.use_sign_in_link(token_in(letter)))


def test_renew_link_is_limited_too(mail):
    token = accounts.make_sign_in_link(1)
    for _ in range(5):
        accounts.renew_link(token)
    with pytest.raises(accounts.TooFast):
        accounts.renew_link(token)

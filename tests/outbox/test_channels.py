"""The two ways out: a folder, and a real mail server on this machine."""

import re
import socket
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from factories.letters import read_letters, settings_with

from placements.outbox.channels import list_open_channels, open_ways
from placements.outbox.letters import Letter, NotSent

AT = datetime(2026, 6, 16, 9, 0, tzinfo=UTC)
BODY = "Hello Zoë,\n\nhttps://placements.invented.example/l/" + "e" * 44 + "\n"


def letter(**facts):
    given = {
        "key": "offer:assignment:1::7:email",
        "event_seq": 12,
        "channel": "email",
        "address": "kim@mail.example",
        "subject": "You have an offer: Café helper",
        "body": BODY,
        "made_at": AT,
    }
    return Letter(**{**given, **facts})


def send(settings, *letters):
    with open_ways(settings) as way:
        for one in letters:
            way.send(one)


class Box:
    """What a mail server took; `refuses` is the code it answers RCPT with instead."""

    def __init__(self):
        self.taken, self.refuses, self.logins = [], None, []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.refuses:
            return f"{self.refuses} no such box for {address}"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server, _session, envelope):
        self.taken.append(envelope.content.decode())
        return "250 taken"

    def authenticate(self, _server, _session, _envelope, _mechanism, given):
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"in:vented")


@pytest.fixture
def mail_server():
    box = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    asks = {"authenticator": box.authenticate, "auth_require_tls": False}
    server = Controller(box, hostname="127.0.0.1", port=port, **asks)
    server.start()
    box.address = f"127.0.0.1:{port}"
    box.url = f"smtp://{box.address}"
    yield box
    server.stop()


def test_folder_gets_one_whole_file_a_message_and_names_nobody(tmp_path):
    send(settings_with(tmp_path), letter(), letter(channel="text", key="k2", subject=""))
    names = [path.name for path in tmp_path.iterdir()]
    assert all(re.fullmatch(r"[0-9a-f]{32}\.eml", name) for name in names)
    email, text = read_letters(tmp_path)[::-1]
    assert (email["X-Channel"], text["X-Channel"]) == ("email", "text")
    assert (email["X-Message-Key"], email["X-Event-Id"]) == ("offer:assignment:1::7:email", "12")
    assert email["Subject"] == "You have an offer: Café helper"
    assert email.get_content().splitlines() == BODY.splitlines()


def test_folder_holds_one_file_for_a_message_that_was_sent_again(tmp_path):
    send(settings_with(tmp_path), letter(), letter(body="again\n"))
    assert [one.get_content().strip() for one in read_letters(tmp_path)] == ["again"]


def test_mail_server_gets_the_message_with_its_key(mail_server):
    send(settings_with(SMTP_URL=mail_server.url), letter(), letter(key="second"))
    first, second = mail_server.taken
    assert "X-Message-Key: offer:assignment:1::7:email" in first
    assert "X-Message-Key: second" in second
    assert "To: kim@mail.example" in first
    assert "/l/" + "e" * 44 in first


def test_a_mail_sent_again_is_the_same_mail_to_whoever_takes_it(mail_server):
    send(settings_with(SMTP_URL=mail_server.url), letter(), letter(is_again=True))
    first, second = (re.search("Message-ID: <(.+)>", mail)[1] for mail in mail_server.taken)
    assert first == second and first.endswith("@placements.invented.example")


def test_mail_server_is_told_who_we_are_when_the_address_says_so(mail_server):
    send(settings_with(SMTP_URL=f"smtp://us:in%3Avented@{mail_server.address}"), letter())
    assert mail_server.logins == [(b"us", b"in:vented")]
    wrong = settings_with(SMTP_URL=f"smtp://us:wrong@{mail_server.address}")
    with pytest.raises(NotSent) as fault:
        send(wrong, letter())
    assert fault.value.for_all and len(mail_server.taken) == 1


def test_mail_server_takes_texts_only_with_a_domain_for_them(mail_server):
    assert list_open_channels(settings_with(SMTP_URL=mail_server.url)) == ("email",)
    with_texts = settings_with(SMTP_URL=f"{mail_server.url}/?text_domain=sms.invented.example")
    assert list_open_channels(with_texts) == ("email", "text")
    send(with_texts, letter(channel="text", address="+447700900123", subject=""))
    assert "To: 447700900123@sms.invented.example" in mail_server.taken[0]


@pytest.mark.parametrize(("code", "for_good"), [(550, True), (451, False)])
def test_mail_server_that_refuses_is_named_without_the_address(mail_server, code, for_good):
    mail_server.refuses = code
    with pytest.raises(NotSent) as fault:
        send(settings_with(SMTP_URL=mail_server.url), letter())
    assert (fault.value.for_good, fault.value.for_all) == (for_good, False)
    assert str(fault.value) == f"SMTPRecipientsRefused {code}"


def test_mail_server_that_is_not_there_shuts_the_way_for_all():
    with pytest.raises(NotSent) as fault:
        send(settings_with(SMTP_URL="smtp://127.0.0.1:9"), letter())
    assert fault.value.for_all


def test_nothing_is_open_without_a_setting():
    assert list_open_channels(settings_with()) == ()


def test_a_subject_with_a_line_break_never_becomes_a_header(tmp_path):
    with pytest.raises(ValueError, match=r"linefeed"):
        send(settings_with(tmp_path), letter(subject="One\r\nBcc: two@mail.example"))
    assert list(tmp_path.glob("*.eml")) == []

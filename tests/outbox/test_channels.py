"""The two ways out: a folder, and a real mail server on this machine."""

import re
import socketserver
import threading
from datetime import UTC, datetime

import pytest
from factories.letters import read_letters, settings_with

from placements.outbox.channels import NotSent, list_open_channels, open_way
from placements.outbox.words import Letter

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
    with open_way(settings) as way:
        for one in letters:
            way.send(one)


class MailServer(socketserver.StreamRequestHandler):
    """Enough of SMTP to take a message, or to answer RCPT with a code of our choice."""

    def handle(self):
        self.say("220 invented ESMTP")
        for line in self.rfile:
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            elif verb == b"RCPT" and self.server.refuses:
                self.say(f"{self.server.refuses} no such box for kim@mail.example")
            else:
                self.say("250 ok")

    def take(self):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.taken.append(b"".join(lines).decode())
        self.say("250 taken")

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.daemon_threads, server.taken, server.refuses = True, [], None
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        server.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()
        thread.join()


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

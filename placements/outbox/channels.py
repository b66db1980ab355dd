"""The ways out: a folder for tests and the demo, GOV.UK Notify, or a mail server.

Each kind of message goes by Notify if a template of Notify is named for it, else by the mail
server: a text to the domain of an email-to-text service, without which texts wait. A mail that is
sent again carries the same X-Message-Key and Message-ID, so that whoever takes it can tell.
"""

import hashlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from placements.outbox.letters import Letter, NotSent, Way
from placements.settings import Settings

TIMEOUT_SECONDS = 10
PERMANENT = 500


FOLDER, NOTIFY, SERVER = "folder", "notify", "server"
KINDS = ("email", "text")


def find_way(settings: Settings, channel: str) -> str | None:
    """Return by which way a kind of message leaves with these settings; None if by none."""
    if settings.mail_sink_dir:
        return FOLDER
    if settings.notify and settings.notify.find_template(channel):
        return NOTIFY
    if settings.smtp_url and (channel == "email" or _text_domain(settings.smtp_url)):
        return SERVER
    return None


def list_open_channels(settings: Settings) -> tuple[str, ...]:
    """List which kinds of message can leave at all with these settings."""
    return tuple(kind for kind in KINDS if find_way(settings, kind))


class Ways:
    """The ways out that the settings name, each opened when the first letter needs it."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._open = settings, dict[str, Way]()

    def send(self, letter: Letter) -> None:
        """Hand a letter over by the way for its kind, or raise `NotSent`."""
        name = find_way(self._settings, letter.channel)
        if name is None:
            raise NotSent("No way out is set.", for_all=True)
        if name not in self._open:
            self._open[name] = _open(self._settings, name)
        self._open[name].send(letter)

    def close(self) -> None:
        """Close what was opened."""
        for way in self._open.values():
            way.close()


@contextmanager
def open_ways(settings: Settings) -> Iterator[Ways]:
    """Open the ways out for a few letters."""
    ways = Ways(settings)
    try:
        yield ways
    finally:
        ways.close()


def _open(settings: Settings, name: str) -> Way:
    if name == FOLDER and settings.mail_sink_dir:
        return FolderWay(settings.mail_sink_dir, _sender(settings))
    if name == NOTIFY and settings.notify:
        # The client is installed with `make production`; who has no key needs none of it.
        from placements.outbox.notify import NotifyWay

        return NotifyWay(settings.notify)
    url = settings.smtp_url or ""
    try:
        server = _connect(urlsplit(url))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_words_of(error), for_all=True) from error
    return ServerWay(server, _sender(settings), _text_domain(url))


class FolderWay:
    """One file a message, whole or not there at all; sent again, it replaces itself."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, letter: Letter) -> None:
        """Write the letter under a name that says nothing of anybody."""
        part, whole = (self._folder / f"{_name_of(letter)}{ending}" for ending in (".part", ".eml"))
        try:
            part.write_bytes(_envelope(letter, self._sender, letter.address).as_bytes(policy=SMTP))
            os.replace(part, whole)
        except OSError as error:
            raise NotSent(_words_of(error), for_all=True) from error

    def close(self) -> None:
        """Nothing is open."""


class ServerWay:
    """A mail server with an open connection."""

    def __init__(self, server: smtplib.SMTP, sender: str, text_domain: str) -> None:
        self._server, self._sender, self._text_domain = server, sender, text_domain

    def send(self, letter: Letter) -> None:
        """Hand the letter to the server."""
        address = letter.address
        if letter.channel == "text":
            address = f"{letter.address.removeprefix('+')}@{self._text_domain}"
        try:
            self._server.send_message(_envelope(letter, self._sender, address))
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, OSError) as error:
            gone = isinstance(error, smtplib.SMTPServerDisconnected | OSError)
            answered = isinstance(
                error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused
            )
            raise NotSent(
                _words_of(error),
                for_good=answered and _code_of(error) >= PERMANENT,
                for_all=gone and not answered,
            ) from error

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        try:
            self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()


def _name_of(letter: Letter) -> str:
    """A name for a letter that is the same when it is sent again, and says nothing of anybody."""
    return hashlib.sha256(letter.key.encode()).hexdigest()[:32]


def _envelope(letter: Letter, sender: str, address: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = sender, address
    if letter.subject:
        made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.made_at)
    made["Message-ID"] = f"<{_name_of(letter)}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    made["X-Message-Key"], made["X-Event-Id"] = letter.key, str(letter.event_seq)
    made["X-Channel"] = letter.channel
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.body, cte="7bit" if letter.body.isascii() else "8bit")
    return made


def _connect(url: SplitResult) -> smtplib.SMTP:
    """Open smtp://, smtps:// or smtp+starttls://[user:password@]host[:port]."""
    host, tls = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=TIMEOUT_SECONDS, context=tls
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
    if url.scheme == "smtp+starttls":
        server.starttls(context=tls)
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def _sender(settings: Settings) -> str:
    given = parse_qs(urlsplit(settings.smtp_url or "").query).get("from")
    host = urlsplit(settings.public_base_url).hostname or "localhost"
    return given[0] if given else f"Placements <no-reply@{host}>"


def _text_domain(smtp_url: str) -> str:
    return parse_qs(urlsplit(smtp_url).query).get("text_domain", [""])[0]


def _code_of(error: BaseException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return int(getattr(error, "smtp_code", 0))


def _words_of(error: BaseException) -> str:
    """Name the fault by its kind and code; a server's own words may hold an address."""
    code = _code_of(error)
    return f"{type(error).__name__} {code}" if code else type(error).__name__

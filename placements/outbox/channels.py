"""The ways out: a folder for tests and the demo, or a mail server.

A text goes by the mail server too, to the domain of an email-to-text service; without one, texts
wait. A message that is sent again carries the same X-Message-Key, so that whoever takes it can
tell.
"""

import hashlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from placements.outbox.words import Letter
from placements.settings import Settings

TIMEOUT_SECONDS = 10
PERMANENT = 500


class NotSent(Exception):
    """A letter was not taken; the text names the kind of fault and nobody's address.

    `for_good`: trying again will not help. `for_all`: the way out itself is shut.
    """

    def __init__(self, words: str, *, for_good: bool = False, for_all: bool = False) -> None:
        super().__init__(words)
        self.for_good, self.for_all = for_good, for_all


class Way(Protocol):
    """An open way out."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over, or raise `NotSent`."""


def list_open_channels(settings: Settings) -> tuple[str, ...]:
    """List which kinds of message can leave at all with these settings."""
    if settings.mail_sink_dir:
        return ("email", "text")
    if settings.smtp_url:
        return ("email", "text") if _text_domain(settings.smtp_url) else ("email",)
    return ()


@contextmanager
def open_way(settings: Settings) -> Iterator[Way]:
    """Open the way out that the settings name; raise `NotSent` if it is shut."""
    sender = _sender(settings)
    if settings.mail_sink_dir:
        yield FolderWay(settings.mail_sink_dir, sender)
        return
    try:
        server = _connect(urlsplit(settings.smtp_url or ""))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_words_of(error), for_all=True) from error
    try:
        yield ServerWay(server, sender, _text_domain(settings.smtp_url or ""))
    finally:
        server.close()


class FolderWay:
    """One file a message, whole or not there at all; sent again, it replaces itself."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, letter: Letter) -> None:
        """Write the letter under a name that says nothing of anybody."""
        name = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
        part, whole = (self._folder / f"{name}{ending}" for ending in (".part", ".eml"))
        try:
            part.write_bytes(_envelope(letter, self._sender, letter.address).as_bytes(policy=SMTP))
            os.replace(part, whole)
        except OSError as error:
            raise NotSent(_words_of(error), for_all=True) from error


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


def _envelope(letter: Letter, sender: str, address: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = sender, address
    if letter.subject:
        made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.made_at)
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

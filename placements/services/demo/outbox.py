"""The messages the demo sent, read back from the folder they were written to."""

import email
import heapq
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from placements.services.demo.clock import refuse_outside_demo

LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class SentMail:
    """A message as it left: an email or a text."""

    to: str
    subject: str
    sent_at: datetime
    body: str
    links: tuple[str, ...]
    channel: str


def list_sent(folder: Path, limit: int = 50) -> list[SentMail]:
    """List the newest messages of the folder, the last sent first."""
    refuse_outside_demo()
    if not folder.is_dir():
        return []
    newest = heapq.nlargest(limit, folder.glob("*.eml"), key=_written_at)
    sent = [_read(path) for path in newest]
    return sorted(sent, key=lambda mail: mail.sent_at, reverse=True)


def _written_at(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _read(path: Path) -> SentMail:
    letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    body = _body(letter)
    return SentMail(
        to=str(letter["To"] or ""),
        subject=str(letter["Subject"] or ""),
        sent_at=parsedate_to_datetime(str(letter["Date"])),
        body=body,
        links=tuple(link.rstrip(".,)") for link in LINK.findall(body)),
        channel=str(letter["X-Channel"] or "email"),
    )


def _body(letter: EmailMessage) -> str:
    plain = letter.get_body(preferencelist=("plain",))
    return str(plain.get_content()).strip() if plain else ""

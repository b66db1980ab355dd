"""The words of a message, made at the moment it leaves from what is true then."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from placements.domain.plain_words import list_words
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.operations import Message
from placements.outbox import (
    changed_facts,
    for_days,
    for_employers,
    for_guardians,
    for_others,
    for_rounds,
    for_young_people,
)
from placements.outbox.catalogue import TEMPLATES
from placements.outbox.facts import Facts
from placements.outbox.letters import Letter
from placements.outbox.links import add_link

FOLDER = Path(__file__).resolve().parent.parent / "templates"
FOLDERS = {"email": "emails", "text": "texts"}
FACTS: dict[str, Callable[[Message, datetime], Facts | None]] = {
    **for_young_people.FACTS,
    **for_employers.FACTS,
    **for_others.FACTS,
    **for_rounds.FACTS,
    **for_days.FACTS,
    **changed_facts.FACTS,
    **for_guardians.FACTS,
}
LONGEST_TEXT = 160


def write_letter(message: Message, base_url: str, at: datetime) -> Letter | None:
    """Make the words of `message`, or return None if it is no longer needed; part of an act.

    A link of its own is kept by its hash in the same transaction; the token is in the letter
    alone.
    """
    account = db.session.get_one(Account, message.account_id)
    facts = None if account.erased else FACTS[message.template](message, at)
    if facts is None:
        return None
    address = facts.address or (account.email if message.channel == "email" else account.mobile)
    if not address:
        return None
    subject, body = render(
        message.template, message.channel, facts, _link(message, facts, base_url)
    )
    is_again = message.n_tries > 1 or message.last_error is not None
    what = (message.key, message.event_seq, message.channel, address, subject, body)
    return Letter(*what, made_at=at, is_again=is_again)


def render(template: str, channel: str, facts: Facts, link: str) -> tuple[str, str]:
    """Return the subject, empty for a text, and the body with the link on a line of its own."""
    name = f"{FOLDERS[channel]}/{TEMPLATES[template].file_name}.txt"
    made = _environment().get_template(name).render(**facts.words, link=link).strip()
    if channel == "text":
        return "", f"{' '.join(made.split())}\n{link}"
    first, _, body = made.partition("\n")
    return " ".join(first.removeprefix("Subject:").split()), f"{body.strip()}\n"


def _link(message: Message, facts: Facts, base_url: str) -> str:
    base, wanted = base_url.rstrip("/"), facts.link
    if wanted is None:
        return f"{base}{facts.page}"
    what = (message.account_id, wanted.purpose, wanted.subject_id, wanted.expires_at)
    token = add_link(*what, message.channel, facts.words.get("code"))
    return f"{base}/l/{token}"


@cache
def _environment() -> Environment:
    """Plain text: nothing is markup here, so nothing is escaped; a missing word is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["short"], made.filters["listed"] = shorten, list_words
    return made


def shorten(words: str, length: int) -> str:
    """Cut words that would not fit a text."""
    plain = " ".join(str(words).split())
    return plain if len(plain) <= length else f"{plain[: length - 3].rstrip()}..."

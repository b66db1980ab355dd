"""Every message as its reader sees it, with invented facts, for who wants to read them first."""

from dataclasses import dataclass

from placements.outbox.catalogue import ROWS, Template
from placements.outbox.examples import EXAMPLE, LINK, OF_TEMPLATE
from placements.outbox.facts import Facts
from placements.outbox.words import render


@dataclass(frozen=True)
class Preview:
    """One message: to whom, when, and the words of each way it can go."""

    name: str
    event: str
    when: str
    role: str
    ways: tuple[str, ...]
    all_ways: bool
    subject: str
    email: str
    text: str


def list_events() -> dict[str, list[Preview]]:
    """Return the previews by what each tells of."""
    events: dict[str, list[Preview]] = {}
    for one in list_previews():
        events.setdefault(one.event, []).append(one)
    return events


def list_previews() -> list[Preview]:
    """Render every message of the catalogue, in the order of a young person's road."""
    return [_preview(row) for row in ROWS]


def _preview(row: Template) -> Preview:
    facts = Facts({**EXAMPLE, **OF_TEMPLATE.get(row.name, {})})
    made = {way: render(row.name, way, facts, LINK) for way in row.ways}
    subject, email = made.get("email", ("", ""))
    about = (row.name, row.event, row.when, row.role, row.ways, row.all_ways)
    return Preview(*about, subject, email, made.get("text", ("", ""))[1])

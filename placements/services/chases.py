"""People asked again by their provider, many with one press; nobody twice within 24 hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.plain_words import moment_words
from placements.domain.sending_times import BETWEEN_CHASES, after_quiet
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.operations import Message
from placements.outbox.catalogue import TEMPLATES
from placements.outbox.write import queue_message
from placements.services.assignments import list_assignments
from placements.services.events import record_event
from placements.services.people import NOT_READY, list_missing
from placements.services.recipients import list_person
from placements.services.transactions import act

CHASES = tuple(row.name for row in TEMPLATES.values() if row.is_chase)
OFFERS = ("offer_half_time", "offer_last_day", "offer_last_evening", "offer_asked_again")
WAYS = {"email": "by email", "text": "by text"}
NO_WAY = "We have no email address or mobile number."


@dataclass(frozen=True)
class Chased:
    """One person who was to be asked again: whether a message goes, and when or why not."""

    name: str
    goes: bool
    words: str


@dataclass(frozen=True)
class LastChase:
    """When somebody was last reminded, and by which way."""

    at: datetime
    way: str


@act
def chase_offers(actor: Actor, assignment_ids: Iterable[int]) -> list[Chased]:
    """Ask the provider's own people again for an answer to their offers; say who was not."""
    _check(actor)
    wanted, at = set(assignment_ids), clock.now()
    offers = [one for one in list_assignments(actor, ("offered",)) if one.id in wanted]
    reasons = find_offer_reasons(offers)
    return [
        _ask(actor, "offer_asked_again", Kind.ASSIGNMENT, one, one.application, at, reasons[one.id])
        for one in offers
    ]


@act
def remind_missing(actor: Actor, application_ids: Iterable[int], folder: Path) -> list[Chased]:
    """Tell people that their entry lacks something before the next round; say who was not."""
    _check(actor)
    own = (Application.provider_id == actor.organisation_id, Application.state.in_(NOT_READY))
    rows = select(Application).where(*own, Application.id.in_(set(application_ids)))
    people, at = list(db.session.scalars(rows.order_by(Application.id))), clock.now()
    reasons = find_entry_reasons(people, folder)
    return [
        _ask(actor, "entry_asked_again", Kind.APPLICATION, one, one, at, reasons[one.id])
        for one in people
    ]


def find_offer_reasons(offers: Sequence[Assignment]) -> dict[int, str | None]:
    """Say, by offer, why its person cannot be asked again now; None where they can."""
    at = clock.now()
    lately = _Lately([one.application for one in offers], at)
    return {
        one.id: _find_late(one, after_quiet(at))
        or lately.find(one.application, (Kind.ASSIGNMENT.value, one.id))
        for one in offers
    }


def find_entry_reasons(people: Sequence[Application], folder: Path) -> dict[int, str | None]:
    """Say, by entry, why its person cannot be reminded now; None where they can."""
    lately = _Lately(people, clock.now())
    return {
        one.id: _find_unready(one, folder) or lately.find(one, (Kind.APPLICATION.value, one.id))
        for one in people
    }


def _check(actor: Actor) -> None:
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotFound("Sign in as the provider whose people these are.")


def _find_late(offer: Assignment, goes_at: datetime) -> str | None:
    late = offer.deadline_at is not None and goes_at >= offer.deadline_at
    return "The time to answer ends before a message could go. Call them." if late else None


def _find_unready(application: Application, folder: Path) -> str | None:
    if application.state == "draft":
        return "Their entry is not sent yet. You finish it."
    if application.state == "submitted" and not list_missing(application, folder):
        return "Nothing is missing. You decide."
    return None


def _ask(
    actor: Actor,
    template: str,
    kind: Kind,
    record: Any,
    application: Application,
    at: datetime,
    why_not: str | None,
) -> Chased:
    """Queue one message, unless something speaks against it; part of an act."""
    name = application.candidate.name or ""
    if why_not is not None:
        return Chased(name, False, why_not)
    told = record_event(actor, "ask_again", kind, record.id, (record.state, record.state), at)
    once = f"{at:%Y%m%d%H%M%S}"
    for to in list_person(application.candidate.account_id):
        queue_message(told, template, to, (kind.value, record.id), at, once=once)
    return Chased(name, True, f"Goes on {moment_words(after_quiet(at))}.")


class _Lately:
    """The reminders of some people in the last day and the next, read at once."""

    def __init__(self, people: Sequence[Application], at: datetime) -> None:
        self.at, self.goes_at = at, after_quiet(at)
        accounts = {one.candidate.account_id for one in people} - {None}
        rows = select(Account.id).where(Account.id.in_(accounts), Account.erased.is_(False))
        self.reached = set(db.session.scalars(rows))
        chases = (Message.template.in_(CHASES), Message.state.in_(("sent", "queued")))
        recent = or_(Message.sent_at > at - BETWEEN_CHASES, Message.sent_at.is_(None))
        found = select(Message).where(Message.account_id.in_(accounts), *chases, recent)
        self.messages: dict[int, list[Message]] = {}
        for message in db.session.scalars(found.order_by(Message.id)):
            self.messages.setdefault(message.account_id, []).append(message)

    def find(self, application: Application, about: tuple[str, int]) -> str | None:
        """Say when they were reminded in the last 24 hours, or will be in the next, or None."""
        account_id = application.candidate.account_id
        if account_id not in self.reached:
            return NO_WAY
        for message in self.messages.get(account_id, []):
            sent = message.sent_at
            if sent is not None and sent > self.goes_at - BETWEEN_CHASES:
                free = moment_words(after_quiet(sent + BETWEEN_CHASES))
                return f"Reminded on {moment_words(sent)}. You can again from {free}."
            mine = (message.subject_kind, message.subject_id) == about
            if sent is None and mine and message.send_at <= self.at + BETWEEN_CHASES:
                return f"A reminder goes on {moment_words(message.send_at)}."
        return None


def find_last_chases(assignment_ids: Iterable[int]) -> dict[int, LastChase]:
    """Return, by offer, when its person was last reminded of it and how."""
    rows = select(Message.subject_id, Message.sent_at, Message.channel).where(
        Message.subject_kind == Kind.ASSIGNMENT.value,
        Message.subject_id.in_(set(assignment_ids)),
        Message.template.in_(OFFERS),
        Message.sent_at.is_not(None),
    )
    found: dict[int, LastChase] = {}
    for subject_id, sent_at, channel in db.session.execute(rows.order_by(Message.sent_at)):
        found[subject_id] = LastChase(sent_at, WAYS[channel])
    return found

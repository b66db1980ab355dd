"""Registering a person page by page: every page is kept, and the last one sends it off."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select

from placements import clock
from placements.domain.eligibility import GUARDIAN_UNDER, Answer, RuleAnswer, age_on
from placements.domain.errors import GuardRefused, Invalid, NotFound, Refusal, Stale
from placements.domain.permissions import Actor
from placements.domain.registration_words import GUARDIAN, find_stop, is_too_young_so_far
from placements.domain.vocabulary import OPEN_APPLICATION_STATES, Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.accounts import Link
from placements.models.candidates import Application, Candidate
from placements.services import outcomes, transitions
from placements.services.account_book import ensure_account, find_by_address
from placements.services.applications import (
    EntryFacts,
    PersonFacts,
    get_application,
    identity_key,
    list_rule_answers,
    make_ready,
    register_person,
    registered_already,
    settle_new,
)
from placements.services.baselines import keep_baseline
from placements.services.events import record_event
from placements.services.gazetteer import find_point, get_rules
from placements.services.hats import list_hats
from placements.services.transactions import act

PERSON_FIELDS = frozenset(PersonFacts.__dataclass_fields__)
ENTRY_FIELDS = frozenset(
    ("start_from", "start_to", "modes", "max_minutes", "availability", "needs_met", "priority")
)
CONTACT_FIELDS = frozenset(("email", "mobile"))
IDENTITY_FIELDS = frozenset(("name", "date_of_birth", "postcode"))


class AlreadyYours(Refusal):
    """The provider has this person already; `application_id` is their own record of them."""

    def __init__(self, application: Application) -> None:
        super().__init__(f"You have this person already, as {application.reference}.")
        self.application_id = application.id


def begin_registration(actor: Actor, folder: Path, person: PersonFacts) -> int:
    """Begin a draft for a person who may join; say so at once if age or home rules them out.

    The actor's own provider may. Raises `AlreadyYours` for one of their own, and `Invalid`
    without telling whose for anybody else's.
    """
    point = find_point(folder, person.postcode)
    key = identity_key(person.name, person.date_of_birth, point.postcode)
    own = _own(actor, Candidate.identity_key == key)
    if own:
        raise AlreadyYours(own[0])
    draft = Application(candidate=Candidate(**{**person.__dict__, "postcode": point.postcode}))
    _refuse_broken_rules(draft, folder, PERSON_FIELDS)
    return register_person(actor, folder, person, EntryFacts(None), consented=False)


@act
def change_registration(
    actor: Actor,
    application_id: int,
    folder: Path,
    facts: Mapping[str, Any],
    seen_version: int,
    before: OutcomeKind | None = None,
) -> None:
    """Keep the facts of one page; a ready person stays ready, so every rule must still be met.

    With them goes what the person did `before`, where the page asks it and somebody answered.
    Their provider or the person may; raises `Stale` if the application moved meanwhile.
    """
    application = get_application(actor, application_id)
    if application.state not in OPEN_APPLICATION_STATES:
        raise GuardRefused("This entry is closed, so its facts stand.")
    _check_seen(application, seen_version)
    with db.session.no_autoflush:
        _set_facts(application, facts)
        if IDENTITY_FIELDS & set(facts):
            _know_again(application.candidate, folder)
        _refuse_broken_rules(application, folder, facts)
    if CONTACT_FIELDS & set(facts):
        _follow_contact(application.candidate)
    record_event(actor, "change", Kind.APPLICATION, application.id, ("", ""), clock.now())
    if before is not None:
        keep_baseline(actor, application, outcomes.Answer(before))


@act
def say_before(actor: Actor, application_id: int, answer: outcomes.Answer) -> int:
    """Say what somebody did before, or change it; return the question."""
    return keep_baseline(actor, get_application(actor, application_id), answer).id


def _check_seen(application: Application, seen_version: int) -> None:
    if application.version != seen_version:
        raise Stale("This changed since you opened it. Look at it again, then decide.")


def _set_facts(application: Application, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - PERSON_FIELDS - ENTRY_FIELDS
    if unknown:
        raise ValueError(f"not facts of a registration: {sorted(unknown)}")
    for name, value in facts.items():
        setattr(application.candidate if name in PERSON_FIELDS else application, name, value)
    candidate = application.candidate
    if not candidate.email and not candidate.mobile:
        raise Invalid("email", "Write an email address or a mobile number.")
    starts, ends = application.start_from, application.start_to
    if starts and ends and ends < starts:
        raise Invalid("start_to", "The last possible first day cannot be before the first.")


def _know_again(candidate: Candidate, folder: Path) -> None:
    """Put the person where they live, and keep them one person (I-11)."""
    point = find_point(folder, candidate.postcode)
    key = identity_key(candidate.name, candidate.date_of_birth, point.postcode)
    same = select(Candidate.id).where(Candidate.identity_key == key, Candidate.id != candidate.id)
    if db.session.scalar(same) is not None:
        raise registered_already()
    candidate.identity_key, candidate.postcode = key, point.postcode
    candidate.latitude, candidate.longitude = point.lat, point.lon
    candidate.district, candidate.point_is_approximate = point.district, point.approximate


def _follow_contact(candidate: Candidate) -> None:
    """Let messages go where the person now is.

    An account that is anybody else's too, or staff's, keeps the number it has: who may write a
    number here must not come by a sign-in that is not theirs to give.
    """
    account = ensure_account(candidate.email, candidate.mobile, candidate.name)
    candidate.account_id = account.id
    db.session.flush()
    mine = [hat.actor.candidate_id for hat in list_hats(account.id)] == [candidate.id]
    taken = find_by_address(candidate.mobile) if candidate.mobile else account
    if mine and taken is None:
        account.mobile = candidate.mobile


def _refuse_broken_rules(application: Application, folder: Path, sent: Any) -> None:
    region, today = get_rules(folder), clock.today()
    answers = list_rule_answers(application, folder, today)
    if application.start_from is None:
        answers = _age_so_far(application, folder, answers)
    is_ready = application.state in ("ready", "on_hold")
    stop = find_stop(answers, sent, region, must_meet=is_ready)
    if stop is not None:
        raise Invalid(*stop)


def _age_so_far(
    application: Application, folder: Path, answers: list[RuleAnswer]
) -> list[RuleAnswer]:
    """Judge age as if the first day were today, unless a later one may still make it right."""
    born, today = application.candidate.date_of_birth, clock.today()
    if is_too_young_so_far(born, today, get_rules(folder)):
        return answers
    as_if = Application(candidate=application.candidate, start_from=today)
    return list_rule_answers(as_if, folder, today)


@act
def give_consent(actor: Actor, application_id: int, guardian_contact: str | None) -> None:
    """Record that the person agreed to take part, as told to their provider or by themselves.

    A person under 18 needs a guardian's contact, kept with it. Said again, the first day stands.
    """
    application, at = get_application(actor, application_id), clock.now()
    if application.state not in OPEN_APPLICATION_STATES:
        raise GuardRefused("This entry is closed, so its facts stand.")
    candidate = application.candidate
    if guardian_contact and guardian_contact != candidate.guardian_contact:
        # Who was named before must not sign any more.
        theirs = (Link.purpose == "guardian", Link.account_id == candidate.account_id)
        db.session.execute(delete(Link).where(*theirs))
    candidate.guardian_contact = guardian_contact or candidate.guardian_contact
    if is_child(candidate) and not candidate.guardian_contact:
        raise Invalid("guardian_contact", GUARDIAN)
    if application.consented_at is None:
        application.consented_at = at
        record_event(actor, "consent", Kind.APPLICATION, application.id, ("", ""), at)


@act
def let_guardian_read_offers(actor: Actor, application_id: int, agreed: bool) -> None:
    """Keep whether the person agrees that their guardian gets a copy of each offer.

    They or their provider say so, and say otherwise at any time; only under 18 it does anything.
    """
    application, at = get_application(actor, application_id), clock.now()
    if actor.role not in (Role.YOUNG_PERSON, Role.PROVIDER):
        raise NotFound("There is no such person, or they are not yours.")
    candidate = application.candidate
    if agreed == (candidate.guardian_copies_at is not None):
        return
    candidate.guardian_copies_at = at if agreed else None
    action = "agree_to_copies" if agreed else "end_copies"
    record_event(actor, action, Kind.APPLICATION, application.id, ("", ""), at)


def is_child(candidate: Candidate) -> bool:
    """True while a parent or guardian has a part in what is agreed."""
    born = candidate.date_of_birth
    return born is not None and age_on(born, clock.today()) < GUARDIAN_UNDER


@act
def send_registration(
    actor: Actor, application_id: int, folder: Path, seen_version: int
) -> list[RuleAnswer]:
    """Send a registration off, ready if every rule is met; return what is still missing."""
    application, at = get_application(actor, application_id), clock.now()
    _check_seen(application, seen_version)
    if application.start_from is None or not application.availability:
        raise GuardRefused("Say first when they can start, and on which days and hours.")
    if application.state == "draft":
        return settle_new(application, folder, actor)
    if application.state == "info_requested":
        transitions.move(application, Kind.APPLICATION, "answer", actor, at)
    answers = list_rule_answers(application, folder, clock.today())
    unmet = [answer for answer in answers if answer.answer is not Answer.MEETS]
    if not unmet:
        make_ready([application], actor)
    return unmet


@act
def drop_draft(actor: Actor, application_id: int) -> None:
    """Take back a draft that was begun for somebody who is here already."""
    application = get_application(actor, application_id)
    if application.state != "draft":
        raise GuardRefused("This was sent already. Withdraw it on the person's page.")
    transitions.move(application, Kind.APPLICATION, "withdraw", actor, clock.now())


def list_alike(actor: Actor, application_id: int) -> list[Application]:
    """List the actor's other people who may be the same person, by what two records share."""
    mine = get_application(actor, application_id)
    person = mine.candidate
    shared = [
        func.lower(Candidate.name) == person.name.casefold(),
        (Candidate.date_of_birth == person.date_of_birth) & (Candidate.postcode == person.postcode),
    ]
    if person.email:
        shared.append(func.lower(Candidate.email) == person.email.casefold())
    if person.mobile:
        shared.append(Candidate.mobile == person.mobile)
    return [other for other in _own(actor, or_(*shared)) if other.id != mine.id]


def _own(actor: Actor, shared: ColumnElement[bool]) -> list[Application]:
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotFound("Sign in as the provider who registers them.")
    rows = select(Application).join(Candidate, Application.candidate_id == Candidate.id)
    rows = rows.where(Application.provider_id == actor.organisation_id, shared)
    rows = rows.where(Application.state.in_(OPEN_APPLICATION_STATES))
    return list(db.session.scalars(rows.order_by(Application.id)))

"""A young person's entry: registered, checked rule by rule, ready, and what they would like."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.eligibility import (
    Answer,
    ApplicationFacts,
    RuleAnswer,
    check_application,
    is_accepted,
)
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.postcodes import Point
from placements.domain.references import new_reference, new_salt
from placements.domain.vocabulary import (
    LIVE_ASSIGNMENT_STATES,
    OPEN_APPLICATION_STATES,
    Kind,
    Role,
)
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate, KeyWorker, Provider
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.accounts import ensure_account
from placements.services.baselines import add_baselines
from placements.services.gazetteer import find_point, get_rules
from placements.services.notices import tell_entry_changed, tell_missing, tell_registered
from placements.services.told import note_how_told
from placements.services.transactions import act, lock_row


@dataclass(frozen=True)
class PersonFacts:
    """Who a young person is and how to reach them."""

    name: str
    date_of_birth: date
    postcode: str
    preferred_name: str | None = None
    email: str | None = None
    mobile: str | None = None
    guardian_contact: str | None = None
    has_ehcp: bool | None = None
    access_needs: str | None = None
    right_to_work_checked: bool | None = None


@dataclass(frozen=True)
class EntryFacts:
    """What an application says: when, how far, and what they would like."""

    start_from: date | None
    start_to: date | None = None
    modes: list[str] = field(default_factory=lambda: ["walk", "bus"])
    max_minutes: int = 60
    availability: list[list[int]] = field(default_factory=list)
    needs_met: list[str] = field(default_factory=list)
    priority: list[str] = field(default_factory=list)
    sectors: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    never: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Owner:
    """Who holds an application: a provider in a region, or the person alone."""

    region_id: int
    provider_id: int | None = None


def get_application(actor: Actor, application_id: int) -> Application:
    """Return an application the actor may see, or raise `NotFound`."""
    found = db.session.scalar(_visible_to(actor).where(Application.id == application_id))
    if found is None:
        raise NotFound("There is no such application, or it is not yours.")
    return found


def list_applications(actor: Actor, states: Iterable[str] | None = None) -> list[Application]:
    """List the applications the actor may see, oldest first."""
    wanted = _visible_to(actor)
    if states is not None:
        wanted = wanted.where(Application.state.in_(tuple(states)))
    return list(db.session.scalars(wanted.order_by(Application.id)))


def _visible_to(actor: Actor):
    scopes = {
        Role.YOUNG_PERSON: (Application.candidate_id, actor.candidate_id),
        Role.PROVIDER: (Application.provider_id, actor.organisation_id),
        Role.OPERATOR: (Application.region_id, actor.region_id),
        Role.APPROVER: (Application.region_id, actor.region_id),
    }
    if actor.role is Role.SYSTEM:
        return select(Application)
    column, own = scopes.get(actor.role, (None, None))
    if column is None or own is None:
        raise NotFound("There is no such application, or it is not yours.")
    return select(Application).where(column == own)


@act
def register_person(
    actor: Actor, folder: Path, person: PersonFacts, entry: EntryFacts, *, consented: bool
) -> int:
    """Register a young person with the actor's own provider; who does it looks after them."""
    provider = db.session.get(Provider, actor.organisation_id or 0)
    if actor.role is not Role.PROVIDER or provider is None:
        raise NotFound("Sign in as the provider who registers them.")
    at = clock.now()
    candidate = add_candidate(folder, person)
    owner = Owner(provider.region_id, provider.id)
    application = add_application(
        candidate, owner, new_reference("A"), entry, actor, at if consented else None
    )
    if actor.account_id is not None:
        worker = KeyWorker(application_id=application.id, account_id=actor.account_id)
        worker.chosen_at = at
        db.session.add(worker)
    return application.id


def add_candidate(folder: Path, person: PersonFacts) -> Candidate:
    """Add a person once, whoever registers them; part of an act."""
    if not person.email and not person.mobile:
        raise Invalid("email", "Write an email address or a mobile number.")
    point = find_point(folder, person.postcode)
    key = identity_key(person.name, person.date_of_birth, point.postcode)
    known = db.session.scalar(select(Candidate).where(Candidate.identity_key == key))
    account = ensure_account(person.email, person.mobile, person.name)
    candidate = known or describe_candidate(person, point, key)
    candidate.account_id = candidate.account_id or account.id
    db.session.add(candidate)
    db.session.flush()
    return candidate


def describe_candidate(person: PersonFacts, point: Point, key: str) -> Candidate:
    """Return a person who lives at `point`, not yet kept."""
    candidate = Candidate(identity_key=key, **{**asdict(person), "postcode": point.postcode})
    candidate.latitude, candidate.longitude = point.lat, point.lon
    candidate.district, candidate.point_is_approximate = point.district, point.approximate
    return candidate


def identity_key(name: str, date_of_birth: date, postcode: str) -> str:
    """Return the key by which the same person is known again (I-11)."""
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    facts = f"{plain}|{date_of_birth.isoformat()}|{postcode.replace(' ', '')}"
    return hashlib.sha256(facts.encode()).hexdigest()


def add_application(
    candidate: Candidate,
    owner: Owner,
    reference: str,
    entry: EntryFacts,
    actor: Actor,
    consented_at: datetime | None,
) -> Application:
    """Begin an application unless the person has an open one here; part of an act."""
    open_here = (
        Application.candidate_id == candidate.id,
        Application.region_id == owner.region_id,
        Application.state.in_(OPEN_APPLICATION_STATES),
    )
    if db.session.scalar(select(Application.id).where(*open_here)) is not None:
        raise registered_already()
    application = describe_application(candidate, owner, reference, entry, consented_at)
    transitions.begin(application, Kind.APPLICATION, "begin", actor, clock.now())
    return application


def registered_already() -> Invalid:
    """Return the refusal of a second open application for the same person (I-11)."""
    return Invalid("name", "This person is registered already. Ask them who supports them.")


def describe_application(
    candidate: Candidate,
    owner: Owner,
    reference: str,
    entry: EntryFacts,
    consented_at: datetime | None,
) -> Application:
    """Return an application of `candidate`, not yet kept."""
    return Application(
        reference=reference,
        salt=new_salt(),
        candidate=candidate,
        provider_id=owner.provider_id,
        region_id=owner.region_id,
        consented_at=consented_at,
        **asdict(entry),
    )


@act
def submit_application(actor: Actor, application_id: int) -> None:
    """Send an application to be checked."""
    application = get_application(actor, application_id)
    transitions.move(application, Kind.APPLICATION, "submit", actor, clock.now())
    tell_registered([application], actor)


def list_rule_answers(application: Application, folder: Path, today: date) -> list[RuleAnswer]:
    """Return what each acceptance rule says of the application, with the fact that decided it."""
    candidate = application.candidate
    facts = ApplicationFacts(
        date_of_birth=candidate.date_of_birth,
        starts_on=max(application.start_from, today) if application.start_from else None,
        postcode=candidate.postcode,
        has_ehcp=candidate.has_ehcp,
        right_to_work_checked=candidate.right_to_work_checked,
        consented=application.consented_at is not None or None,
        guardian_contact=candidate.guardian_contact,
    )
    return list(check_application(facts, get_rules(folder), today))


@act
def accept_application(actor: Actor, application_id: int, folder: Path) -> None:
    """Make an application ready when every rule is met; provider or operator may."""
    application, today = get_application(actor, application_id), clock.today()
    unmet = [
        answer
        for answer in list_rule_answers(application, folder, today)
        if answer.answer is not Answer.MEETS
    ]
    if unmet:
        raise GuardRefused(" ".join(answer.fact for answer in unmet))
    make_ready([application], actor)


def make_ready(applications: Sequence[Application], actor: Actor) -> None:
    """Make applications ready, and ask what they did before if nobody said; part of an act."""
    at = clock.now()
    transitions.move_all(applications, Kind.APPLICATION, "accept", actor, at)
    add_baselines(applications, at)


def settle_new(application: Application, folder: Path, actor: Actor) -> list[RuleAnswer]:
    """Submit a new application and, if every rule is met, make it ready; part of an act."""
    at = clock.now()
    answers = list_rule_answers(application, folder, clock.today())
    transitions.move(application, Kind.APPLICATION, "submit", actor, at)
    tell_registered([application], actor)
    if is_accepted(tuple(answers)):
        make_ready([application], actor)
    return [answer for answer in answers if answer.answer is not Answer.MEETS]


@act
def refuse_application(actor: Actor, application_id: int, reason: str) -> None:
    """Say that a person cannot join, and which rule says so."""
    application = get_application(actor, application_id)
    transitions.move(application, Kind.APPLICATION, "refuse", actor, clock.now(), reason=reason)


@act
def ask_for_information(actor: Actor, application_id: int, reason: str) -> None:
    """Ask for the one thing that is missing."""
    application, at = get_application(actor, application_id), clock.now()
    asked = transitions.move(application, Kind.APPLICATION, "ask", actor, at, reason=reason)
    tell_missing(asked, application, actor)


@act
def hold_application(actor: Actor, application_id: int, how: str | None = None) -> None:
    """Take a break from rounds; refused while an offer or a placement is running.

    A provider who does it for somebody says `how` they told them; the person is told of it.
    """
    # A release that is offering this person a place at this moment comes first (I-10).
    application = lock_row(get_application(actor, application_id))
    live = (
        Assignment.application_id == application.id,
        Assignment.state.in_(LIVE_ASSIGNMENT_STATES),
    )
    if db.session.scalar(select(Assignment.id).where(*live)) is not None:
        raise GuardRefused("There is an offer or a placement running. Answer or end that first.")
    if how is not None:
        note_how_told(actor, Kind.APPLICATION, application.id, how)
    held = transitions.move(application, Kind.APPLICATION, "hold", actor, clock.now())
    tell_entry_changed(held, application, actor)


@act
def resume_application(actor: Actor, application_id: int) -> None:
    """Come back from a break."""
    application = get_application(actor, application_id)
    transitions.move(application, Kind.APPLICATION, "resume", actor, clock.now())


@act
def save_choices(
    actor: Actor,
    application_id: int,
    choices: list[str],
    never: dict[str, list[str]],
    folder: Path,
) -> None:
    """Keep up to as many ranked placements as the region allows, each one open, and what never."""
    keep_choices(get_application(actor, application_id), choices, never, folder)


def keep_choices(
    application: Application, choices: list[str], never: dict[str, list[str]], folder: Path
) -> None:
    """Check and keep choices, or raise `Invalid` or `GuardRefused`; part of an act."""
    most = get_rules(folder).max_choices
    if application.state not in OPEN_APPLICATION_STATES:
        raise GuardRefused("This application is closed, so its choices stand.")
    if len(choices) > most or len(set(choices)) != len(choices):
        raise Invalid("choices", f"Choose up to {most} placements, each of them once.")
    known = select(Placement.reference).where(
        Placement.reference.in_(choices), Placement.state.in_(("live", "full", "paused"))
    )
    gone = set(choices) - set(db.session.scalars(known))
    if gone:
        raise Invalid("choices", f"Not open now: {', '.join(sorted(gone))}. Choose another.")
    application.choices, application.never = choices, never

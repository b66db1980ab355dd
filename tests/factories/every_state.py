"""A record of each kind in each of its states, brought there by legal moves alone.

Every name is invented.
"""

import hashlib
from datetime import date, timedelta
from types import SimpleNamespace

from factories.records import (
    ACTORS,
    AT,
    keep,
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
    numbers,
)
from sqlalchemy import func, select

from placements.domain.lifecycles import LIFECYCLES, NONE
from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, Kind, Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.assignments import Assignment, Edge, Signature
from placements.models.audit import Event, History
from placements.models.candidates import Application, Candidate, Provider, ProviderMember
from placements.models.employers import Employer, EmployerMember, Site
from placements.models.operations import Message, Occurrence
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import transitions
from placements.services.agreements import add_agreement
from placements.services.events import record_event
from placements.services.outcomes import OPEN_STATES
from placements.services.places import free_place, take_place

TABLES = {
    Kind.PLACEMENT: Placement,
    Kind.APPLICATION: Application,
    Kind.ROUND: Round,
    Kind.ASSIGNMENT: Assignment,
    Kind.CHECKPOINT: Checkpoint,
    Kind.EMPLOYER: Employer,
    Kind.MESSAGE: Message,
    Kind.OCCURRENCE: Occurrence,
}
DAY = timedelta(days=1)
SHOWN = ("id", "state", "version", "reason", "to_state")
PARTIES = ("employer", "provider", "young_person")


def find_way(kind, state):
    """The shortest legal way to a state, as `(action, role)` one after the other."""
    ways, todo = {NONE: ()}, [NONE]
    while todo:
        here = todo.pop(0)
        for move in LIFECYCLES[kind].moves:
            if here in move.sources and move.target not in ways:
                ways[move.target] = (*ways[here], (move.action, sorted(move.roles)[0]))
                todo.append(move.target)
    return ways[state]


def find_target(kind, state, action, role):
    """Where the table lets a role bring a record from a state by an action; None: nowhere."""
    for move in LIFECYCLES[kind].moves:
        if move.action == action and state in move.sources and role in move.roles:
            return move.target
    return None


def picture():
    """Return a hash over every record's state, version and reason, and over all history."""
    digest = hashlib.sha256()
    for table in (*TABLES.values(), History):
        wanted = [c for c in table.__table__.columns if c.key in SHOWN]
        for row in db.session.execute(select(*wanted).order_by(table.id)):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def make_world():
    """An employer, a provider and staff, each with an account; part of an act."""
    region = make_region(code="west_midlands")
    employer, provider = make_employer(region), make_provider(region)
    accounts = {name: make_account() for name in ("operator", "approver", "employer", "provider")}
    for power in ("operator", "approver"):
        member = {"account_id": accounts[power].id, "region_id": region.id, "power": power}
        keep(AuthorityMember(**member))
    keep(EmployerMember(employer_id=employer.id, account_id=accounts["employer"].id))
    keep(ProviderMember(provider_id=provider.id, account_id=accounts["provider"].id))
    return SimpleNamespace(
        region_id=region.id,
        employer_id=employer.id,
        provider_id=provider.id,
        site_id=make_site(employer).id,
        accounts={name: account.id for name, account in accounts.items()},
    )


def make_in(world, kind, state):
    """Make a record of a kind in a state and return it; part of an act."""
    return globals()[f"_{kind.value}"](world, state)


def _walk(record, kind, state, done=0):
    steps = find_way(kind, state)
    if not done:
        transitions.begin(record, kind, steps[0][0], SYSTEM, AT)
    for action, role in steps[max(done, 1) :]:
        transitions.move(record, kind, action, ACTORS[role], AT, reason="Invented reason")
    db.session.flush()
    return record


def _placement(world, state):
    full = state in ("full",)
    placement = make_placement(db.session.get_one(Site, world.site_id), 1)
    made = Placement(
        employer_id=world.employer_id,
        site_id=world.site_id,
        **{
            column.key: getattr(placement, column.key)
            for column in Placement.__table__.columns
            if column.key not in ("id", "reference", "state", "version", "employer_id", "site_id")
        },
    )
    made.reference = f"P-{next(numbers):06}"
    made.supervisor_name, made.supervisor_role = "Zara Invented", "Team lead"
    if not full:
        return _walk(made, Kind.PLACEMENT, state)
    _walk(made, Kind.PLACEMENT, "live")
    take_place(made, AT)
    return made


def _person(world):
    account = make_account()
    born = date(2006, 1, 1)
    return make_candidate(account_id=account.id, email=account.email, date_of_birth=born)


def _application(world, state):
    person = _person(world)
    provider = db.session.get_one(Provider, world.provider_id)
    if state == "ready":
        return make_application(person, provider)
    like = make_application(_person(world), provider)
    names = ("modes", "availability", "start_from", "start_to", "consented_at", "region_id")
    made = Application(
        candidate_id=person.id,
        provider_id=provider.id,
        reference=f"A-{next(numbers):06}",
        salt=f"{next(numbers):032x}",
        **{name: getattr(like, name) for name in names},
    )
    return _walk(made, Kind.APPLICATION, state)


def _round(world, state):
    dates = (AT - 3 * DAY, AT - 2 * DAY, AT - DAY)
    made = Round(region_id=world.region_id, name=f"Invented {next(numbers)}", seed=7, policy={})
    made.opens_at, made.locks_at, made.release_at = dates
    return _walk(made, Kind.ROUND, state)


def _assignment(world, state):
    application, placement = _application(world, "ready"), _placement(world, "live")
    edge = Edge(application_id=application.id, placement_id=placement.id, checked_at=AT)
    edge.travel_minutes, edge.limit_minutes = 20, 60
    keep(edge)
    made = Assignment(application_id=application.id, candidate_id=application.candidate_id)
    made.placement_id, made.position = placement.id, 1
    made.start_on = made.end_on = AT.date()
    if state in HELD_ASSIGNMENT_STATES or len(find_way(Kind.ASSIGNMENT, state)) > 1:
        made.offered_at, made.deadline_at = AT - DAY, AT + DAY
        made.original_deadline_at = made.deadline_at
        made.answered_at = None if state == "offered" else AT
    if made.offered_at:
        take_place(placement, AT)
    _walk(made, Kind.ASSIGNMENT, state)
    if made.offered_at and state not in HELD_ASSIGNMENT_STATES:
        free_place(placement, AT)
    if state in ("confirmed", "started", "completed"):
        agreement = add_agreement(made)
        for party in PARTIES:
            keep(Signature(agreement_id=agreement.id, party=party, how="paper", signed_at=AT))
    return made


def _checkpoint(world, state):
    held = _assignment(world, "completed")
    made = Checkpoint(assignment_id=held.id, kind="W4", due_on=AT.date())
    made.window_opens_on, made.window_closes_on = AT.date() - DAY, AT.date() + 30 * DAY
    _walk(made, Kind.CHECKPOINT, state)
    for days in (3, 2, 1) if state in OPEN_STATES else ():
        tried = (ACTORS[Role.PROVIDER], "tried_phone", Kind.CHECKPOINT, made.id, ("", ""))
        record_event(*tried, AT - days * DAY)
    if state in ("recorded", "evidenced", "verified", "disputed", "refused", "unable_to_contact"):
        # The weakest voice spoke first, so that every other may put it right.
        said = Outcome(checkpoint_id=made.id, kind="UNKNOWN", source="self", recorded_at=AT)
        said.evidence_level = "self"
        keep(said)
    return made


def _employer(world, state):
    made = Employer(region_id=world.region_id, name=f"Invented {next(numbers)}", sector="care")
    return _walk(made, Kind.EMPLOYER, state)


def _message(world, state):
    seq = db.session.scalar(select(func.max(Event.seq)))
    made = Message(key=f"invented-{next(numbers)}", event_seq=seq, channel="email", send_at=AT)
    made.account_id, made.template = world.accounts["provider"], "registered"
    made.subject_kind, made.subject_id = "employer", world.employer_id
    return _walk(made, Kind.MESSAGE, state)


def _occurrence(world, state):
    made = Occurrence(schedule="round.open", subject_id=next(numbers), due_at=AT)
    return _walk(made, Kind.OCCURRENCE, state)


def person_account(record):
    """The account of the young person whom an application or an assignment is about."""
    return db.session.get_one(Candidate, record.candidate_id).account_id

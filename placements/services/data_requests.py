"""What people ask about their own data: to see it, to erase it; each with a day it is due."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select

from placements import clock
from placements.domain.data_requests import KINDS, OPEN_TO_ASK, due_day
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.plain_words import day_words
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application, Candidate
from placements.models.rights import RightsRequest
from placements.services import erasures, subject_access
from placements.services.erasure_rows import close_request
from placements.services.events import record_event
from placements.services.transactions import act, lock_row
from placements.settings import Settings

STAFF = (Role.OPERATOR, Role.APPROVER)


@dataclass(frozen=True)
class Line:
    """One request as staff read it: by reference, never by name."""

    id: int
    candidate_id: int
    reference: str
    kind: str
    asked_at: datetime
    asked_by_role: str
    due_on: date | None
    closed_at: datetime | None
    result: str | None
    words: str | None


@act
def ask(actor: Actor, candidate_id: int, kind: str, words: str | None = None) -> int:
    """Ask for a person: they themselves, their provider, or an operator who was written to.

    The day it is due is counted here, once. A hold is an operator's, with the reason.
    """
    _check_owner(actor, candidate_id)
    if kind not in KINDS or (kind not in OPEN_TO_ASK and actor.role is not Role.OPERATOR):
        raise Invalid("kind", "Choose what to ask for.")
    if kind == "hold" and not (words or "").strip():
        raise Invalid("words", "Write what needs the data, like a claim or a complaint.")
    lock_row(db.session.get_one(Candidate, candidate_id))
    _check_is_new(candidate_id, kind)
    at = clock.now()
    request = RightsRequest(candidate_id=candidate_id, kind=kind, asked_at=at)
    request.asked_by, request.asked_by_role = actor.account_id, actor.role.value
    request.due_on = due_day(clock.today()) if kind != "hold" else None
    request.words = (words or "").strip() or None
    db.session.add(request)
    db.session.flush()
    record_event(actor, f"ask_{kind}", "candidate", candidate_id, ("", ""), at)
    return request.id


def list_requests(actor: Actor, *, closed: bool = False) -> list[Line]:
    """List the requests of the actor's region, what is due first on top; staff only."""
    if actor.role not in STAFF:
        raise NotFound("There is no such page, or it is not yours.")
    return _lines(_of_region(actor), RightsRequest.closed_at.is_not(None) == closed)


def list_own(actor: Actor) -> list[Line]:
    """List what the signed-in person asked, or was asked for them."""
    if actor.role is not Role.YOUNG_PERSON:
        raise NotFound("There is no such page, or it is not yours.")
    mine = RightsRequest.candidate_id == (actor.candidate_id or 0)
    return _lines(mine, RightsRequest.kind.in_(OPEN_TO_ASK))


def list_of_application(actor: Actor, application: Application) -> list[Line]:
    """List what is open for one person that the actor sees already."""
    _check_owner(actor, application.candidate_id)
    mine = RightsRequest.candidate_id == application.candidate_id
    return _lines(mine, RightsRequest.closed_at.is_(None), RightsRequest.kind.in_(OPEN_TO_ASK))


def get_request(actor: Actor, request_id: int) -> Line:
    """Return a request of the actor's region; staff only."""
    if actor.role not in STAFF:
        raise NotFound("There is no such request, or it is not yours.")
    found = _lines(_of_region(actor), RightsRequest.id == request_id)
    if not found:
        raise NotFound("There is no such request, or it is not yours.")
    return found[0]


def write_answer(actor: Actor, request_id: int) -> dict[str, Any]:
    """Gather what the person asked to see; each time is on record. An operator may."""
    return subject_access.answer_access(actor, _get_open(actor, request_id, "access").candidate_id)


def finish_access(actor: Actor, request_id: int) -> None:
    """Say that the person was given their data; refused until it was written for them."""
    line = _get_open(actor, request_id, "access")
    written = (Event.kind == "candidate", Event.record_id == line.candidate_id)
    written += (Event.action == "give_data", Event.happened_at >= line.asked_at)
    if not db.session.scalar(select(exists().where(*written))):
        raise GuardRefused("Download their data and give it to them first.")
    _close(actor, request_id, "done")


def holds_a_place(actor: Actor, request_id: int) -> bool:
    """Say whether who asked holds an offer or a placement now; staff only."""
    live = (
        Assignment.candidate_id == get_request(actor, request_id).candidate_id,
        Assignment.state.in_(LIVE_ASSIGNMENT_STATES),
    )
    return bool(db.session.scalar(select(exists().where(*live))))


def erase(
    actor: Actor, request_id: int, settings: Settings, *, stop_first: bool
) -> erasures.Erased:
    """Erase who asked for it; the request is closed in the same transaction."""
    line = _get_open(actor, request_id, "erasure")
    return erasures.erase_person(actor, line.candidate_id, settings, stop_first=stop_first)


def refuse(actor: Actor, request_id: int, words: str) -> None:
    """Say no, with the reason that the person reads; an operator may."""
    if not words.strip():
        raise Invalid("words", "Write the reason. The person will read it.")
    _get_open(actor, request_id, *OPEN_TO_ASK)
    _close(actor, request_id, "refused", words.strip())


def end_hold(actor: Actor, request_id: int) -> None:
    """End a hold: what was asked meanwhile can go on; an operator may."""
    _get_open(actor, request_id, "hold")
    _close(actor, request_id, "done")


@act
def take_back(actor: Actor, request_id: int) -> None:
    """Take back what one asked; only the person may."""
    request = db.session.get(RightsRequest, request_id)
    mine = request is not None and request.candidate_id == actor.candidate_id
    if not mine or actor.role is not Role.YOUNG_PERSON or request.kind not in OPEN_TO_ASK:
        raise NotFound("There is no such request, or it is not yours.")
    if lock_row(request).closed_at is not None:
        raise GuardRefused("This is closed already. Nothing changed.")
    close_request(actor, request, "taken_back")


@act
def _close(actor: Actor, request_id: int, result: str, words: str | None = None) -> None:
    request = lock_row(db.session.get_one(RightsRequest, request_id))
    if request.closed_at is None:
        request.words = words or request.words
        close_request(actor, request, result)


def count_late(region_id: int) -> int:
    """Count the requests of a region that are past their day."""
    of_region = _of_region(Actor(Role.OPERATOR, region_id=region_id))
    late = (RightsRequest.closed_at.is_(None), RightsRequest.due_on < clock.today())
    return db.session.scalar(select(func.count(RightsRequest.id)).where(of_region, *late)) or 0


def _get_open(actor: Actor, request_id: int, *kinds: str) -> Line:
    line = get_request(actor, request_id)
    if actor.role is not Role.OPERATOR or line.kind not in kinds:
        raise NotFound("There is no such request, or it is not yours.")
    if line.closed_at is not None:
        raise GuardRefused("This request is closed already. Nothing changed.")
    return line


def _check_owner(actor: Actor, candidate_id: int) -> None:
    own = {
        Role.YOUNG_PERSON: (Application.candidate_id, actor.candidate_id),
        Role.PROVIDER: (Application.provider_id, actor.organisation_id),
        Role.OPERATOR: (Application.region_id, actor.region_id),
    }.get(actor.role)
    mine = own is not None and own[1] is not None
    wanted = (Application.candidate_id == candidate_id, own[0] == own[1]) if mine else ()
    if not mine or not db.session.scalar(select(exists().where(*wanted))):
        raise NotFound("There is no such person, or they are not yours.")


def _check_is_new(candidate_id: int, kind: str) -> None:
    same = select(RightsRequest).where(
        RightsRequest.candidate_id == candidate_id,
        RightsRequest.kind == kind,
        RightsRequest.closed_at.is_(None),
    )
    found = db.session.scalar(same)
    if found is not None:
        by = f" You hear by {day_words(found.due_on)}." if found.due_on else ""
        raise GuardRefused(f"This was asked already.{by} Nothing changed.")
    if erasures.is_erased(candidate_id):
        raise GuardRefused("Their details were erased. Nothing is kept about them.")


def _of_region(actor: Actor):
    of_person = (Application.candidate_id == RightsRequest.candidate_id,)
    return exists().where(*of_person, Application.region_id == (actor.region_id or 0))


def _lines(*where: Any) -> list[Line]:
    reference = (
        select(func.max(Application.reference))
        .where(Application.candidate_id == RightsRequest.candidate_id)
        .scalar_subquery()
    )
    by_day = (RightsRequest.due_on.is_(None), RightsRequest.due_on, RightsRequest.id)
    rows = select(RightsRequest, reference).where(*where).order_by(*by_day)
    return [
        Line(
            r.id,
            r.candidate_id,
            named,
            r.kind,
            r.asked_at,
            r.asked_by_role,
            r.due_on,
            r.closed_at,
            r.result,
            r.words,
        )
        for r, named in db.session.execute(rows)
    ]

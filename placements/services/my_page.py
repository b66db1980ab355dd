"""A young person's own page: their entry, its round, and the one thing that is next."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, OPEN_APPLICATION_STATES
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Application, ProviderMember
from placements.models.outcomes import Checkpoint
from placements.models.rounds import Round
from placements.services.applications import list_applications
from placements.services.assignments import list_assignments
from placements.services.my_offers import SEEN_STATES, OfferFacts, describe_offer
from placements.services.outcomes import list_checkpoints
from placements.services.receipts import NoPlace, find_no_place

CLOSED_STATES = ("locked", "simulating", "proposed", "approved", "failed")
OUT_STATES = ("published", "settling", "final")


@dataclass(frozen=True)
class MyRound:
    """The round a person's choices count for, and whether they can still change them."""

    name: str
    round_id: int
    can_change: bool
    is_planned: bool
    opens_on: date
    locks_at: object
    release_at: object


@dataclass(frozen=True)
class MyPage:
    """What the first page shows; `next_code` names the one next thing."""

    next_code: str
    application: Application | None
    offer: OfferFacts | None
    checkpoint: Checkpoint | None
    no_place: NoPlace | None
    round_: MyRound | None


def find_my_application(actor: Actor) -> Application | None:
    """Return the person's open entry, else their newest, or None."""
    mine = list_applications(actor)
    is_open = [a for a in mine if a.state in OPEN_APPLICATION_STATES]
    return next(reversed(is_open or mine), None)


def find_my_assignment(actor: Actor) -> Assignment | None:
    """Return the person's live assignment, else their newest, or None."""
    live = list_assignments(actor, LIVE_ASSIGNMENT_STATES)
    return next(reversed(live or list_assignments(actor, SEEN_STATES)), None)


def find_my_round(application: Application) -> MyRound | None:
    """Return the round that is open or closed and not out yet, else the next planned one."""
    waiting = ("open", *CLOSED_STATES, "planned")
    rows = select(Round).where(Round.region_id == application.region_id, Round.state.in_(waiting))
    found = list(db.session.scalars(rows.order_by(Round.locks_at)))
    begun = [round_ for round_ in found if round_.state != "planned"]
    round_ = next(iter(begun or found), None)
    return _describe_round(round_) if round_ else None


def _describe_round(round_: Round) -> MyRound:
    return MyRound(
        name=round_.name,
        round_id=round_.id,
        can_change=round_.state == "open" and clock.now() < round_.locks_at,
        is_planned=round_.state == "planned",
        opens_on=round_.opens_at.astimezone(clock.LONDON).date(),
        locks_at=round_.locks_at,
        release_at=round_.release_at,
    )


def get_my_page(actor: Actor) -> MyPage:
    """Return what a young person's first page shows: one next thing, found in this order."""
    application, assignment = find_my_application(actor), find_my_assignment(actor)
    offer = describe_offer(assignment) if assignment else None
    checkpoint = next(iter(list_checkpoints(actor)), None)
    no_place = _find_no_place(application, offer)
    round_ = find_my_round(application) if application else None
    code = (
        _offer_code(offer)
        or ("question" if checkpoint else "")
        or _placement_code(offer)
        or _entry_code(application, no_place, round_)
    )
    return MyPage(code, application, offer, checkpoint, no_place, round_)


def _find_no_place(application: Application | None, offer: OfferFacts | None) -> NoPlace | None:
    if application is None or application.state not in ("ready", "on_hold"):
        return None
    return None if offer and offer.is_live else find_no_place(application)


def _offer_code(offer: OfferFacts | None) -> str:
    """Name what cannot wait: an answer, a signature, the first day."""
    if offer is None:
        return ""
    if offer.is_open:
        return "answer"
    if offer.is_confirmed and offer.needs_my_signature:
        return "sign"
    return "here" if offer.is_day_one else ""


def _placement_code(offer: OfferFacts | None) -> str:
    if offer is None or not offer.is_live:
        return ""
    if offer.is_confirmed:
        return "starts"
    if offer.is_started:
        return "started"
    return "confirming" if offer.said_yes else "time_over"


def _entry_code(
    application: Application | None, no_place: NoPlace | None, round_: MyRound | None
) -> str:
    if application is None:
        return "nothing"
    by_state = {"draft": "send", "submitted": "checking", "info_requested": "missing"}
    by_state |= {"on_hold": "break", "withdrawn": "stopped", "ineligible": "cannot"}
    by_state |= {"exited": "finished", "anonymised": "finished"}
    if application.state in by_state:
        return by_state[application.state]
    if no_place is not None:
        return "no_place"
    if round_ is not None and round_.can_change and not application.choices:
        return "choose"
    return "wait"


@dataclass(frozen=True)
class Supporter:
    """Somebody to talk to, and how to reach them."""

    name: str
    email: str | None
    mobile: str | None


def list_supporters(application: Application | None) -> list[Supporter]:
    """List the people of the provider who supports this young person."""
    if application is None or application.provider_id is None:
        return []
    rows = select(Account).join(ProviderMember, ProviderMember.account_id == Account.id)
    rows = rows.where(ProviderMember.provider_id == application.provider_id)
    rows = rows.where(Account.erased.is_(False)).order_by(Account.id)
    return [
        Supporter(a.name or "", a.email, _as_dialled(a.mobile)) for a in db.session.scalars(rows)
    ]


def _as_dialled(mobile: str | None) -> str | None:
    """Write a British mobile as people read and dial it: ``07700 900123``."""
    if mobile is None or not mobile.startswith("+44"):
        return mobile
    return f"0{mobile[3:7]} {mobile[7:]}"

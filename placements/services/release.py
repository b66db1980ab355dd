"""What would go out when a round's results are released: how much, to whom, in which words."""

from dataclasses import dataclass

from sqlalchemy import func, select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.plain_words import shift_words
from placements.domain.working_days import deadline_at, deadline_day, deadline_words
from placements.extensions import db
from placements.models.candidates import Application, Candidate
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.outbox.facts import Facts
from placements.outbox.words import render
from placements.services.rounds import get_round

SAMPLE_NAME, SAMPLE_LINK = "Sam", "(a link of their own)"


@dataclass(frozen=True)
class Sample:
    """One message as it will read, with an invented name."""

    title: str
    subject: str
    body: str


@dataclass(frozen=True)
class Release:
    """The counts of what goes out; `n_changed` pairs are no longer right and will be skipped."""

    n_offers: int
    n_offer_emails: int
    n_offer_texts: int
    n_no_place: int
    n_employers: int
    n_providers: int
    n_changed: int
    is_due: bool


def preview_release(actor: Actor, round_id: int) -> Release:
    """Count what the chosen plan sends to young people, and who else will see results."""
    round_ = get_round(actor, round_id)
    placed = _rows(round_).where(PlanRow.placement_id.is_not(None))
    placed = placed.join(Placement, PlanRow.placement_id == Placement.id)
    is_right = (Application.state == "ready") & (Placement.state == "live")
    facts = placed.with_only_columns(
        func.count(),
        func.count(Candidate.email),
        func.count(Candidate.mobile),
        func.count(func.distinct(Placement.employer_id)),
        func.count().filter(~is_right),
    )
    n_offers, n_emails, n_texts, n_employers, n_changed = db.session.execute(facts).one()
    unplaced = _rows(round_).where(PlanRow.placement_id.is_(None))
    n_no_place = db.session.scalar(unplaced.with_only_columns(func.count())) or 0
    providers = func.count(func.distinct(Application.provider_id))
    n_providers = db.session.scalar(_rows(round_).with_only_columns(providers)) or 0
    sent = (n_offers, n_emails, n_texts, n_no_place)
    return Release(*sent, n_employers, n_providers, n_changed, clock.now() >= round_.release_at)


def _rows(round_: Round):
    return (
        select(PlanRow)
        .join(Plan, PlanRow.plan_id == Plan.id)
        .join(Application, PlanRow.application_id == Application.id)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .where(Plan.round_id == round_.id, Plan.chosen, Plan.plan_hash == round_.plan_hash)
    )


def list_samples(actor: Actor, round_id: int) -> list[Sample]:
    """Write the messages of the release as they will read, about one placement of the plan."""
    round_ = get_round(actor, round_id)
    one = _rows(round_).where(PlanRow.placement_id.is_not(None)).order_by(PlanRow.id).limit(1)
    row = db.session.scalar(one)
    offers = _offer_samples(round_, row) if row else []
    words = {"first_name": SAMPLE_NAME, "next_day": "", "supported_by": ""}
    return [*offers, _sample("Email: no place yet", "no_place", "email", words)]


def _offer_samples(round_: Round, row: PlanRow) -> list[Sample]:
    placement = db.session.get_one(Placement, row.placement_id)
    site, deadline = placement.site, deadline_at(round_.release_at, round_.answer_days[0])
    last = deadline_day(deadline)
    words = {
        "first_name": SAMPLE_NAME,
        "title": placement.title,
        "employer": placement.employer.name,
        "place": f"{site.name}, {site.postcode}",
        "postcode": site.postcode,
        "minutes": max(row.minutes_there, row.minutes_back),
        "hours": shift_words(placement.shifts),
        "weeks": placement.duration_weeks,
        "pay": placement.pay,
        "start_from": "",
        "start_to": "",
        "answer_by": deadline_words(deadline),
        "answer_day": f"{last:%A} {last.day} {last:%B}",
        "n_days": round_.answer_days[0],
        "is_last_day": False,
    }
    return [
        _sample("Text: an offer", "offer", "text", words),
        _sample("Email: an offer", "offer", "email", words),
    ]


def _sample(title: str, template: str, channel: str, words: dict) -> Sample:
    return Sample(title, *render(template, channel, Facts(words), SAMPLE_LINK))

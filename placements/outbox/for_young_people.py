"""What a young person is told, and when it is no longer needed."""

from datetime import datetime

from sqlalchemy import select

from placements.domain.plain_words import day_words
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, OutcomeKind
from placements.domain.working_days import end_of_day, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.rounds import NextStep, Round
from placements.outbox.facts import (
    Facts,
    WantedLink,
    agreement_words,
    find_assignment,
    first_name,
    placement_words,
)

HOME, PLACEMENT, TIMELINE, NO_PLACE = "/me", "/me/placement", "/me/timeline", "/me/no-place"
SIGN_IN = "/sign-in"
WHO = {"employer": "The place where you work", "provider": "The people who support you"}
SAID = {
    OutcomeKind.JOB: "you have a job",
    OutcomeKind.SELF: "you work for yourself",
    OutcomeKind.APP: "you are an apprentice",
    OutcomeKind.EDU_FT: "you are studying",
    OutcomeKind.EDU_PT: "you are studying",
    OutcomeKind.TRAIN: "you are on a training course",
    OutcomeKind.VOL: "you volunteer",
    OutcomeKind.REENGAGE: "you are on a programme",
    OutcomeKind.START_AGREED: "you have something starting soon",
    OutcomeKind.NEET_SEEK: "you are looking for work",
}
SAID_LITTLE = "what you are doing now"


def registered(message: Message, _at: datetime) -> Facts | None:
    """Who added them, what it is, how to see it, change it and stop."""
    application = db.session.get(Application, message.subject_id)
    if application is None or not _is_theirs(application.candidate, message):
        return None
    if application.state not in ("draft", "submitted", "info_requested", "ready", "on_hold"):
        return None
    added_by = application.provider.name if application.provider else ""
    return Facts({"first_name": first_name(application.candidate), "added_by": added_by}, SIGN_IN)


def offer(message: Message, at: datetime) -> Facts | None:
    """The offer while it waits for an answer: job, place, minutes, answer by."""
    found = _theirs(message)
    if found is None or found.state != "offered" or at >= found.deadline_at:
        return None
    round_ = db.session.get(Round, found.round_id) if found.round_id else None
    if round_ is not None and at < round_.release_at:
        return None
    link = WantedLink("offer", found.id, found.deadline_at)
    return Facts(_words(found, at), link=link)


def offer_half_time(message: Message, at: datetime) -> Facts | None:
    """The half-time reminder; late, it would be the last day's."""
    facts = offer(message, at)
    return None if facts is None or facts.words["is_last_day"] else facts


def offer_last_day(message: Message, at: datetime) -> Facts | None:
    """The last day's reminder, only on that day."""
    facts = offer(message, at)
    return facts if facts and facts.words["is_last_day"] else None


def no_place(message: Message, _at: datetime) -> Facts | None:
    """That there is no place yet and what happens next; the true reason is on the page."""
    application = db.session.get(Application, message.subject_id)
    if application is None or not _is_theirs(application.candidate, message):
        return None
    live = select(Assignment.id).where(
        Assignment.application_id == application.id, Assignment.state.in_(LIVE_ASSIGNMENT_STATES)
    )
    if application.state != "ready" or db.session.scalar(live.limit(1)):
        return None
    words = {"first_name": first_name(application.candidate), "next_day": ""}
    words["supported_by"] = application.provider.name if application.provider else ""
    step = db.session.scalar(
        select(NextStep)
        .where(NextStep.application_id == application.id)
        .order_by(NextStep.id.desc())
        .limit(1)
    )
    if step is not None:
        words |= {"next_day": day_words(step.due_on), "next_kind": step.kind}
    return Facts(words, NO_PLACE)


def yes_given_for(message: Message, at: datetime) -> Facts | None:
    """That their provider said yes for them, as told by them."""
    found = _theirs(message)
    if found is None or found.state not in ("accepted", "confirmed"):
        return None
    return Facts({**_words(found, at), "supported_by": _provider(found.application)}, HOME)


def entry_changed_for(message: Message, _at: datetime) -> Facts | None:
    """That their provider paused their entry for them, or ended it."""
    application = db.session.get(Application, message.subject_id)
    if application is None or not _is_theirs(application.candidate, message):
        return None
    if application.state not in ("on_hold", "withdrawn"):
        return None
    words = {"first_name": first_name(application.candidate), "state": application.state}
    return Facts({**words, "supported_by": _provider(application)}, HOME)


def _provider(application: Application) -> str:
    return application.provider.name if application.provider else "The people who support you"


def place_ended(message: Message, at: datetime) -> Facts | None:
    """That a place is gone, by whom, and what happens next."""
    found = _theirs(message)
    return Facts({**_words(found, at), "state": found.state}, HOME) if found else None


def agreement(message: Message, at: datetime) -> Facts | None:
    """That the agreement waits for their signature."""
    found = _theirs(message)
    words = agreement_words(found, "young_person", at) if found else None
    if found is None or words is None:
        return None
    return Facts({**words, "first_name": _name(found)}, PLACEMENT)


def checkpoint(message: Message, at: datetime) -> Facts | None:
    """One question with a link of its own, while its window is open."""
    found, candidate = _question(message)
    if found is None or candidate is None or found.state not in ("due", "chasing"):
        return None
    if london_date(at) > found.window_closes_on:
        return None
    closes_at = end_of_day(found.window_closes_on)
    words = {"first_name": first_name(candidate), "is_first": found.kind == "START"}
    return Facts(words, link=WantedLink("checkpoint", found.id, closes_at))


def outcome_recorded(message: Message, _at: datetime) -> Facts | None:
    """Who wrote down what about them, and how to say that it is not right."""
    found, candidate = _question(message)
    if found is None or candidate is None:
        return None
    rows = select(Outcome).where(Outcome.checkpoint_id == found.id)
    outcome = db.session.scalar(rows.order_by(Outcome.id.desc()).limit(1))
    if outcome is None or outcome.source not in WHO:
        return None
    said = SAID.get(OutcomeKind(outcome.kind))
    words = {"first_name": first_name(candidate), "who": WHO[outcome.source]}
    return Facts({**words, "said": f"that {said}" if said else SAID_LITTLE}, TIMELINE)


def _question(message: Message) -> tuple[Checkpoint | None, Candidate | None]:
    found = db.session.get(Checkpoint, message.subject_id)
    if found is None:
        return None, None
    of_assignment = db.session.get(Assignment, found.assignment_id or 0)
    application_id = of_assignment.application_id if of_assignment else found.application_id
    application = db.session.get_one(Application, application_id)
    if not _is_theirs(application.candidate, message):
        return None, None
    return found, application.candidate


def _theirs(message: Message) -> Assignment | None:
    found = find_assignment(message.subject_id)
    if found is None or not _is_theirs(found.application.candidate, message):
        return None
    return found


def _is_theirs(candidate: Candidate, message: Message) -> bool:
    return candidate.account_id == message.account_id


def _name(assignment: Assignment) -> str:
    return first_name(assignment.application.candidate)


def _words(assignment: Assignment, at: datetime) -> dict:
    return {**placement_words(assignment, at), "first_name": _name(assignment)}


FACTS = {
    "registered": registered,
    "offer": offer,
    "offer_half_time": offer_half_time,
    "offer_asked_again": offer,
    "offer_last_day": offer_last_day,
    "offer_last_evening": offer_last_day,
    "no_place": no_place,
    "yes_given_for": yes_given_for,
    "entry_changed_for": entry_changed_for,
    "place_ended": place_ended,
    "agreement_young_person": agreement,
    "agreement_young_person_again": agreement,
    "checkpoint": checkpoint,
    "outcome_recorded": outcome_recorded,
}

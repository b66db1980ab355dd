"""What is said about a round on its way: that it opens, what is missing, what is blocked."""

from datetime import datetime

from sqlalchemy import exists, select

from placements.domain.plain_words import day_words, time_words
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES
from placements.domain.working_days import LONDON
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate, ProviderMember
from placements.models.operations import Message
from placements.models.rounds import Round
from placements.outbox.facts import Facts, acts_for_provider, first_name, full_name, is_staff

HOME, PLACES, CHOICES, PEOPLE = "/me", "/me/places", "/me/choices", "/provider/people"
NOT_READY = ("draft", "submitted", "info_requested")
HAS_PLACE = exists().where(
    Assignment.application_id == Application.id, Assignment.state.in_(LIVE_ASSIGNMENT_STATES)
)


def lock_words(round_: Round) -> str:
    """Write when choices close: ``Tuesday 9 June 2026, 10am``."""
    local = round_.locks_at.astimezone(LONDON)
    return f"{day_words(local.date())}, {time_words(local.hour * 60 + local.minute)}"


def thing_missing(message: Message, at: datetime) -> Facts | None:
    """The one thing that a young person still has to send."""
    found = db.session.get(Application, message.subject_id)
    if found is None or found.candidate.account_id != message.account_id:
        return None
    return _missing(found, at, HOME)


def thing_missing_of(message: Message, at: datetime) -> Facts | None:
    """The one thing that is missing about a person of the provider's."""
    found = db.session.get(Application, message.subject_id)
    if found is None or not acts_for_provider(message.account_id, found.provider_id):
        return None
    return _missing(found, at, f"{PEOPLE}/{found.id}")


def entry_asked_again(message: Message, at: datetime) -> Facts | None:
    """That an entry lacks something before the next round; nothing of what it is."""
    found = db.session.get(Application, message.subject_id)
    if found is None or found.candidate.account_id != message.account_id:
        return None
    if found.state not in ("submitted", "info_requested"):
        return None
    words = _entry_words(found, at)
    return Facts({**words, "supported_by": found.provider.name if found.provider else ""}, HOME)


def _missing(application: Application, at: datetime, page: str) -> Facts | None:
    if application.state != "info_requested":
        return None
    return Facts(_entry_words(application, at), page)


def _entry_words(application: Application, at: datetime) -> dict[str, str]:
    ahead = (Round.region_id == application.region_id, Round.state.in_(("planned", "open")))
    rows = select(Round).where(*ahead, Round.locks_at > at).order_by(Round.locks_at)
    round_ = db.session.scalar(rows.limit(1))
    return {
        "first_name": first_name(application.candidate),
        "person": full_name(application.candidate),
        "reason": application.reason or "",
        "lock_day": lock_words(round_) if round_ else "",
    }


def round_opens(message: Message, at: datetime) -> Facts | None:
    """That places can be chosen now, and until when."""
    return _choosing(message, at, PLACES)


def round_locks(message: Message, at: datetime) -> Facts | None:
    """When choices close; nobody who has chosen is asked again."""
    facts = _choosing(message, at, CHOICES)
    return None if facts is None or facts.words["n_chosen"] else facts


def _choosing(message: Message, at: datetime, page: str) -> Facts | None:
    round_ = _open_round(message, at)
    if round_ is None:
        return None
    rows = (
        select(Application)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .where(
            Candidate.account_id == message.account_id,
            Application.region_id == round_.region_id,
            Application.state == "ready",
            ~HAS_PLACE,
        )
    )
    found = db.session.scalar(rows.limit(1))
    if found is None:
        return None
    words = {"first_name": first_name(found.candidate), "lock_day": lock_words(round_)}
    return Facts({**words, "n_chosen": len(found.choices)}, page)


def round_for(message: Message, at: datetime) -> Facts | None:
    """How the people of a provider stand before choices close, in numbers."""
    round_ = _open_round(message, at)
    if round_ is None:
        return None
    rows = (
        select(Application.state, Application.choices)
        .join(ProviderMember, ProviderMember.provider_id == Application.provider_id)
        .where(
            ProviderMember.account_id == message.account_id,
            Application.region_id == round_.region_id,
            Application.state.in_(("ready", *NOT_READY)),
            ~HAS_PLACE,
        )
    )
    found = db.session.execute(rows).all()
    ready = [choices for state, choices in found if state == "ready"]
    if not found:
        return None
    words = {
        "round": round_.name,
        "lock_day": lock_words(round_),
        "n_ready": len(ready),
        "n_without": sum(not choices for choices in ready),
        "n_missing": len(found) - len(ready),
    }
    return Facts(words, PEOPLE)


def _open_round(message: Message, at: datetime) -> Round | None:
    found = db.session.get(Round, message.subject_id)
    return found if found and found.state == "open" and at < found.locks_at else None


def fairness_fails(message: Message, _at: datetime) -> Facts | None:
    """That a plan waits for a reason before it can be approved."""
    round_ = db.session.get(Round, message.subject_id)
    if round_ is None or round_.state != "proposed":
        return None
    if not is_staff(message.account_id, round_.region_id):
        return None
    return Facts({"round": round_.name}, f"/authority/rounds/{round_.id}/plans")


def message_stuck(message: Message, _at: datetime) -> Facts | None:
    """That a message did not go out, and why; it is named by its kind alone."""
    stuck = db.session.get(Message, int(message.key.split(":")[3].partition("-")[0]))
    if stuck is None or stuck.state != "dead":
        return None
    words = {"kind": stuck.template.replace("_", " "), "reason": stuck.last_error or "not known"}
    return Facts(words, "/authority/messages")


FACTS = {
    "thing_missing": thing_missing,
    "thing_missing_again": thing_missing,
    "entry_asked_again": entry_asked_again,
    "thing_missing_of": thing_missing_of,
    "thing_missing_of_again": thing_missing_of,
    "round_opens": round_opens,
    "round_locks_in_5": round_locks,
    "round_locks_in_1": round_locks,
    "round_opens_for": round_for,
    "round_locks_in_5_for": round_for,
    "round_locks_in_1_for": round_for,
    "fairness_fails": fairness_fails,
    "message_stuck": message_stuck,
}

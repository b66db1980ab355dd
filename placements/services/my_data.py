"""Everything kept about a young person, for that person to take away."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account, Session
from placements.models.assignments import WAS_OFFERED, Agreement, Assignment, Signature
from placements.models.candidates import Application, Attendance, Candidate, EqualityAnswer
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.rounds import NextStep
from placements.services.timeline import list_timeline

HIDDEN = frozenset(("id", "salt", "identity_key", "account_id", "candidate_id", "position"))


def export_my_data(actor: Actor) -> dict[str, Any]:
    """Return every personal fact that is kept, as plain values; only the person may.

    A place in line before an answer is not a fact about them yet, so reserves are left out.
    """
    candidate = db.session.get(Candidate, actor.candidate_id or 0)
    if actor.role is not Role.YOUNG_PERSON or candidate is None:
        raise NotFound("Only the person themselves takes their data away.")
    applications = _all(Application, Application.candidate_id == candidate.id)
    entry_ids = [application.id for application in applications]
    seen = (Assignment.candidate_id == candidate.id, WAS_OFFERED)
    assignments = list(db.session.scalars(select(Assignment).where(*seen)))
    ids = [assignment.id for assignment in assignments]
    about = Checkpoint.assignment_id.in_(ids) | Checkpoint.application_id.in_(entry_ids)
    checkpoints = _all(Checkpoint, about)
    asked = Outcome.checkpoint_id.in_([checkpoint.id for checkpoint in checkpoints])
    return {
        "written_at": _plain(clock.now()),
        "you": _row(candidate),
        "sign_in": [_row(a) for a in _all(Account, Account.id == actor.account_id)],
        "signed_in": [_session(s) for s in _all(Session, Session.account_id == actor.account_id)],
        "equality_answers": _rows(EqualityAnswer, EqualityAnswer.candidate_id == candidate.id),
        "entries": [_row(application) for application in applications],
        "places": [_place(assignment) for assignment in assignments],
        "signatures": _signatures(ids),
        "attendance": _rows(Attendance, Attendance.assignment_id.in_(ids)),
        "questions": [_row(checkpoint) for checkpoint in checkpoints],
        "answers": _rows(Outcome, asked),
        "next_steps": _rows(NextStep, NextStep.application_id.in_(entry_ids)),
        "messages": _messages(actor.account_id, entry_ids, ids, [c.id for c in checkpoints]),
        "timeline": [
            {"at": _plain(e.at), "what": e.words, "who": e.who} for e in list_timeline(actor)
        ],
    }


def _all(table: Any, where: Any) -> list[Any]:
    return list(db.session.scalars(select(table).where(where).order_by(table.id)))


def _rows(table: Any, where: Any) -> list[dict[str, Any]]:
    return [_row(record) for record in _all(table, where)]


def _row(record: Any) -> dict[str, Any]:
    names = [column.name for column in record.__table__.columns if column.name not in HIDDEN]
    return {name: _plain(getattr(record, name)) for name in names}


def _place(assignment: Assignment) -> dict[str, Any]:
    placement = assignment.placement
    named = {"title": placement.title, "employer": placement.employer.name}
    return {**named, **_row(assignment)}


def _session(session: Session) -> dict[str, Any]:
    return {"from": _plain(session.created_at), "until": _plain(session.ended_at)}


def _signatures(assignment_ids: list[int]) -> list[dict[str, Any]]:
    rows = select(Signature).join(Agreement, Signature.agreement_id == Agreement.id)
    rows = rows.where(Agreement.assignment_id.in_(assignment_ids)).order_by(Signature.id)
    return [_row(signature) for signature in db.session.scalars(rows)]


def _messages(
    account_id: int | None, entries: list[int], places: list[int], questions: list[int]
) -> list[dict[str, Any]]:
    """List what was sent about this person; a sibling on the same account has their own."""
    about = {"application": entries, "assignment": places, "checkpoint": questions}
    names = ("channel", "template", "send_at", "sent_at", "state")
    return [
        {name: _plain(getattr(message, name)) for name in names}
        for message in _all(Message, Message.account_id == account_id)
        if message.subject_id in about.get(message.subject_kind, ())
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value

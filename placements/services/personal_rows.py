"""Which rows of every table say something of one young person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from placements.domain.personal_data import CODED, INVENTORY, STAYS
from placements.extensions import Base, db
from placements.models.accounts import Account, AuthorityMember, Link, Session, SignInAttempt
from placements.models.assignments import Agreement, Assignment, Edge, Ending, Extension, Signature
from placements.models.candidates import (
    Application,
    Attendance,
    Candidate,
    EqualityAnswer,
    KeyWorker,
    ProviderMember,
)
from placements.models.employers import EmployerMember
from placements.models.operations import ErasureList, IdempotencyKey, ImportRun, Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.rights import RightsRequest
from placements.models.rounds import NextStep, PlanRow, Skip, SnapshotRecord
from placements.services.sign_in_limits import hash_key


@dataclass(frozen=True)
class Person:
    """The keys by which a person's rows are found; `account_id` is 0 unless it is theirs alone."""

    candidate_id: int
    account_id: int
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    references: tuple[str, ...]
    application_ids: tuple[int, ...]
    assignment_ids: tuple[int, ...]
    checkpoint_ids: tuple[int, ...]


def find_person(candidate: Candidate) -> Person:
    """Gather the keys of one person, as stored now."""
    entries = db.session.scalars(
        select(Application).where(Application.candidate_id == candidate.id)
    ).all()
    entry_ids = tuple(entry.id for entry in entries)
    places = select(Assignment.id).where(Assignment.candidate_id == candidate.id)
    place_ids = tuple(db.session.scalars(places))
    asked = or_(Checkpoint.assignment_id.in_(place_ids), Checkpoint.application_id.in_(entry_ids))
    account = _find_own_account(candidate)
    addresses = {candidate.email, candidate.mobile}
    addresses |= {account.email, account.mobile} if account else set()
    return Person(
        candidate_id=candidate.id,
        account_id=account.id if account else 0,
        names=tuple(filter(None, (candidate.name, account.name if account else None))),
        addresses=tuple(sorted(filter(None, addresses))),
        references=tuple(entry.reference for entry in entries),
        application_ids=entry_ids,
        assignment_ids=place_ids,
        checkpoint_ids=tuple(db.session.scalars(select(Checkpoint.id).where(asked))),
    )


def _find_own_account(candidate: Candidate) -> Account | None:
    """Return the account nobody else uses: no sibling, and no organisation it acts for."""
    sibling = aliased(Candidate)
    others = exists().where(sibling.account_id == Account.id, sibling.id != candidate.id)
    acts = [
        exists().where(member.account_id == Account.id)
        for member in (AuthorityMember, ProviderMember, EmployerMember)
    ]
    own = (Account.id == candidate.account_id, ~others, *(~one for one in acts))
    return db.session.scalar(select(Account).where(*own))


def read_rows(table: type[Any], person: Person) -> Iterator[Any]:
    """Yield the rows of one table that are about the person."""
    where = ROUTES[table.__tablename__](person)
    key = table.__mapper__.primary_key
    return iter(db.session.scalars(select(table).where(where).order_by(*key)).all())


def _of_link(person: Person) -> ColumnElement[bool]:
    return or_(
        Link.account_id == person.account_id,
        and_(Link.purpose == "offer", Link.subject_id.in_(person.assignment_ids)),
        and_(Link.purpose == "checkpoint", Link.subject_id.in_(person.checkpoint_ids)),
    )


def of_messages(person: Person) -> ColumnElement[bool]:
    """Messages to the person, and those to others about one of their records."""
    about = {
        "application": person.application_ids,
        "assignment": person.assignment_ids,
        "checkpoint": person.checkpoint_ids,
    }
    return or_(
        Message.account_id == person.account_id,
        *(
            and_(Message.subject_kind == kind, Message.subject_id.in_(ids))
            for kind, ids in about.items()
        ),
    )


def _of_attempts(person: Person) -> ColumnElement[bool]:
    tried = [hash_key("address", address) for address in person.addresses]
    tried += [hash_key("address", f"account {person.account_id}")] if person.account_id else []
    return SignInAttempt.key_hash.in_(tried)


def _of_imports(person: Person) -> ColumnElement[bool]:
    """Files that wait and name the person; a file with a row of theirs is sent in again."""
    told = (*person.names, *person.addresses, *person.references)
    spelt = [func.lower(ImportRun.content).contains(t.lower(), autoescape=True) for t in told]
    return or_(false(), *spelt)


ROUTES: dict[str, Any] = {
    "candidate": lambda p: Candidate.id == p.candidate_id,
    "application": lambda p: Application.candidate_id == p.candidate_id,
    "key_worker": lambda p: KeyWorker.application_id.in_(p.application_ids),
    "equality_answer": lambda p: EqualityAnswer.candidate_id == p.candidate_id,
    "assignment": lambda p: Assignment.candidate_id == p.candidate_id,
    "edge": lambda p: Edge.application_id.in_(p.application_ids),
    "extension": lambda p: Extension.assignment_id.in_(p.assignment_ids),
    "agreement": lambda p: Agreement.assignment_id.in_(p.assignment_ids),
    "signature": lambda p: Signature.agreement_id.in_(
        select(Agreement.id).where(Agreement.assignment_id.in_(p.assignment_ids))
    ),
    "attendance": lambda p: Attendance.assignment_id.in_(p.assignment_ids),
    "ending": lambda p: Ending.assignment_id.in_(p.assignment_ids),
    "checkpoint": lambda p: Checkpoint.id.in_(p.checkpoint_ids),
    "outcome": lambda p: Outcome.checkpoint_id.in_(p.checkpoint_ids),
    "next_step": lambda p: NextStep.application_id.in_(p.application_ids),
    "snapshot_record": lambda p: and_(
        SnapshotRecord.kind == "application", SnapshotRecord.record_id.in_(p.application_ids)
    ),
    "plan_row": lambda p: PlanRow.application_id.in_(p.application_ids),
    "skip": lambda p: Skip.application_id.in_(p.application_ids),
    "account": lambda p: Account.id == p.account_id,
    "session": lambda p: Session.account_id == p.account_id,
    "link": _of_link,
    "sign_in_attempt": _of_attempts,
    "idempotency_key": lambda p: IdempotencyKey.account_id == p.account_id,
    "message": of_messages,
    "import_run": _of_imports,
    "rights_request": lambda p: RightsRequest.candidate_id == p.candidate_id,
    "erasure_list": lambda p: ErasureList.candidate_id == p.candidate_id,
}
"""How the rows of each table are found; the inventory and this name the same tables."""
TABLES: dict[str, Any] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
}


def list_told(person: Person) -> Iterator[tuple[str, int]]:
    """Yield the rows that still hold what an erasure empties, by table and id."""
    for name, route in ROUTES.items():
        left = {f.column: f.erased_to for f in FIELDS[name] if f.erased_to not in (STAYS, CODED)}
        table = TABLES[name].__table__
        key = next(iter(table.primary_key))
        # A file that waits is gone within days; a round that passes over them later says why.
        if not left or name in ("import_run", "idempotency_key", "skip"):
            continue
        rows = select(key, *(table.c[column] for column in left)).where(route(person))
        for row_id, *values in db.session.execute(rows):
            pairs = zip(values, left.values(), strict=True)
            if any(value is not None and value != empty for value, empty in pairs):
                yield name, row_id


FIELDS = {name: [field for field in INVENTORY if field.table == name] for name in ROUTES}

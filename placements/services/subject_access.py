"""Everything that is kept about a person, read from the inventory, for the person to be given.

What a round decided is held back until the round is out: nobody sees a result early (I-22).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.personal_data import GUARDIAN, INVENTORY, SELF, YOUNG_PERSON, PersonalField
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.operations import ImportRun
from placements.models.rounds import Plan, PlanRow, Round
from placements.services.events import record_event
from placements.services.personal_rows import ROUTES, TABLES, Person, find_person, read_rows
from placements.services.transactions import act

OF_A_PLAN = ("plan_row", "skip")
GIVERS = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
Answer = dict[str, Any]


def find_candidate_id(actor: Actor, words: str, field: str = "person") -> int:
    """Return the person that a reference or a number names, of the actor's region."""
    told = words.strip()
    rows = select(Application.candidate_id)
    if actor.region_id is not None:
        rows = rows.where(Application.region_id == actor.region_id)
    same = (
        Application.candidate_id == int(told)
        if told.isdigit()
        else Application.reference == told.upper()
    )
    found = db.session.scalar(rows.where(same).limit(1))
    if found is None:
        raise Invalid(field, f"There is nobody called {told}. Copy a reference from the list.")
    return found


@act
def answer_access(actor: Actor, candidate_id: int) -> Answer:
    """Gather what is kept about a person, to be given to them; staff may, and it is on record."""
    candidate = db.session.get(Candidate, candidate_id)
    of_region = exists().where(
        Application.candidate_id == candidate_id, Application.region_id == actor.region_id
    )
    ours = actor.region_id is None or db.session.scalar(select(of_region))
    if candidate is None or actor.role not in GIVERS or not ours:
        raise NotFound("There is no such person.")
    record_event(actor, "give_data", "candidate", candidate_id, ("", ""), clock.now())
    return gather(candidate)


def gather(candidate: Candidate) -> Answer:
    """Read every personal field of a person from the rows that hold it."""
    person, early = find_person(candidate), _list_early(clock.now())
    kept = _read(ABOUT_THEM, person, set(early))
    kept["plan"] = list(_parts_of_plans(person, early))
    return {
        "written_at": plain(clock.now()),
        "person": {"number": candidate.id, "references": list(person.references)},
        "kept": {table: rows for table, rows in kept.items() if rows},
        "held_back": [
            {"round": name, "until": plain(release_at)} for name, release_at in early.values()
        ],
        "why": [field.to_dict() for field in ABOUT_THEM],
    }


def gather_own(candidate: Candidate) -> Answer:
    """Read what the inventory lets the person see by themselves, at any time.

    An account that they share with a sibling is theirs too; messages about the sibling are not.
    """
    fields = [field for field in ABOUT_THEM if SELF in field.seen_by]
    person, early = find_person(candidate), set(_list_early(clock.now()))
    kept = _read(fields, replace(person, account_id=candidate.account_id or 0), early)
    kept |= _read([field for field in fields if field.table == "message"], person, early)
    # A place in line before an answer is not a fact about them yet.
    kept["assignment"] = [place for place in kept["assignment"] if place["offered_at"]]
    return {table: rows for table, rows in kept.items() if rows}


ABOUT_THEM = tuple(field for field in INVENTORY if field.whose in (YOUNG_PERSON, GUARDIAN))


def _read(
    fields: Sequence[PersonalField], person: Person, early: set[int]
) -> dict[str, list[Answer]]:
    columns: dict[str, list[str]] = {}
    for field in fields:
        if field.table in ROUTES:
            columns.setdefault(field.table, []).append(field.column)
    return {table: list(_describe(table, of, person, early)) for table, of in columns.items()}


def _list_early(at: datetime) -> dict[int, tuple[str, datetime]]:
    """Return the rounds whose result nobody may see yet, and until when."""
    rows = select(Round.id, Round.name, Round.release_at).where(Round.release_at > at)
    return {id_: (name, release_at) for id_, name, release_at in db.session.execute(rows)}


def _describe(
    table: str, columns: Sequence[str], person: Person, early: set[int]
) -> Iterator[Answer]:
    if table == "import_run":
        yield from _lines_of_files(person)
        return
    for row in read_rows(TABLES[table], person):
        if table in OF_A_PLAN and _round_of(row) in early:
            continue
        told = {column: plain(getattr(row, column)) for column in columns}
        yield {**_named(row), **told}


def _named(row: Any) -> Answer:
    """Say which row it is, and of a place which one."""
    key = {name: getattr(row, name) for name in ("id",) if hasattr(row, name)}
    if isinstance(row, Assignment):
        return {**key, "title": row.placement.title, "employer": row.placement.employer.name}
    return key


def _round_of(row: Any) -> int:
    if isinstance(row, PlanRow):
        return db.session.get_one(Plan, row.plan_id).round_id
    return row.round_id


def _lines_of_files(person: Person) -> Iterator[Answer]:
    """Of a file that waits to be added, the lines that name the person and no others."""
    told = [w.casefold() for w in (*person.names, *person.addresses, *person.references)]
    for run in read_rows(ImportRun, person):
        lines = list(enumerate((run.content or "").splitlines(), start=1))
        mine = {n: line for n, line in lines if any(word in line.casefold() for word in told)}
        wrong = [cell for cell in run.errors if cell[0] in mine]
        yield {"id": run.id, "content": list(mine.values()), "errors": wrong}


def _parts_of_plans(person: Person, early: dict[int, Any]) -> Iterator[Answer]:
    """Of each sealed plan, what it says of the person by their reference."""
    mine = select(PlanRow.plan_id).where(PlanRow.application_id.in_(person.application_ids))
    rows = select(Plan).where(Plan.id.in_(mine), Plan.round_id.not_in(early))
    for plan in db.session.scalars(rows.order_by(Plan.id)):
        sealed, own = json.loads(plan.sealed), set(person.references)
        placed = [one for one in sealed["assignments"] if one["candidate"] in own]
        reasons = {ref: why for ref, why in sealed["reasons"].items() if ref in own}
        lines = {
            place: 1 + line.index(ref)
            for place, line in sealed["reserves"].items()
            for ref in line
            if ref in own
        }
        part = {"placed": placed, "reasons": reasons, "in_line": lines}
        yield {"id": plan.id, "plan_hash": plan.plan_hash, "sealed": part}


def list_inventory() -> list[Answer]:
    """List every personal field that the service keeps, of anybody."""
    return [field.to_dict() for field in INVENTORY]


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    return value.isoformat() if isinstance(value, date | datetime) else value

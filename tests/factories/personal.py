"""A region that lived a round, with a marker in every personal field of everybody in it.

Every name is invented. A marker names whose it is and where it was put: `zqx<person>f<number>`.
"""

from datetime import date

from factories.lived import live_a_round
from factories.records import make_application, make_candidate
from sqlalchemy import Date, Float, String, Text, select
from sqlalchemy.types import JSON, Boolean, Integer

from placements import clock
from placements.domain.personal_data import INVENTORY, STAYS, YOUNG_PERSON
from placements.extensions import db
from placements.models.assignments import Ending
from placements.models.candidates import (
    Application,
    Attendance,
    Candidate,
    EqualityAnswer,
    Provider,
)
from placements.models.operations import ImportRun
from placements.services.personal_rows import ROUTES, TABLES, find_person, read_rows
from placements.services.transactions import act

KEYS = ("token_hash", "key_hash", "code_hash", "identity_key", "salt", "key")
# One of a few words, which the database holds it to.
WORDS = ("prefers", "on_time", "did_the_work", "take_again")


def live_with_markers(app, tmp_path):
    """Return the world, and the markers of each person by the fields they are in."""
    world = live_a_round(app, tmp_path)
    add_neighbours(world)
    return world, {p.candidate_id: mark(p.candidate_id) for p in world.people}


@act
def add_neighbours(world):
    """Enough people alike that a district and a group say nothing of one of them."""
    provider = db.session.get_one(Provider, world.provider.organisation_id)
    for entry in db.session.scalars(select(Application)):
        entry.priority = ["care_leaver"]
    for _ in range(5):
        make_application(make_candidate(), provider, priority=["care_leaver"])


def add_more(candidate_id, assignment_ids):
    """Rows of the kinds that a plain round has none of."""
    db.session.add(EqualityAnswer(candidate_id=candidate_id, question="sex", answer="x"))
    for assignment_id in assignment_ids:
        day = date(2026, 7, 14)
        db.session.add(Attendance(assignment_id=assignment_id, day=day, reason="x"))
        told = {"days_attended": 9, "reference_line": "x", "told_at": clock.now()}
        db.session.add(Ending(assignment_id=assignment_id, **told))
    db.session.flush()


@act
def mark(candidate_id):
    """Put a marker in every field of text, and say which field each one is of."""
    candidate = db.session.get_one(Candidate, candidate_id)
    add_more(candidate_id, find_person(candidate).assignment_ids)
    markers, person = {}, find_person(candidate)
    for table in ROUTES:
        fields = [f for f in INVENTORY if f.table == table and f.erased_to is not STAYS]
        if table in ("snapshot_record", "import_run", "erasure_list", "rights_request"):
            continue
        for row in read_rows(TABLES[table], person):
            for field in fields:
                if field.whose != YOUNG_PERSON and field.column == "supervisor_name":
                    continue
                _mark_field(row, field, f"zqx{candidate_id}f", markers)
    db.session.flush()
    markers |= dict.fromkeys(sealed_of(person), "snapshot_record.body")
    _add_waiting_file(candidate_id, markers)
    return markers


def _mark_field(row, field, begin, markers):
    kind = row.__table__.columns[field.column].type
    if field.column in (*KEYS, *WORDS) or isinstance(kind, Boolean | Integer | Date | Float):
        return
    marker = f"{begin}{len(markers)}z"
    if isinstance(kind, JSON):
        value = [{"words": marker}] if isinstance(getattr(row, field.column), list) else marker
        value = {"words": marker} if isinstance(getattr(row, field.column), dict) else value
    elif isinstance(kind, String | Text):
        longest = getattr(kind, "length", None)
        value = f"{marker} {chr(233)}" if not longest or longest > 20 else marker
    else:
        return
    if field.column == "email":
        value = f"{marker}@mail.example"
    if row.__tablename__ == "extension":
        return
    if field.column in ("postcode", "district", "priority"):
        return
    setattr(row, field.column, value)
    markers[marker] = f"{field.table}.{field.column}"


def sealed_of(person):
    """The sealed records of a person; they are never written, so they are their own marker."""
    return [row.body for row in read_rows(TABLES["snapshot_record"], person) if row.body]


def _add_waiting_file(candidate_id, markers):
    marker = f"zqx{candidate_id}f{len(markers)}z"
    name = db.session.scalar(select(Candidate.name).where(Candidate.id == candidate_id))
    run = ImportRun(kind="applications", file_hash=f"{candidate_id:064}")
    run.started_at = clock.now()
    run.content, run.errors = f"reference,name\nZ,{name} {marker}", [[2, "name", marker, "fix"]]
    db.session.add(run)
    markers[marker] = "import_run.content"

"""Who was in a round whose results are out and who was offered a place, as anybody may know it."""

from collections import defaultdict

from sqlalchemy import select

from placements.domain.figures import People, Rows
from placements.domain.measures import IN_ROUND, MATCHED, SQUARES, WHOLE
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.rounds import Round, Snapshot, SnapshotRecord
from placements.services.funnel_people import Narrow, select_assignments
from placements.services.plan_facts import read_groups

EVERYBODY, NOT_KNOWN = "Everybody in the round", "none"


def count_round(round_: Round, narrow: Narrow) -> People:
    """Return the people of a round and those offered a place, by what they told and by square.

    Groups are those of the fairness gate. A square is a kind of work and the district where the
    people live who were offered a place in it.
    """
    entries = _read_entries(round_)
    offers = _read_offers(round_, narrow, "sector"), _read_offers(round_, narrow, "district")
    matched = frozenset(person for person, _ in offers[0].values())
    groups = {
        question: _rows(_gather(entries, answers), matched)
        for question, answers in read_groups(round_).items()
    }
    everybody = _rows({EVERYBODY: frozenset(entries.values())}, matched)
    found = {WHOLE: everybody, **groups, SQUARES: _squares(*offers)}
    return {by: rows for by, rows in found.items() if rows}


def _read_entries(round_: Round) -> dict[str, int]:
    """Return the person of each entry that was sealed, by its reference."""
    rows = (
        select(Application.reference, Application.candidate_id)
        .join(SnapshotRecord, SnapshotRecord.record_id == Application.id)
        .join(Snapshot, Snapshot.id == SnapshotRecord.snapshot_id)
        .where(SnapshotRecord.kind == "application", Snapshot.round_id == round_.id)
        .where(Snapshot.snapshot_hash == round_.snapshot_hash)
    )
    return dict(tuple(row) for row in db.session.execute(rows))


def _read_offers(round_: Round, narrow: Narrow, key: str) -> dict[int, tuple[int, str]]:
    rows = select_assignments(round_.region_id, round_.id, narrow, key)
    return {
        assignment: (person, value or NOT_KNOWN)
        for assignment, person, _, _, value in db.session.execute(rows)
    }


def _gather(entries: dict[str, int], answers: dict[str, str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for reference, answer in answers.items():
        if reference in entries:
            found[answer].add(entries[reference])
    return {answer: frozenset(people) for answer, people in sorted(found.items())}


def _rows(parts: dict[str, frozenset[int]], matched: frozenset[int]) -> Rows:
    return {name: {IN_ROUND: who, MATCHED: who & matched} for name, who in parts.items()}


def _squares(sectors: dict[int, tuple[int, str]], districts: dict[int, tuple[int, str]]) -> Rows:
    found: dict[str, set[int]] = defaultdict(set)
    for assignment, (person, sector) in sectors.items():
        found[name_square(sector, districts[assignment][1])].add(person)
    return {name: {MATCHED: frozenset(people)} for name, people in sorted(found.items())}


def name_square(sector: str, district: str) -> str:
    """Name a kind of work in a district, as a row is called."""
    return f"{sector}, {district}"

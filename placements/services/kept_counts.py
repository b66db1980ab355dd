"""What is left of an erased person so that past figures stand: codes that say nothing of anybody.

A district or a group is kept only where enough others share it.
"""

from typing import Any

from sqlalchemy import func, select

from placements.extensions import db
from placements.models.candidates import Application, Candidate
from placements.models.outcomes import Outcome
from placements.models.rounds import PlanRow
from placements.services.personal_rows import Person, read_rows

FEWEST_ALIKE = 5


def keep_district(candidate: Candidate) -> str | None:
    """Return the district, if enough others live there."""
    alike = select(func.count()).select_from(Candidate)
    alike = alike.where(Candidate.district == candidate.district, Candidate.id != candidate.id)
    return candidate.district if (db.session.scalar(alike) or 0) >= FEWEST_ALIKE else None


def code_rows(table: str, person: Person) -> int:
    """Replace words of one table by the codes that are counted; return how many rows changed."""
    code = CODES.get(table)
    return code(person) if code else 0


def _code_groups(person: Person) -> int:
    return sum(
        _set(entry, "priority", [one for one in entry.priority or () if _is_shared(one, entry)])
        for entry in read_rows(Application, person)
    )


def _is_shared(group: str, entry: Application) -> bool:
    others = select(Application.priority).where(
        Application.region_id == entry.region_id, Application.candidate_id != entry.candidate_id
    )
    return sum(group in (told or ()) for told in db.session.scalars(others)) >= FEWEST_ALIKE


def _code_employers(person: Person) -> int:
    """Number the employers of the answers: whether somebody stayed with one is counted."""
    answers, numbers = list(read_rows(Outcome, person)), {}
    for answer in answers:
        if answer.with_whom:
            numbers.setdefault(answer.with_whom, str(len(numbers) + 1))
    return sum(_set(a, "with_whom", numbers.get(a.with_whom)) for a in answers)


def _code_reasons(person: Person) -> int:
    """Keep the code of why somebody has no place, and none of its words."""
    n_changed = 0
    for row in read_rows(PlanRow, person):
        codes = [why["code"] for why in row.reasons if why.get("code")][:1]
        kept = [{"code": code} for code in codes] if row.placement_id is None else []
        n_changed += _set(row, "reasons", kept)
    return n_changed


def _set(row: Any, name: str, value: Any) -> bool:
    if getattr(row, name) == value:
        return False
    setattr(row, name, value)
    return True


CODES = {"application": _code_groups, "outcome": _code_employers, "plan_row": _code_reasons}

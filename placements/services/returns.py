"""Returns for outside bodies: what was known on a day, in their codes, and what to look at first.

A return is made of stored facts alone, each by the instant it was recorded, so the return of a
past day is made again to the same bytes. Nothing of it is kept, because nothing need be. Facts
that keep no history are as they are now: the date of birth and the plan for special needs.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from placements import clock
from placements.domain.csv_rows import write_rows
from placements.domain.destinations import UNKNOWN
from placements.domain.eligibility import age_on
from placements.domain.errors import Invalid
from placements.domain.permissions import Actor
from placements.domain.returns import (
    HOURS,
    PLACEMENT,
    Fact,
    Line,
    Remark,
    ReturnMapping,
    list_changes,
    load_mapping,
)
from placements.domain.sustained import Activity, Months
from placements.domain.vocabulary import OutcomeKind
from placements.models.outcomes import Checkpoint, Outcome
from placements.services.return_facts import Known, read_known

RETURNS = ("nccis", "ilr", "sustained", "funder")
KEYS = {
    "person": ("reference",),
    "answer": ("reference", "placement", "question"),
    "sustained": ("reference", "placement"),
}
LETTERS = {
    Activity.WORK: "w",
    Activity.EDUCATION: "e",
    Activity.TRAINING: "t",
    Activity.APPRENTICESHIP: "a",
    Activity.NONE: "n",
    None: "?",
}
SPELL = ("reference", "placement", "code", "since")
FIRST_DAY = "has_first_day"
SAID = {True: "yes", False: "no", None: "not known"}


@dataclass
class Return:
    """One return as known on a day: its lines, and what stands in the way or should be looked at.

    What blocks is left out of the lines until it is mended; what cannot be said in the codes of
    the return is listed, never dropped without a word.
    """

    mapping: ReturnMapping
    known_on: date
    lines: list[Line] = field(default_factory=list)
    blocking: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    unmapped: list[Remark] = field(default_factory=list)
    n_said_before: int = 0

    def write(self) -> str:
        """Return the lines as a file."""
        columns = self.mapping.columns
        return write_rows(columns, ([line[name] for name in columns] for line in self.lines))

    def describe(self) -> str:
        """Return the report of the checks as JSON."""
        told = {
            "return": self.mapping.name,
            "mapping_version": self.mapping.version,
            "mapping_sha256": self.mapping.sha256,
            "as_known_on": self.known_on.isoformat(),
            "lines": len(self.lines),
            "said_before": self.n_said_before,
            "codes": dict(sorted(Counter(line["code"] for line in self.lines).items())),
            "sha256": hashlib.sha256(self.write().encode()).hexdigest(),
            "notes": self.mapping.notes,
        }
        for name in ("blocking", "warnings", "unmapped"):
            told[name] = [asdict(remark) for remark in getattr(self, name)]
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def make_return(actor: Actor, folder: Path, name: str, known_on: date) -> Return:
    """Make a return as known at the end of a day; the authority, or a provider of its own people.

    `folder` holds the mapping files. Raises `Invalid` for a day that has not come.
    """
    if name not in RETURNS:
        raise Invalid("name", f"Write one of: {', '.join(RETURNS)}.")
    if known_on > clock.today():
        raise Invalid("as_known_on", "Nothing is known yet on a day that has not come.")
    made = Return(load_mapping(folder, name), known_on)
    known = sorted(read_known(actor, known_on), key=lambda one: (one.reference, one.assignment_id))
    makers = {"person": _people, "answer": _answers, "sustained": _sustained}
    for one, facts, line in makers[made.mapping.rows](known, known_on):
        if _is_in_scope(made, one):
            _add(made, one, facts, line)
    if made.mapping.rows == "answer":
        _say_once(made)
    made.lines.sort(key=lambda line: [line[name] for name in KEYS[made.mapping.rows]])
    return made


def _say_once(made: Return) -> None:
    """Keep the first line of what was told again: the same code since the same day."""
    first: dict[tuple[str, ...], Line] = {}
    for line in made.lines:
        first.setdefault(tuple(line[name] for name in SPELL), line)
    made.n_said_before = len(made.lines) - len(first)
    made.lines = list(first.values())


def compare_returns(made: Return, earlier: Return) -> str:
    """Return how a return differs from an earlier one, as a file."""
    key = KEYS[made.mapping.rows]
    found = list_changes(earlier.lines, made.lines, key)
    header = ["change", *key, "was", "now"]
    return write_rows(header, ([line[name] for name in header] for line in found))


def _add(made: Return, one: Known, facts: dict[str, Fact], line: Line) -> None:
    rule = made.mapping.find_rule(facts)
    if rule is None:
        words = f"{facts.get('kind', facts.get('sustained'))} has no code in this return."
        made.unmapped.append(Remark(one.reference, words))
    elif rule.blocking is not None:
        made.blocking.append(Remark(one.reference, rule.blocking))
    else:
        full = dict.fromkeys(made.mapping.columns, "") | _about(one) | line
        made.lines.append(full | {"code": rule.code or "", "label": rule.label})
        words = [rule.warning] if rule.warning else []
        if facts.get(FIRST_DAY) is False and "since" in made.mapping.columns:
            words.append("No first day is recorded: the day of the question is returned.")
        made.warnings += [Remark(one.reference, each) for each in words]


def _is_in_scope(made: Return, one: Known) -> bool:
    scope = made.mapping.scope
    if scope is None:
        return True
    if one.born_on is None:
        words = "No date of birth is kept, so nobody can say whether they belong in this return."
        made.blocking.append(Remark(one.reference, words))
        return False
    oldest = scope.max_age_with_ehcp if one.has_ehcp else scope.max_age
    return scope.min_age <= age_on(one.born_on, made.known_on) <= oldest


Made = Iterator[tuple[Known, dict[str, Fact], Line]]


def _people(known: Iterable[Known], known_on: date) -> Made:
    """One line a person: what they do by the newest answer after their last placement."""
    last = {one.candidate_id: one for one in known}
    for one in sorted(known, key=lambda one: one.assignment_id):
        last[one.candidate_id] = one
    for one in last.values():
        if not one.has_ended:
            yield one, {"kind": PLACEMENT}, {"since": _day(one.start_on)}
        elif not one.after:
            yield one, {"kind": "UNKNOWN"}, {}
        else:
            checkpoint, outcome = max(one.after.values(), key=lambda pair: pair[0].due_on)
            yield one, _facts(outcome), _told(checkpoint, outcome)


def _answers(known: Iterable[Known], known_on: date) -> Made:
    """One line an answer after the end, in the order of the questions."""
    for one in known:
        for checkpoint, outcome in sorted(one.after.values(), key=lambda pair: pair[0].due_on):
            yield one, _facts(outcome), _told(checkpoint, outcome)


def _sustained(known: Iterable[Known], known_on: date) -> Made:
    """One line a placement whose six months are over."""
    for one in known:
        if one.six_months_on is None or one.six_months_on > known_on:
            continue
        verdict, months = one.is_sustained, one.months
        facts: dict[str, Fact] = {"sustained": SAID[verdict]}
        if verdict:
            facts["mainly"] = _mainly(months)
        line = {
            "months": "".join(LETTERS[month] for month in months),
            "half_a_year_of_work": SAID[one.has_half_a_year_of_work],
        }
        yield one, facts, line


def _mainly(months: Months) -> str:
    """Return what most months were; at a tie what came later."""
    active = [month for month in months if month not in (None, Activity.NONE)]
    return max(reversed(active), key=active.count).value


def _facts(outcome: Outcome) -> dict[str, Fact]:
    return {
        "kind": outcome.kind,
        "training": outcome.training,
        "is_temporary": outcome.is_temporary,
        "scheme": outcome.scheme,
        "reason": outcome.reason,
        HOURS: outcome.hours_per_week,
        FIRST_DAY: outcome.from_on is not None or OutcomeKind(outcome.kind) in UNKNOWN,
    }


def _told(checkpoint: Checkpoint, outcome: Outcome) -> Line:
    return {
        "question": checkpoint.kind,
        "since": _day(outcome.from_on or checkpoint.due_on),
        "until": _day(outcome.to_on),
        "known_on": _day(outcome.recorded_at.astimezone(clock.LONDON).date()),
        "source": outcome.evidence_level,
    }


def _about(one: Known) -> Line:
    return {
        "reference": one.reference,
        "placement": one.placement,
        "provider": one.provider,
        "district": one.district,
        "started_on": _day(one.start_on),
        "ended_on": _day(one.end_on),
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""

"""From a pledge to a sustained destination: each number, and the records it counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from placements.domain.destinations import has_destination, is_sustained
from placements.domain.errors import NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import CheckpointKind, Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import History
from placements.models.candidates import Application, Candidate
from placements.models.employers import Employer, Pledge
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement

Answers = dict[CheckpointKind, OutcomeKind]


@dataclass(frozen=True)
class Stage:
    """One number of the funnel: what it counts, the ids behind it, and who is not known yet."""

    name: str
    counts: str
    n: int
    ids: tuple[int, ...]
    unknown_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Narrow:
    """Which part of a region to count; None is all. Providers and districts have no pledges."""

    provider_id: int | None = None
    sector: str | None = None
    district: str | None = None


ALL = Narrow()


def list_funnel(actor: Actor, round_id: int | None = None, narrow: Narrow = ALL) -> list[Stage]:
    """Count a region, or one of its rounds; authority staff may, for their region.

    Pledged and published count places of the whole region, or of the sector in `narrow`; the
    others count people.
    """
    if actor.role not in (Role.OPERATOR, Role.APPROVER):
        raise NotAllowed("Only the authority sees the whole funnel.")
    if actor.region_id is None:
        raise NotFound("A funnel belongs to a region; sign in as its staff.")
    reached = _reached_states(actor.region_id, round_id, narrow)
    answers = _standing_answers(reached["completed"])
    return [
        _pledged(actor.region_id, narrow.sector),
        _published(actor.region_id, narrow.sector),
        _people("matched", reached["offered"].values()),
        _people("accepted", reached["accepted"].values()),
        _people("started", reached["started"].values()),
        _people("completed", reached["completed"].values()),
        _judged("destination", reached["completed"], answers, has_destination),
        _judged("sustained", reached["completed"], answers, is_sustained),
    ]


def _pledged(region_id: int, sector: str | None) -> Stage:
    rows = select(Pledge.id, Pledge.n_places).join(Employer, Pledge.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Pledge.answer == "yes")
    if sector is not None:
        rows = rows.where(Employer.sector == sector)
    return _places("pledged", db.session.execute(rows.order_by(Pledge.id)))


def _published(region_id: int, sector: str | None) -> Stage:
    live = select(History.record_id).where(
        History.kind == Kind.PLACEMENT.value, History.to_state == "live"
    )
    rows = select(Placement.id, Placement.capacity)
    rows = rows.join(Employer, Placement.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Placement.id.in_(live))
    if sector is not None:
        rows = rows.where(Placement.sector == sector)
    return _places("published", db.session.execute(rows.order_by(Placement.id)))


def _places(name: str, rows: Iterable[tuple[int, int]]) -> Stage:
    found = [(record_id, n) for record_id, n in rows]
    return Stage(name, "places", sum(n for _, n in found), tuple(i for i, _ in found))


def _reached_states(
    region_id: int, round_id: int | None, narrow: Narrow
) -> dict[str, dict[int, int]]:
    """Return, for each state, the assignments that were ever in it and whose they are."""
    rows = (
        select(History.to_state, Assignment.id, Assignment.candidate_id)
        .join(Assignment, Assignment.id == History.record_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(History.kind == Kind.ASSIGNMENT.value, Application.region_id == region_id)
    )
    if round_id is not None:
        rows = rows.where(Assignment.round_id == round_id)
    if narrow.provider_id is not None:
        rows = rows.where(Application.provider_id == narrow.provider_id)
    if narrow.sector is not None:
        rows = rows.join(Placement, Placement.id == Assignment.placement_id)
        rows = rows.where(Placement.sector == narrow.sector)
    if narrow.district is not None:
        rows = rows.join(Candidate, Candidate.id == Assignment.candidate_id)
        rows = rows.where(Candidate.district == narrow.district)
    reached: dict[str, dict[int, int]] = {
        state: {} for state in ("offered", "accepted", "started", "completed")
    }
    for state, assignment_id, candidate_id in db.session.execute(rows):
        reached.setdefault(state, {})[assignment_id] = candidate_id
    return reached


def _people(name: str, candidate_ids: Iterable[int]) -> Stage:
    ids = tuple(sorted(set(candidate_ids)))
    return Stage(name, "people", len(ids), ids)


def _standing_answers(assignments: dict[int, int]) -> dict[int, Answers]:
    """Return each person's answer to each question, the one no later answer supersedes."""
    rows = (
        select(Checkpoint.assignment_id, Checkpoint.kind, Outcome.kind)
        .join(Checkpoint, Outcome.checkpoint_id == Checkpoint.id)
        .where(Checkpoint.kind.in_(("W4", "M3", "M6", "M12")))
        .order_by(Outcome.id)
    )
    answers: dict[int, Answers] = {}
    for assignment_id, question, kind in db.session.execute(rows):
        if assignment_id in assignments:
            person = answers.setdefault(assignments[assignment_id], {})
            person[CheckpointKind(question)] = OutcomeKind(kind)
    return answers


def _judged(name, assignments: dict[int, int], answers: dict[int, Answers], judge) -> Stage:
    people = sorted(set(assignments.values()))
    verdicts = {person: judge(answers.get(person, {})) for person in people}
    yes = tuple(person for person, verdict in verdicts.items() if verdict)
    unknown = tuple(person for person, verdict in verdicts.items() if verdict is None)
    return Stage(name, "people", len(yes), yes, unknown)

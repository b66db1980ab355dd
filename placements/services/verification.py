"""Answers looked at again: a sample of each provider's, what was wrong, and disputes settled."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, NotAllowed, NotFound
from placements.domain.funnel import JUDGED_STAGES, Stage
from placements.domain.measures import wilson
from placements.domain.permissions import Actor
from placements.domain.sampling import draw_sample
from placements.domain.vocabulary import Kind, OutcomeKind, Role, Source
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application, Provider
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import transitions
from placements.services.destinations import QUESTIONS
from placements.services.events import record_event
from placements.services.funnel import list_parts
from placements.services.notices import tell_outcome
from placements.services.outcomes import (
    Answer,
    build_outcome,
    check_answer,
    find_standing_outcome,
    get_checkpoint,
)
from placements.services.transactions import act

RIGHT, WRONG = "check_right", "check_wrong"


@dataclass(frozen=True)
class ToCheck:
    """One answer of a sample: whose, to which question, what, and what the first look found."""

    outcome_id: int
    checkpoint_id: int
    reference: str
    question: str
    kind: OutcomeKind
    provider: str
    is_right: bool | None


@dataclass(frozen=True)
class ErrorRate:
    """How many of a provider's answers were wrong among those looked at, and what it does.

    `low` and `high` are the 95 % interval. `effects` has, for each rate among the known, the rate
    as published, as it would be with as many wrong, and at worst: every wrong yes a no.
    """

    provider: str
    n_told: int
    n_sampled: int
    n_checked: int
    n_wrong: int
    low: float | None
    high: float | None
    effects: dict[str, tuple[float, float, float]]


def list_sample(actor: Actor, seed: int, round_id: int | None = None) -> list[ToCheck]:
    """Draw the answers to look at: a fifth of each provider's, at least 2, at most 20.

    A question stays in the sample when its answer is superseded later, and what the first look
    found stays counted when the provider mends it.
    """
    told, looks = _read_told(actor, round_id), _read_looks(actor)
    found = []
    for provider in sorted(told):
        drawn = set(draw_sample(told[provider], seed))
        found += [_describe(told[provider][n], provider, looks) for n in sorted(drawn)]
    return found


@act
def check_answer_given(actor: Actor, outcome_id: int, is_right: bool) -> None:
    """Say whether an answer is right, after a look at what shows it; not who recorded it.

    One that is right and has evidence is verified (I-40). One that is wrong stays until a better
    answer supersedes it, and counts as an error.
    """
    if actor.role is not Role.OPERATOR or actor.account_id is None:
        raise NotAllowed("Only staff who run rounds check answers.")
    outcome = db.session.get(Outcome, outcome_id)
    if outcome is None:
        raise NotFound("There is no such answer.")
    checkpoint, at = get_checkpoint(actor, outcome.checkpoint_id), clock.now()
    if outcome.recorded_by == actor.account_id:
        raise GuardRefused("Another member of staff must check what you recorded.")
    same = (checkpoint.state, checkpoint.state)
    action = RIGHT if is_right else WRONG
    record_event(actor, action, Kind.CHECKPOINT, checkpoint.id, same, at)
    stands = find_standing_outcome(checkpoint) is outcome
    if is_right and stands and outcome.evidence and checkpoint.state == "evidenced":
        transitions.move(checkpoint, Kind.CHECKPOINT, "verify", actor, at)
        outcome.verified_by = actor.account_id


def list_errors(actor: Actor, seed: int, round_id: int | None = None) -> list[ErrorRate]:
    """Return each provider's share of wrong answers among those looked at, and its effect."""
    told = _read_told(actor, round_id)
    sample = list_sample(actor, seed, round_id)
    parts = {part.name: part.stages for part in list_parts(actor, "provider", round_id)}
    return [
        _rate(
            provider,
            len(told[provider]),
            [one.is_right for one in sample if one.provider == provider],
            parts.get(provider, []),
        )
        for provider in sorted(told)
    ]


def _rate(provider: str, n_told: int, found: list[bool | None], stages: list[Stage]) -> ErrorRate:
    n_checked, n_wrong = sum(one is not None for one in found), found.count(False)
    interval = wilson(n_wrong, n_checked)
    low, high = interval or (None, None)
    effects = {}
    if interval is not None:
        for stage in stages:
            if stage.name in JUDGED_STAGES and stage.n_known:
                rate = stage.n / stage.n_known
                shares = (0.0, n_wrong / n_checked, interval[1])
                effects[stage.name] = tuple(round(100 * rate * (1 - s), 1) for s in shares)
    return ErrorRate(provider, n_told, len(found), n_checked, n_wrong, low, high, effects)


Told = dict[int, tuple[Outcome, Checkpoint, str]]


def _read_told(actor: Actor, round_id: int | None) -> dict[str, Told]:
    """Return the last answer a provider gave to each later question, by provider and question."""
    if actor.role not in (Role.OPERATOR, Role.APPROVER):
        raise NotAllowed("Only the authority looks at a sample.")
    rows = (
        select(Outcome, Checkpoint, Application.reference, Provider.name)
        .join(Checkpoint, Outcome.checkpoint_id == Checkpoint.id)
        .join(Assignment, Checkpoint.assignment_id == Assignment.id)
        .join(Application, Assignment.application_id == Application.id)
        .join(Provider, Application.provider_id == Provider.id)
        .where(Application.region_id == actor.region_id, Checkpoint.kind.in_(QUESTIONS))
        .where(Outcome.source == Source.PROVIDER.value)
        .order_by(Outcome.id)
    )
    if round_id is not None:
        rows = rows.where(Assignment.round_id == round_id)
    last = {row.Checkpoint.id: row for row in db.session.execute(rows)}
    told: dict[str, Told] = defaultdict(dict)
    for outcome, checkpoint, reference, provider in last.values():
        told[provider][checkpoint.id] = (outcome, checkpoint, reference)
    return told


def _read_looks(actor: Actor) -> dict[int, list[Event]]:
    looks: dict[int, list[Event]] = defaultdict(list)
    rows = select(Event).where(
        Event.kind == Kind.CHECKPOINT.value, Event.action.in_((RIGHT, WRONG))
    )
    for event in db.session.scalars(rows.order_by(Event.seq)):
        looks[event.record_id].append(event)
    return looks


def _describe(
    told: tuple[Outcome, Checkpoint, str], provider: str, looks: dict[int, list[Event]]
) -> ToCheck:
    outcome, checkpoint, reference = told
    found = [event.action == RIGHT for event in looks[checkpoint.id]]
    kind = OutcomeKind(outcome.kind)
    facts = (outcome.id, checkpoint.id, reference, checkpoint.kind, kind, provider)
    return ToCheck(*facts, found[0] if found else None)


@act
def settle_dispute(actor: Actor, checkpoint_id: int, right: Answer | None = None) -> None:
    """Settle what the young person says is not right: the answer stands, or `right` replaces it.

    Only staff who run rounds may; the person is told. The answer before is kept.
    """
    checkpoint, at = get_checkpoint(actor, checkpoint_id), clock.now()
    outcome = find_standing_outcome(checkpoint)
    if right is not None:
        check_answer(right)
        earlier, outcome = outcome, build_outcome(actor, checkpoint, right, Source.SELF, at)
        outcome.supersedes_id = earlier.id if earlier else None
        db.session.add(outcome)
    has_evidence = outcome is not None and bool(outcome.evidence)
    action = "settle_with_evidence" if has_evidence else "settle"
    settled = transitions.move(checkpoint, Kind.CHECKPOINT, action, actor, at)
    tell_outcome(settled, checkpoint, actor)

"""Many answers kept in one act: a table of forty people, or a part of a file.

Better evidence supersedes. An answer that contradicts what is better known is kept beside it and
changes nothing, so that whoever checks sees both.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Refusal
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role, Source
from placements.extensions import db
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import transitions
from placements.services.events import find_pending, record_event
from placements.services.notices import tell_outcomes
from placements.services.outcomes import (
    FACTS,
    SPEAKS_AS,
    Answer,
    action_of,
    build_outcome,
    check_answer,
    list_chosen,
    may_supersede,
    pick_standing,
)
from placements.services.transactions import act

CONTRADICTS = "contradict"
NOT_ASKED = {
    "scheduled": "This question is not asked yet. Its day is {day}.",
    "disputed": "The young person said that this is not right. It is being looked at.",
    "not_applicable": "This question is no longer asked.",
}


@dataclass(frozen=True)
class Said:
    """One answer to one question, and on whose word."""

    checkpoint: Checkpoint
    answer: Answer
    source: Source


@dataclass(frozen=True)
class _New:
    checkpoint: Checkpoint
    outcome: Outcome
    action: str


@act
def record_table(actor: Actor, answers: dict[int, Answer]) -> dict[int, str]:
    """Record the answers of a table, by question, or none of them if one cannot be kept.

    Returns what is wrong, by question; {} when all are kept. The young person, their provider or
    the placement's employer may.
    """
    if actor.role not in SPEAKS_AS:
        raise GuardRefused("An outcome is recorded by the person, their provider or the employer.")
    mine = {checkpoint.id: checkpoint for checkpoint in list_chosen(actor, answers)}
    unknown = dict.fromkeys(answers.keys() - mine.keys(), "There is no such question of yours.")
    said = [Said(mine[i], a, SPEAKS_AS[actor.role]) for i, a in answers.items() if i in mine]
    verdicts = keep_answers(actor, said, all_or_none=True) if not unknown else []
    refused = {
        one.checkpoint.id: str(verdict)
        for one, verdict in zip(said, verdicts, strict=bool(verdicts))
        if isinstance(verdict, Refusal)
    }
    return unknown | refused


def keep_answers(
    actor: Actor, said: Sequence[Said], *, all_or_none: bool = False, quiet: bool = False
) -> list[bool | Refusal]:
    """Keep each answer; say False for one that is here already, and why for one refused.

    Part of an act. What staff bring from matched data is moved by the system in their name. If
    `quiet`, nobody is told.
    """
    at, here = clock.now(), _read_outcomes(said)
    mover = actor if actor.role in SPEAKS_AS else Actor(Role.SYSTEM, actor.account_id)
    new: list[_New] = []
    verdicts: list[bool | Refusal] = []
    for one in said:
        try:
            found = _decide(mover, one, here[one.checkpoint.id], at)
        except Refusal as refused:
            verdicts.append(refused)
        else:
            verdicts.append(found is not None)
            if found is not None:
                new.append(found)
                here[one.checkpoint.id].append(found.outcome)
    if not (all_or_none and any(isinstance(verdict, Refusal) for verdict in verdicts)):
        _write(mover, new, at, quiet)
    return verdicts


def _read_outcomes(said: Sequence[Said]) -> dict[int, list[Outcome]]:
    ids = [one.checkpoint.id for one in said]
    found: dict[int, list[Outcome]] = defaultdict(list)
    rows = select(Outcome).where(Outcome.checkpoint_id.in_(ids)).order_by(Outcome.id)
    for outcome in db.session.scalars(rows):
        found[outcome.checkpoint_id].append(outcome)
    return found


def _decide(actor: Actor, one: Said, here: list[Outcome], at: datetime) -> _New | None:
    """Return the new answer and what it does, or None if it is here already."""
    checkpoint = one.checkpoint
    if checkpoint.state in NOT_ASKED:
        raise GuardRefused(NOT_ASKED[checkpoint.state].format(day=f"{checkpoint.due_on:%-d %B %Y}"))
    check_answer(one.answer)
    outcome = build_outcome(actor, checkpoint, one.answer, one.source, at)
    if any(all(getattr(old, f) == getattr(outcome, f) for f in FACTS) for old in here):
        return None
    standing = pick_standing(here)
    if standing is None:
        return _New(checkpoint, outcome, action_of(one.answer, checkpoint))
    if may_supersede(outcome, standing):
        outcome.supersedes_id = standing.id
        return _New(checkpoint, outcome, "supersede")
    return _New(checkpoint, outcome, CONTRADICTS)


def _write(actor: Actor, new: Sequence[_New], at: datetime, quiet: bool) -> None:
    moved = [one for one in new if one.action != CONTRADICTS]
    for action, together in _alike(moved, lambda one: one.action):
        transitions.move_all(together, Kind.CHECKPOINT, action, actor, at)
        told = find_pending(Kind.CHECKPOINT, action)
        if not quiet:
            tell_outcomes([(told[c.id], c) for c in together], actor)
    for one in new:
        if one.action == CONTRADICTS:
            same = (one.checkpoint.state, one.checkpoint.state)
            record_event(actor, CONTRADICTS, Kind.CHECKPOINT, one.checkpoint.id, same, at)
    db.session.add_all([one.outcome for one in new])
    db.session.flush()
    proven = [one for one in moved if one.outcome.evidence and one.checkpoint.state == "recorded"]
    for _, together in _alike(proven, lambda one: "evidence"):
        transitions.move_all(together, Kind.CHECKPOINT, "evidence", SYSTEM, at)


def _alike(
    new: Sequence[_New], action_of: Callable[[_New], str]
) -> list[tuple[str, list[Checkpoint]]]:
    """Return the questions that can be moved in one write: of one action, state and version."""
    groups: dict[tuple[str, str, int], list[Checkpoint]] = defaultdict(list)
    for one in new:
        checkpoint = one.checkpoint
        groups[action_of(one), checkpoint.state, checkpoint.version].append(checkpoint)
    return [(action, together) for (action, _, _), together in groups.items()]

"""How the demo's days pass: each due step runs at its own instant, people act in between."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime

from placements import clock
from placements.domain.permissions import Actor
from placements.services import approvals, rounds
from placements.services.occurrences import find_next_due_at

RunDue = Callable[[], int]
Deed = tuple[datetime, Callable[[], object]]


def run_until(limit: datetime, run_due: RunDue) -> None:
    """Run every step that falls due up to `limit`, with the clock held at its instant."""
    while (due_at := find_next_due_at()) is not None and due_at <= limit:
        with clock.held_at(due_at):
            if not run_due():
                raise RuntimeError("A due step did not run: another worker is at this database.")


def live(deeds: Iterable[Deed], run_due: RunDue) -> None:
    """Do each deed at its instant, after every step that fell due before it."""
    for at, deed in sorted(deeds, key=lambda dated: dated[0]):
        run_until(at, run_due)
        with clock.held_at(at):
            deed()


def approve(approver: Actor, round_id: int) -> None:
    """Approve the plan that the schedule made, as the second person."""
    round_ = rounds.get_round(approver, round_id)
    approvals.approve_plan(approver, round_id, round_.plan_hash or "", round_.snapshot_hash or "")


def dice(*facts: object) -> random.Random:
    """Return chances that depend on the facts alone, whoever is asked first."""
    return random.Random(":".join(map(str, facts)))

"""The one next step of a round, for who reads it."""

from dataclasses import dataclass
from typing import Any

from placements import clock
from placements.domain.lifecycles import list_allowed_actions
from placements.domain.vocabulary import Kind, Role
from placements.web.pages import moment_words


@dataclass(frozen=True)
class NextStep:
    """What happens next; `endpoint` is the page it is done on, if this person can do it."""

    words: str
    button: str = ""
    endpoint: str = ""
    is_act: bool = False


def find_next_step(round_: Any, role: Role, sent_back: Any = None) -> NextStep:
    """Return exactly one next step."""
    if round_.state == "proposed":
        return _of_proposed(role, sent_back)
    step = _steps(round_)[round_.state]
    if role is Role.APPROVER and not _reads_only(step):
        return NextStep(step.words)
    return step


def can(round_: Any, role: Role, action: str) -> bool:
    """Say whether `role` may take the action from the state the round is in."""
    return action in list_allowed_actions(Kind.ROUND, round_.state, (role,))


def is_out(round_: Any) -> bool:
    """Say whether the results have gone out."""
    return round_.state in ("published", "settling", "final")


def _reads_only(step: NextStep) -> bool:
    return step.endpoint in (".settling", ".funnel", ".publish", "")


def _of_proposed(role: Role, sent_back: Any) -> NextStep:
    if role is Role.APPROVER:
        words = "A plan waits for your approval."
        return NextStep(words, "Read and approve", ".approve")
    if sent_back:
        words = f"{sent_back.by} sent the plan back. Choose or make another."
        return NextStep(words, "Compare the plans", ".plans")
    return NextStep("The plan waits for an approver.", "Compare the plans", ".plans")


def _steps(round_: Any) -> dict[str, NextStep]:
    opens, locks, out = map(moment_words, (round_.opens_at, round_.locks_at, round_.release_at))
    now = clock.now()
    late = now >= round_.release_at
    lock = (
        "The time to lock has passed."
        if now >= round_.locks_at
        else f"It locks by itself: {locks}."
    )
    publish = "The release time has passed." if late else f"Results go out by themselves: {out}."
    return {
        "planned": NextStep(f"It opens by itself: {opens}.", "Open it now", ".open_round", True),
        "open": NextStep(lock, "Lock the round", ".lock"),
        "locked": NextStep("The records are sealed.", "Make a plan", ".run"),
        "simulating": NextStep("The plan is being made.", "See how far it is", ".run"),
        "failed": NextStep("The plan could not be made.", "See why, and try again", ".run"),
        "approved": NextStep(publish, "See what goes out", ".publish"),
        "published": NextStep("Results are out.", "See the answers", ".settling"),
        "settling": NextStep("Answers are coming in.", "See the answers", ".settling"),
        "final": NextStep("The round is finished.", "See the funnel", ".funnel"),
        "cancelled": NextStep("The round was not run. Everyone stays in for the next one."),
    }

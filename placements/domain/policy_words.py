"""The rules of a round in plain sentences, with what the engine takes when nothing is set."""

from collections.abc import Mapping
from typing import Any

AIMS = ("priority", "choice", "travel", "lottery")
MECHANISM_NAMES = {
    "optimal": "Best overall plan",
    "stable": "Stable plan",
    "serial": "In lottery order",
    "nearest": "Nearest place",
}
MECHANISM_WORDS = {
    "optimal": "Place as many people as possible, then follow the aims below in order.",
    "stable": "No person and place would both rather have each other than what they got.",
    "serial": "People choose one after the other, in an order drawn by lot.",
    "nearest": "Each person gets the nearest place that is free. A baseline to compare with.",
}
AIM_WORDS = {
    "priority": "people in the priority groups come first",
    "choice": "people get the placement they ranked highest",
    "travel": "journeys are short",
    "lottery": "what is still equal is drawn by lot",
}


PIN_REASONS = {
    "person_asked": "The young person asked",
    "provider_asked": "Their provider asked",
    "employer_asked": "The employer asked",
    "access": "What they need to take part",
    "safety": "To keep somebody safe",
}
NOT_FOR_THE_ENGINE = ("fairness_gate", "pin_notes")


def engine_rules(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a round's rules the engine reads; the gate and the notes are for people."""
    return {name: rule for name, rule in policy.items() if name not in NOT_FOR_THE_ENGINE}


def mechanism_of(policy: Mapping[str, Any]) -> str:
    """Return the mechanism a policy names; the engine's own when it names none."""
    return str(policy.get("mechanism", "optimal"))


def aims_of(policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the aims in order."""
    return tuple(policy.get("objectives", AIMS))


def policy_sentence(policy: Mapping[str, Any]) -> str:
    """Write the whole policy in plain sentences: the aims in order, then what binds them."""
    order = "; then ".join(_steps(policy))
    first = f"First, the most people are placed. Then, in this order: {order}."
    return " ".join([first, *list_bounds(policy)])


def _steps(policy: Mapping[str, Any]) -> list[str]:
    """Aims one by one; those with a weight count together."""
    weights, steps, together = dict(policy.get("weights", ())), [], []
    for aim in aims_of(policy):
        if aim in weights:
            together.append(f"{AIM_WORDS[aim]} ({weights[aim]})")
            steps += [""] if len(together) == 1 else []
        else:
            steps.append(AIM_WORDS[aim])
    traded = " and ".join(together) + ", traded against each other by these numbers"
    return [step or traded for step in steps]


def list_bounds(policy: Mapping[str, Any]) -> list[str]:
    """List what a plan has to keep whatever its aims: shares of the places, certain places only."""
    said = []
    for group, least, most in policy.get("shares", ()):
        name = str(group).replace("_", " ")
        if least:
            said.append(f"Of all places, {least} in 100 are kept for {name} as long as they fit.")
        if most < 100:
            said.append(f"Of all places, at most {most} in 100 go to {name}.")
    if not policy.get("uncertain_places", True):
        said.append("Only places that the employers are sure of are given.")
    return said

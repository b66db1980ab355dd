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


def mechanism_of(policy: Mapping[str, Any]) -> str:
    """Return the mechanism a policy names; the engine's own when it names none."""
    return str(policy.get("mechanism", "optimal"))


def aims_of(policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the aims in order."""
    return tuple(policy.get("objectives", AIMS))


def policy_sentence(policy: Mapping[str, Any]) -> str:
    """Write the whole policy as one plain sentence."""
    aims = [AIM_WORDS[aim] for aim in aims_of(policy)]
    order = "; then ".join(aims)
    return f"First, the most people are placed. Then, in this order: {order}."


def list_pins(policy: Mapping[str, Any]) -> list[str]:
    """List, by reference, the pairs that staff fixed or ruled out."""
    fixed = [f"{person} must go to {place}" for person, place in policy.get("pins", ())]
    barred = [f"{person} must not go to {place}" for person, place in policy.get("forbidden", ())]
    return [*fixed, *barred]

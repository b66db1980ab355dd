"""A draft of the public record of a round, by the UK Algorithmic Transparency Recording Standard.

The standard asks for words; the figures among them come from the policy and the plan, so that
the record of a round cannot say what the round did not do.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping

from matching.errors import PlanError
from matching.market import Market
from matching.plan import Plan
from matching.sealing.coarse import name_travel
from matching.transparency_words import FIELDS, SECTIONS

MECHANISMS = {
    "optimal": (
        "As many people as possible are placed; among all ways to do so, the one that serves the "
        "objectives best.",
        "A minimum-cost assignment with capacities (a network flow; where side rules bind, a "
        "whole-number program).",
    ),
    "stable": (
        "Nobody would rather have a place that would rather have them.",
        "Deferred acceptance, people proposing (Gale and Shapley, doi:10.2307/2312726).",
    ),
    "serial": (
        "In lottery order, each person takes the best place left for them.",
        "Serial dictatorship in the order of the lottery numbers.",
    ),
    "nearest": ("The shortest journeys are given first.", "A greedy choice by travel time."),
}
OBJECTIVES = {
    "priority": "people of the priority groups first",
    "choice": "places that people ranked, then sectors they like",
    "travel": "shorter journeys",
    "lottery": "the lottery",
}
TRAVEL = {
    "none": "travel is not counted",
    "straight_line": "an estimate: straight line, detour, speed, waiting and hours of service",
    "table": "from a table of measured minutes",
    "timetable": "from a timetable of public transport",
    "given": "worked out before and taken as given",
}
PROOFS = {
    "exact": "Proven: no plan by this policy places more people or serves its objectives better.",
    "bound": "The plan carries a bound on how much better any other could be ({status}).",
    "none": "This way of choosing has no optimum to prove; its own rule was checked pair by pair.",
}
TO_COME = "To be written by the authority."


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field of the record; ``text`` is ``None`` while only the authority can answer it."""

    number: str
    attribute: str
    name: str
    text: str | None


def transparency(
    market: Market, plan: Plan, about: Mapping[str, str] | None = None, version: str = ""
) -> list[Field]:
    """The record of one round under the headings of the standard, v3.0.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    about : mapping of str to str, optional
        What only the authority knows, by attribute (``team``, ``contact_email``, …), and
        ``record_id`` and ``round_name``. It overrides any text of ours.
    version : str, optional
        Of the software.

    Returns
    -------
    list of Field
        Every field of the standard in its order.

    Raises
    ------
    PlanError
        When the plan is of another market or ``about`` names a field the standard does not have.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> record = transparency(market, solve(market), {"team": "Placements"})
    >>> next(field.text for field in record if field.number == "2.1.2")
    'Placements'
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("transparency: the plan was made for another market")
    given = dict(about or {})
    facts = _facts(market, plan, version) | {
        name: given.pop(name, otherwise)
        for name, otherwise in (("record_id", TO_COME), ("round_name", "a round"))
    }
    unknown = sorted(set(given) - {attribute for _, attribute, _, _ in FIELDS})
    if unknown:
        raise PlanError(f"transparency: the standard has no field {unknown[0]!r}")
    return [
        Field(
            number,
            attribute,
            name,
            given.get(attribute, text.format_map(facts) if text else None),
        )
        for number, attribute, name, text in FIELDS
    ]


def as_markdown(record: list[Field]) -> str:
    """The record as a document, one heading a section and a field."""
    lines = ["# Algorithmic transparency record"]
    for start, title in SECTIONS:
        lines += ["", f"## {title}"]
        for field in record:
            if field.number.startswith(f"{start}."):
                lines += ["", f"### {field.number} {field.name}", "", field.text or TO_COME]
    return "\n".join(lines) + "\n"


def _facts(market: Market, plan: Plan, version: str) -> dict[str, str]:
    policy, placed = market.policy, plan.assignments
    kind = plan.certificate.get("kind", "none")
    status = str(plan.certificate.get("status", "not given"))
    short, detail = MECHANISMS[plan.mechanism]
    minutes = [max(a.minutes_there, a.minutes_back) for a in placed if a.minutes_there >= 0]
    median = (
        f"half of them travel {statistics.median_low(minutes)} minutes or less" if minutes else ""
    )
    return {
        "mechanism": plan.mechanism,
        "mechanism_words": short,
        "mechanism_detail": detail,
        "method": plan.method,
        "objectives_words": ", then ".join(OBJECTIVES.get(o, o) for o in policy.objectives),
        "travel_words": TRAVEL[name_travel(market)],
        "groups_words": ", ".join(policy.priority_groups) or "none in this round",
        "pins_words": f"In this round {len(policy.pins)} pairs were set by hand.",
        "proof_words": PROOFS[kind].format(status=status),
        "minutes_words": median or "journeys are not counted",
        "seed": str(policy.seed),
        "n_people": str(len(market.candidates)),
        "n_placements": str(len(market.placements)),
        "n_places": str(int(market.capacities.sum())),
        "n_placed": str(len(placed)),
        "n_first": str(sum(a.choice == 1 for a in placed)),
        "n_top3": str(sum(a.choice is not None and a.choice <= 3 for a in placed)),
        "version": version or "not given",
        "plan_sha256": plan.sha256,
        "market_sha256": market.sha256,
    }

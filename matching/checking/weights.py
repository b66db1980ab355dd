"""The weights and phases of a policy's objectives, made a second time from their rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matching.market import Market

LIMIT, WORD, BITS = 2**62, 64, 10
ALONE = ("priority", "lottery")


def expected_weights(
    market: Market, places: int, longest: int
) -> tuple[list[list[str]], dict[str, int]]:
    """The phases, and the weight of each objective as one number over all phases.

    ``places`` are all that there are; ``longest`` is the longest journey of any eligible pair of
    people who are not pinned. A tier weighs 1 + the most that later tiers of its phase can add up
    to along one chain of moves. A phase takes as many tiers as fit, beside the position of a
    placement too; a later one also has to fit what it may not give up.
    """
    most = min(len(market.candidates), places)
    positions = max(len(market.candidates), len(market.placements)).bit_length()
    tops = {"priority": len(market.policy.priority_groups), "choice": 7, "travel": longest}
    tops["lottery"] = 2**BITS - 1
    phases = expected_phases(market.policy.tiers, tops, most, positions)
    weights: dict[str, int] = {}
    for at, tiers in enumerate(phases):
        inner = _weigh(tiers, tops, most)
        weights |= {name: w << WORD * (len(phases) - 1 - at) for name, w in inner.items()}
    return [[name for tier in tiers for name, _ in tier] for tiers in phases], weights


def expected_phases(
    tiers: Iterable[tuple[tuple[str, int], ...]],
    tops: Mapping[str, int],
    most: int,
    positions: int,
) -> list[list[tuple[tuple[str, int], ...]]]:
    """The tiers of each phase; ``positions`` are the bits of a place in the market."""
    phases: list[list[tuple[tuple[str, int], ...]]] = []
    for tier in tiers:
        wider = [*phases[-1], tier] if phases else [tier]
        room = _room(wider, tops, most, positions, len(phases) > 1)
        if phases and room < LIMIT:
            phases[-1].append(tier)
        else:
            phases.append([tier])
    return phases


def _weigh(
    tiers: list[tuple[tuple[str, int], ...]], tops: Mapping[str, int], most: int
) -> dict[str, int]:
    weights: dict[str, int] = {}
    below = 0
    for tier in reversed(tiers):
        step = below + 1
        weights |= {name: step * times for name, times in tier}
        below += sum(
            weights[name] * tops[name] * (1 if name in ALONE else most) for name, _ in tier
        )
    return weights


def _room(
    tiers: list[tuple[tuple[str, int], ...]],
    tops: Mapping[str, int],
    most: int,
    positions: int,
    later: bool,
) -> int:
    widest = sum(weight * tops[name] for name, weight in _weigh(tiers, tops, most).items())
    if later:
        widest = 2 * most * widest + widest + 2
    return max(3 * (most + 2) * (widest + 4), widest << positions)

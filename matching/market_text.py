"""A market as text: the canonical JSON that its hash is of, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from matching.canonical import canonical_json
from matching.records import record_dict

if TYPE_CHECKING:
    from matching.market import Market


def market_texts(market: Market) -> Iterator[str]:
    """The text that a market is hashed by, piece by piece."""
    yield '{"candidates":['
    yield from market.candidates.texts()
    yield f'],"host_caps":{canonical_json(market.host_caps)},'
    if market.lottery is not None:
        yield f'"lottery":{canonical_json(market.lottery)},'
    yield '"placements":['
    yield from market.placements.texts()
    yield f'],"policy":{canonical_json(record_dict(market.policy))}'
    travel = market.travel
    yield "}" if travel is None else f',"travel":{canonical_json(travel.sha256)}}}'


def market_dict(market: Market) -> dict[str, Any]:
    """A market as plain lists, numbers and texts."""
    given = {
        "candidates": market.candidates.to_list(),
        "placements": market.placements.to_list(),
        "policy": record_dict(market.policy),
        "host_caps": market.host_caps,
    }
    if market.lottery is not None:
        given["lottery"] = market.lottery
    return given if market.travel is None else given | {"travel": market.travel.to_dict()}

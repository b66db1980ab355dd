"""A fact of a person or a placement that could be otherwise, and what would be open then."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from matching.errors import PlanError
from matching.market import Market
from matching.options import Options


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """A field of a record with another value; ``size`` orders changes, the smallest first.

    ``rule`` names the kind of change, ``told`` is the value as its sentence says it, ``of`` is
    ``candidate`` or ``placement``.
    """

    rule: str
    told: Any
    of: str
    field: str
    value: Any
    size: int


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """A fact changed and everything that would be open to the person then."""

    fact: Fact
    options: Options


def with_change(market: Market, candidate_id: str, change: Mapping[str, Any]) -> Market:
    """The market as it would be with one change of a receipt: solve it and see.

    Parameters
    ----------
    market : Market
    candidate_id : str
        Whose receipt it is.
    change : mapping
        One entry of ``Receipt.changes``.

    Returns
    -------
    Market

    Raises
    ------
    PlanError
        When the person, the placement or the field is not in the market.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    >>> change = {"of": "candidate", "field": "has", "value": ["van"], "placement": "shop"}
    >>> with_change(market, "ann", change).candidates[0].has
    ('van',)
    """
    if change["field"] == "capacity" and change["placement"] in market.col_of:
        return market.with_capacity(change["placement"], change["value"])
    given = market.to_dict()
    kind = f"{change['of']}s"
    name = candidate_id if kind == "candidates" else change["placement"]
    found = [one for one in given.get(kind, ()) if one["id"] == name]
    if not found or change["field"] not in found[0]:
        raise PlanError(f"what if: there is no {change['field']!r} of {name} to change")
    found[0][change["field"]] = change["value"]
    parts = (given["candidates"], given["placements"], market.policy, market.host_caps)
    return Market(*parts, travel=market.travel, lottery=market.lottery)

"""A fact of a person or a placement that could be otherwise, and what would be open then."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from matching.columnar.reading import Source, read_column
from matching.columnar.table import Records, fields_of
from matching.errors import PlanError
from matching.explaining.options import Options
from matching.market import Market


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
    kinds: dict[str, Records[Any]] = {
        "candidate": market.candidates,
        "placement": market.placements,
    }
    records = kinds.get(change["of"])
    name = candidate_id if change["of"] == "candidate" else change["placement"]
    field = change["field"]
    if records is None or name not in records.at or field not in records.columns:
        raise PlanError(f"what if: there is no {field!r} of {name} to change")
    return market.with_parts(
        **{f"{change['of']}s": _with_value(records, name, field, change["value"])}
    )


def _with_value(records: Records[Any], name: str, field: str, value: Any) -> Records[Any]:
    """Records in which one field of one record has another value."""
    values = [records.columns[field].value(at) for at in range(len(records))]
    values[records.at[name]] = value
    kind = records.kind
    source = Source(kind.__name__, records.ids, field, fields_of(kind)[field])
    return records.replaced(**{field: read_column(source, values)})

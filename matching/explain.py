"""The receipt: why this place or none, and what stood in the way of each choice above it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from matching.errors import PlanError
from matching.explaining.basis import Basis
from matching.explaining.options import Table
from matching.explaining.receipts import Receipt, Receipts
from matching.market import Market
from matching.plan import Plan

PAIRS_A_BLOCK = 2_000_000


def explain(market: Market, plan: Plan, candidate_id: str) -> Receipt:
    """Explain one person's result in plain words, each with the rule and fact behind it.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    candidate_id : str

    Returns
    -------
    Receipt

    Raises
    ------
    PlanError
        When the plan is of another market or the person is not in it.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> explain(market, solve(market), "ann").because
    ('This is your first choice.',)
    """
    return explain_all(market, plan, (candidate_id,))[candidate_id]


def explain_all(
    market: Market, plan: Plan, candidate_ids: Iterable[str] | None = None
) -> dict[str, Receipt]:
    """Explain everyone of a market, or those named, in one go over arrays of pairs.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    candidate_ids : iterable of str, optional

    Returns
    -------
    dict of str to Receipt

    Raises
    ------
    PlanError
        When the plan is of another market or a person is not in it.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> {name: one.placement for name, one in explain_all(market, solve(market)).items()}
    {'ann': 'shop'}
    """
    names = [c.id for c in market.candidates] if candidate_ids is None else list(candidate_ids)
    unknown = [name for name in names if name not in market.row_of]
    if unknown:
        raise PlanError(f"explain: {unknown[0]} is not in the market")
    basis = Basis(market, plan)
    rows = np.array([market.row_of[name] for name in names], dtype=np.int64)
    block = max(1, PAIRS_A_BLOCK // max(len(market.placements), 1))
    found: dict[str, Receipt] = {}
    for begin in range(0, len(rows), block):
        receipts = Receipts(basis, Table(market, rows[begin : begin + block]))
        found |= {receipt.candidate: receipt for receipt in receipts.all()}
    return {name: found[name] for name in names}

"""The proof that an assignment is optimal, checked in plain NumPy without knowing any solver."""

from __future__ import annotations

from typing import Any

import numpy as np


def certify(
    rows: Any,
    cols: Any,
    costs: Any,
    capacities: Any,
    match: Any,
    row_price: Any,
    col_price: Any,
    outside_price: int,
) -> list[str]:
    """Say what is false about a claimed optimum; nothing said is a proof.

    Parameters
    ----------
    rows, cols, costs, capacities
        The edges and seats as given to ``assign``.
    match : int32[n_rows]
        Column of each row, -1 for none.
    row_price, col_price : int64
        Prices u and v.
    outside_price : int
        B, the price of staying unmatched.

    Returns
    -------
    list of str
        Empty when every rule holds: seats kept, v ≥ 0 and v = 0 where a seat is free, u ≤ B with
        equality on unmatched rows, u ≤ cost + v on every edge with equality on matched ones.
        Then, by weak duality, no answer costs less when being unmatched costs B. That B is wide
        enough to put the number matched first is checked too.

    Examples
    --------
    >>> certify([0], [0], [4], [1], [0], [4], [0], 100)
    []
    >>> certify([0], [0], [4], [1], [-1], [100], [0], 100)
    ['edge 0: row price 100 is above cost 4 plus column price 0']
    """
    r, c = np.asarray(rows, dtype=np.int64), np.asarray(cols, dtype=np.int64)
    w, caps = np.asarray(costs, dtype=np.int64), np.asarray(capacities, dtype=np.int64)
    m = np.asarray(match, dtype=np.int64)
    u, v = np.asarray(row_price, dtype=np.int64), np.asarray(col_price, dtype=np.int64)
    if len(u) != len(m) or len(v) != len(caps) or (m >= len(caps)).any() or (m < -1).any():
        return ["the sizes of match and prices do not fit the market"]
    found = _seats(caps, m, u, v, outside_price)
    above = u[r] > w + v[c]
    found += [
        f"edge {e}: row price {u[r[e]]} is above cost {w[e]} plus column price {v[c[e]]}"
        for e in _at(above)
    ]
    found += _matched_edges(r, c, w, m, u, v)
    if len(w) and outside_price <= int(w.max()) + min(len(m), int(caps.sum())) * int(np.ptp(w)):
        found.append(f"the outside price {outside_price} does not put the number matched first")
    return found


def _seats(caps: Any, m: Any, u: Any, v: Any, outside_price: int) -> list[str]:
    held = np.bincount(m[m >= 0], minlength=len(caps))
    found = [f"column {j}: {held[j]} matched to {caps[j]} seats" for j in _at(held > caps)]
    found += [f"column {j}: price {v[j]} is below 0" for j in _at(v < 0)]
    spare = (held < caps) & (v != 0)
    found += [f"column {j}: has a free seat and a price of {v[j]}" for j in _at(spare)]
    found += [f"row {i}: price {u[i]} is above {outside_price}" for i in _at(u > outside_price)]
    odd = (m < 0) & (u != outside_price)
    found += [f"row {i}: unmatched with a price of {u[i]}" for i in _at(odd)]
    return found


def _matched_edges(r: Any, c: Any, w: Any, m: Any, u: Any, v: Any) -> list[str]:
    tight = np.zeros(len(m), dtype=bool)
    exact = (m[r] == c) & (u[r] == w + v[c])
    tight[r[exact]] = True
    return [f"row {i}: its match is not an edge at its price" for i in _at((m >= 0) & ~tight)]


def _at(bad: Any) -> list[int]:
    return [int(i) for i in np.flatnonzero(bad)[:20]]

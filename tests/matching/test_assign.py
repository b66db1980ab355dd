"""The array solver against brute force and SciPy, and its certificate against tampering."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching import assign, certify
from matching.assignment import by_scaling


def random_edges(seed, widest):
    rng = np.random.default_rng(seed)
    n, m = (int(x) for x in rng.integers(1, 6, 2))
    e = int(rng.integers(0, n * m + 3))
    costs = rng.integers(-widest, widest + 1, e)
    return rng.integers(0, n, e), rng.integers(0, m, e), costs, rng.integers(0, 3, m), n


def by_brute_force(rows, cols, costs, capacities, n):
    """Fewest unmatched, then least cost, over every possible match."""
    price = {}
    for row, col, cost in zip(rows.tolist(), cols.tolist(), costs.tolist(), strict=True):
        price[row, col] = min(cost, price.get((row, col), cost))
    options = [[None, *(c for r, c in price if r == row)] for row in range(n)]
    best = None
    for picked in itertools.product(*options):
        used = [c for c in picked if c is not None]
        if all(used.count(c) <= capacities[c] for c in set(used)):
            total = sum(price[r, c] for r, c in enumerate(picked) if c is not None)
            found = (-len(used), total)
            best = found if best is None or found < best else best
    return -best[0], best[1]


@pytest.mark.parametrize("widest", [0, 1, 20, 10**6, 10**12, 10**17])
@pytest.mark.parametrize("seed", range(25))
def test_assign_random_edges_equals_brute_force_and_certifies(seed, widest):
    print("seed", seed)
    given = random_edges(seed, widest)
    answer = assign(*given)
    assert (answer.n_matched, answer.total_cost) == by_brute_force(*given)
    proof = answer.match, answer.row_price, answer.col_price, answer.outside_price
    assert certify(*given[:4], *proof) == []


@pytest.mark.parametrize("seed", range(5))
def test_assign_dense_square_equals_scipy(seed):
    print("seed", seed)
    table = np.random.default_rng(seed).integers(0, 1000, (60, 60))
    rows, cols = (a.ravel() for a in np.indices(table.shape))
    answer = assign(rows, cols, table.ravel(), np.ones(60, dtype=int), 60)
    assert answer.total_cost == table[linear_sum_assignment(table)].sum()


@pytest.mark.parametrize("seed", range(4))
def test_assign_sparse_road_gives_the_number_and_cost_of_the_dense_one(seed, monkeypatch):
    print("seed", seed)
    rng = np.random.default_rng(seed)
    rows, cols = rng.integers(0, 200, 900), rng.integers(0, 40, 900)
    given = rows, cols, rng.integers(0, 10**9, 900), rng.integers(0, 5, 40), 200
    dense = assign(*given)
    monkeypatch.setattr(by_scaling, "DENSE_CELLS", 0)
    sparse = assign(*given)
    assert (sparse.n_matched, sparse.total_cost) == (dense.n_matched, dense.total_cost)


@pytest.mark.parametrize("seed", range(10))
def test_assign_shuffled_edges_gives_the_same_number_and_cost(seed):
    print("seed", seed)
    rows, cols, costs, capacities, n = random_edges(seed, 3)
    order = np.random.default_rng(seed).permutation(len(rows))
    one = assign(rows, cols, costs, capacities, n)
    two = assign(rows[order], cols[order], costs[order], capacities, n)
    assert (one.n_matched, one.total_cost) == (two.n_matched, two.total_cost)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([0], [0], [1], [-1], 1), r"capacities\[0\]"),
        (([0, 1], [0, 0], [1, 1], [1], 1), r"rows\[1\]"),
        (([0, 0], [0, 5], [1, 1], [1], 1), r"cols\[1\]"),
        (([0], [0], [float("nan")], [1], 1), r"costs\[0\]"),
        (([0], [0], [2**62], [1], 1), r"costs\[0\]"),
        (([0], [0], [1, 2], [1], 1), "costs"),
        (([0], [0], [1], [1], -1), "n_rows"),
    ],
)
def test_assign_bad_argument_is_named_with_its_position(given, words):
    with pytest.raises(ValueError, match=words):
        assign(*given)


@pytest.mark.parametrize("seed", range(40))
def test_certify_tampered_answer_is_found(seed):
    """Any match of another number or cost must fail, whatever single row is changed."""
    print("seed", seed)
    given = random_edges(seed, 50)
    answer = assign(*given)
    for row, col in itertools.product(range(given[4]), range(-1, len(given[3]))):
        match = answer.match.copy()
        if match[row] == col:
            continue
        match[row] = col
        proof = match, answer.row_price, answer.col_price, answer.outside_price
        found = certify(*given[:4], *proof)
        if not found:
            price = dict(zip(zip(*given[:2], strict=True), given[2], strict=True))
            assert (match >= 0).sum() == answer.n_matched
            assert sum(price[r, c] for r, c in enumerate(match) if c >= 0) == answer.total_cost

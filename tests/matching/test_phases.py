"""One objective after another, and the one plan of the tight pairs, against brute force."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching.assign import assign
from matching.augmenting import fill, seat, settle
from matching.errors import MatchingError
from matching.phases import best_match
from matching.tight import Tight, first_match


def random_graph(rng, phases=2, widest=3):
    n, m = (int(x) for x in rng.integers(1, 6, 2))
    pairs = [(r, c) for r in range(n) for c in range(m) if rng.random() < 0.6]
    rows, cols = (np.array([p[k] for p in pairs], dtype=np.int64) for k in (0, 1))
    costs = [rng.integers(0, widest, len(pairs)) for _ in range(phases)]
    return rows, cols, costs, rng.integers(0, 3, m), n


def every_match(rows, cols, capacities, n):
    """Every way to seat the rows, as one tuple of edge positions (or None) a row."""
    options = [[None, *np.flatnonzero(rows == row).tolist()] for row in range(n)]
    for picked in itertools.product(*options):
        used = [int(cols[e]) for e in picked if e is not None]
        if all(used.count(c) <= capacities[c] for c in set(used)):
            yield [e for e in picked if e is not None]


def rank(edges, costs):
    return (-len(edges), *(int(sum(cost[e] for e in edges)) for cost in costs))


@pytest.mark.parametrize("seed", range(60))
def test_best_match_of_phases_equals_brute_force(seed):
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(5):
        rows, cols, costs, capacities, n = random_graph(rng, phases=int(rng.integers(1, 4)))
        found = best_match(rows, cols, costs.__getitem__, len(costs), capacities, n)
        best = min(rank(e, costs) for e in every_match(rows, cols, capacities, n))
        used = np.flatnonzero(found.match[rows] == cols)
        assert len(used) == found.n_matched
        assert rank(used, costs) == best
        assert found.total_costs == best[1:]
        check_words(found, rows, cols, costs, capacities)


def check_words(found, rows, cols, costs, capacities):
    """The proof: prices of all phases, compared word by word."""
    u, v = (list(zip(*p, strict=True)) for p in (found.row_prices, found.col_prices))
    held = np.bincount(found.match[found.match >= 0], minlength=len(capacities))
    for at, (row, col) in enumerate(zip(rows.tolist(), cols.tolist(), strict=True)):
        allowed = tuple(int(c[at]) + x for c, x in zip(costs, v[col], strict=True))
        assert tuple(u[row]) <= allowed
        assert found.match[row] != col or tuple(u[row]) == allowed
    nothing = (0,) * len(costs)
    for col, price in enumerate(v):
        assert tuple(price) >= nothing
        assert held[col] == capacities[col] or tuple(price) == nothing
    for row, price in enumerate(u):
        assert tuple(price) <= found.outside_prices
        assert found.match[row] >= 0 or tuple(price) == found.outside_prices


@pytest.mark.parametrize("seed", range(20))
def test_best_match_of_two_phases_equals_one_with_wide_costs(seed):
    print("seed", seed)
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 4, (2, 30, 30))
    rows, cols = (a.ravel() for a in np.indices((30, 30)))
    costs = [table[0].ravel(), table[1].ravel()]
    found = best_match(rows, cols, costs.__getitem__, 2, np.ones(30, dtype=int), 30)
    both = table[0] * 1000 + table[1]
    at = linear_sum_assignment(both)
    assert found.total_costs == (int(table[0][at].sum()), int(table[1][at].sum()))


@pytest.mark.parametrize("seed", range(40))
def test_best_match_does_not_depend_on_which_best_match_was_found(seed):
    """Equal people and places in another order get the same proof, and tight pairs one match."""
    print("seed", seed)
    rng = np.random.default_rng(seed)
    rows, cols, costs, capacities, n = random_graph(rng, phases=1, widest=2)
    found = best_match(rows, cols, costs.__getitem__, 1, capacities, n)
    order = rng.permutation(len(rows))
    other = assign(rows[order], cols[order], costs[0][order], capacities, n)
    tight = other.row_price[rows] == costs[0] + other.col_price[cols]
    tight &= capacities[cols] > 0
    must = other.row_price < other.outside_price, (other.col_price > 0) & (capacities > 0)
    again = first_match(Tight(rows[tight], cols[tight], *must, capacities))
    assert again.tolist() == found.match.tolist()


def test_first_match_of_equal_people_follows_the_lottery_order():
    rows, cols = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 1])
    everyone, nobody = np.ones(3, dtype=bool), np.zeros(3, dtype=bool)
    full = np.ones(2, dtype=bool)
    one_each = np.array([1, 1])
    assert first_match(Tight(rows, cols, nobody, full, one_each)).tolist() == [0, 1, -1]
    two_each = np.array([2, 2])
    assert first_match(Tight(rows, cols, everyone, ~full, two_each)).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("rows", "must_row", "must_col"),
    [([0, 1], [True, True], [False]), ([0], [False, False], [True]), ([], [True, False], [False])],
)
def test_first_match_of_pairs_that_hold_no_best_match_is_refused(rows, must_row, must_col):
    rows = np.array(rows, dtype=np.int64)
    capacities = np.array([1 if any(must_row) else 2])
    given = Tight(rows, np.zeros_like(rows), np.array(must_row), np.array(must_col), capacities)
    with pytest.raises(MatchingError, match="no best match"):
        first_match(given)


@pytest.mark.parametrize("seed", range(6))
def test_first_match_compiled_and_plain_are_the_same(seed):
    pytest.importorskip("numba")
    from matching.assignment.kernel.compiling import compiled

    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        rows, cols, _, capacities, n = random_graph(rng)
        capacities = capacities.astype(np.int64)
        open_to = capacities[cols] > 0
        rows, cols = rows[open_to], cols[open_to]
        starts = np.searchsorted(rows, np.arange(n + 1))
        order = np.argsort(cols, kind="stable")
        ends = np.searchsorted(cols[order], np.arange(len(capacities) + 1))
        graph = starts, cols, ends, rows[order]
        must = rng.random(n) < 0.5, rng.random(len(capacities)) < 0.5
        results = []
        for wrap in (lambda step: step, compiled):
            match, left = np.full(n, -1, dtype=np.int64), capacities.copy()
            said = [
                wrap(settle)(*graph, match, left, np.concatenate(must)),
                wrap(seat)(*graph, match, left, must[0]),
                wrap(fill)(*graph, match, left, must[1]),
            ]
            results.append((said, match.tolist(), left.tolist()))
        assert results[0] == results[1]

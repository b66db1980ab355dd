"""The array solver on every road against brute force, SciPy and HiGHS."""

import dataclasses
import itertools
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from matching import assign, certify
from matching.assignment import by_scaling, routes
from matching.assignment.by_arrays import match_most, solve_as_table
from matching.assignment.by_scipy import solve_with_scipy
from matching.assignment.given import read_given
from matching.assignment.graphs import graph_of, smallest_prices
from matching.assignment.kernel import parts
from matching.assignment.kernel.solving import solve_large

WIDTHS = (0, 1, 20, 10**6, 10**12)


def random_edges(seed, widest, most=6):
    rng = np.random.default_rng(seed)
    n, m = (int(x) for x in rng.integers(1, most, 2))
    e = int(rng.integers(0, n * m + 3))
    costs = rng.integers(-widest, widest + 1, e)
    return rng.integers(0, n, e), rng.integers(0, m, e), costs, rng.integers(0, 3, m), n


def medium_edges(seed, n=90, m=40, e=700, widest=10**9):
    rng = np.random.default_rng(seed)
    costs = rng.integers(0, rng.choice([2, 30, widest]), e)
    return rng.integers(0, n, e), rng.integers(0, m, e), costs, rng.integers(0, 5, m), n


def cheapest(rows, cols, costs):
    price = {}
    for row, col, cost in zip(rows.tolist(), cols.tolist(), costs.tolist(), strict=True):
        price[row, col] = min(cost, price.get((row, col), cost))
    return price


def by_brute_force(rows, cols, costs, capacities, n):
    """Fewest unmatched, then least cost, over every possible match."""
    price = cheapest(rows, cols, costs)
    options = [[None, *(c for r, c in price if r == row)] for row in range(n)]
    best = None
    for picked in itertools.product(*options):
        used = [c for c in picked if c is not None]
        if all(used.count(c) <= capacities[c] for c in set(used)):
            total = sum(price[r, c] for r, c in enumerate(picked) if c is not None)
            found = (-len(used), total)
            best = found if best is None or found < best else best
    return -best[0], best[1]


def by_scaling_alone(given):
    graph = graph_of(given)
    match = by_scaling.match_by_scaling(graph)
    outside = given.outside
    return match, smallest_prices(graph.rows, graph.cols, graph.costs, match, outside, graph.m)


def by_sparse_scaling(given):
    dense, by_scaling.DENSE_CELLS = by_scaling.DENSE_CELLS, 0
    try:
        return by_scaling_alone(given)
    finally:
        by_scaling.DENSE_CELLS = dense


def kernel_from(**settings):
    """The kernel with some of its thresholds moved, so that small markets take every branch."""

    def solve(given):
        kept = {name: getattr(parts, name) for name in settings}
        try:
            for name, value in settings.items():
                setattr(parts, name, value)
            return solve_large(given)
        finally:
            for name, value in kept.items():
                setattr(parts, name, value)

    return solve


AUCTION = {"FEW": 0, "TIGHT": -(10**9), "BIDS_A_UNIT": 0, "SETTLED": 10**9}
ROADS = {
    "table": solve_as_table,
    "scipy": solve_with_scipy,
    "scaling": by_scaling_alone,
    "sparse scaling": by_sparse_scaling,
    "kernel from nothing": kernel_from(FEW=10**9),
    "kernel from an auction": kernel_from(**AUCTION),
    "kernel from a near auction": kernel_from(**AUCTION, NEAR=0, NARROW=0),
    "kernel from bids": kernel_from(FEW=0, TIGHT=-(10**9)),
    "kernel of crowds": kernel_from(CROWD=0),
}


def take(road, monkeypatch, given):
    """`assign` by one road, whatever the size."""
    route = routes.Route(road, "", ROADS[road])
    monkeypatch.setattr(sys.modules["matching.assign"], "choose_route", lambda _: route)
    return assign(*given)


def proof(answer):
    return answer.match, answer.row_price, answer.col_price, answer.outside_price


@pytest.mark.parametrize("road", ROADS)
def test_assign_random_edges_equals_brute_force_and_certifies(road, monkeypatch):
    for seed in range(400):
        given = random_edges(seed, WIDTHS[seed % len(WIDTHS)])
        answer = take(road, monkeypatch, given)
        assert (answer.n_matched, answer.total_cost) == by_brute_force(*given), f"seed {seed}"
        assert certify(*given[:4], *proof(answer)) == [], f"seed {seed}"


@pytest.mark.parametrize("widest", [10**15, 10**17])
def test_assign_wide_costs_equals_brute_force_and_certifies(widest):
    for seed in range(60):
        given = random_edges(seed, widest)
        answer = assign(*given)
        assert (answer.n_matched, answer.total_cost) == by_brute_force(*given), f"seed {seed}"
        assert certify(*given[:4], *proof(answer)) == [], f"seed {seed}"


def test_scipy_road_costs_beyond_floating_point_stays_exact():
    for seed in range(60):
        given = random_edges(seed, 10**17)
        match, prices = solve_with_scipy(read_given(*given))
        price = cheapest(*given[:3])
        cost = sum(price[r, c] for r, c in enumerate(match.tolist()) if c >= 0)
        assert ((match >= 0).sum(), cost) == by_brute_force(*given), f"seed {seed}"
        assert (prices >= 0).all()


@pytest.mark.parametrize("seed", range(12))
def test_assign_medium_market_is_one_answer_on_every_road(seed, monkeypatch):
    given = medium_edges(seed)
    answers = {road: take(road, monkeypatch, given) for road in ROADS}
    first = answers["table"]
    for road, answer in answers.items():
        assert (answer.n_matched, answer.total_cost) == (first.n_matched, first.total_cost), road
        assert np.array_equal(answer.col_price, first.col_price), road
        assert np.array_equal(answer.row_price, first.row_price), road
        assert certify(*given[:4], *proof(answer)) == [], road


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("road", ["table", "scipy", "kernel from an auction"])
def test_assign_medium_market_equals_highs(road, seed, monkeypatch):
    rows, cols, costs, capacities, n = given = medium_edges(seed, widest=1_000)
    answer = take(road, monkeypatch, given)
    at = np.arange(len(rows))
    lines = csr_array(
        (np.ones(2 * len(at)), (np.r_[rows, n + cols], np.r_[at, at])),
        shape=(n + len(capacities), len(at)),
    )
    limits = np.r_[np.ones(n), capacities]
    saved = costs - 10**6
    found = linprog(saved, A_ub=lines, b_ub=limits, bounds=(0, 1))
    assert answer.total_cost - 10**6 * answer.n_matched == round(found.fun)


@pytest.mark.parametrize(
    "road", ["scipy", "kernel from nothing", "kernel from an auction", "kernel from bids"]
)
@pytest.mark.parametrize("seed", range(3))
def test_assign_dense_square_equals_scipy(road, seed, monkeypatch):
    table = np.random.default_rng(seed).integers(0, 1000, (60, 60))
    rows, cols = (a.ravel() for a in np.indices(table.shape))
    answer = take(road, monkeypatch, (rows, cols, table.ravel(), np.ones(60, dtype=int), 60))
    assert answer.total_cost == table[linear_sum_assignment(table)].sum()


@pytest.mark.parametrize("road", ROADS)
def test_assign_shuffled_edges_gives_the_same_number_cost_and_prices(road, monkeypatch):
    rows, cols, costs, capacities, n = given = medium_edges(3, widest=4)
    one = take(road, monkeypatch, given)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(rows))
        two = take(road, monkeypatch, (rows[order], cols[order], costs[order], capacities, n))
        assert (one.n_matched, one.total_cost) == (two.n_matched, two.total_cost), seed
        assert np.array_equal(one.col_price, two.col_price), seed


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    "given",
    [
        ([], [], [], [], 0),
        ([], [], [], [2], 3),
        ([0], [0], [5], [0], 1),
        ([0, 0, 0], [0, 0, 1], [5, 5, 9], [1, 0], 2),
        ([0, 1, 2, 3], [0, 0, 0, 0], [4, 3, 2, 1], [10**12], 4),
    ],
)
def test_assign_edge_of_a_market_certifies(road, given, monkeypatch):
    answer = take(road, monkeypatch, given)
    assert certify(*given[:4], *proof(answer)) == []


def test_assign_read_only_and_narrow_arrays_give_the_same_answer(monkeypatch):
    given = medium_edges(1)
    narrow = [a.astype(np.int32) for a in given[:2]] + [a.copy() for a in given[2:4]]
    for array in narrow:
        array.setflags(write=False)
    for road in ("table", "kernel from nothing"):
        one, two = take(road, monkeypatch, given), take(road, monkeypatch, (*narrow, given[4]))
        assert np.array_equal(one.match, two.match)


LARGE = """
import sys
{block}
import numpy as np
from matching.assign import assign
rng = np.random.default_rng(7)
n = {n}
answer = assign(np.repeat(np.arange(n), 6), rng.integers(0, n, 6 * n),
                rng.integers(0, 10**6, 6 * n), np.ones(n, dtype=int), n)
prices = int(answer.col_price.astype(object).sum())
print(answer.n_matched, answer.total_cost, prices, "numba" in sys.modules, answer.note, sep="|")
"""


def in_a_child(n, block=""):
    done = subprocess.run(
        [sys.executable, "-c", LARGE.format(n=n, block=block)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().split("|")


def test_assign_large_market_without_numba_is_the_same_and_says_it_is_slower():
    with_numba = in_a_child(12_000)
    without = in_a_child(12_000, "sys.modules['numba'] = None")
    assert with_numba[:3] == without[:3]
    assert (with_numba[3], "slower" in with_numba[4]) == ("True", False)
    assert "slower" in without[4]


def test_assign_small_market_never_imports_numba():
    assert in_a_child(200)[3] == "False"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([0], [0], [1], [-1], 1), r"capacities\[0\]: -1"),
        (([0, 1], [0, 0], [1, 1], [1], 1), r"rows\[1\]: 1"),
        (([0, -1], [0, 0], [1, 1], [1], 1), r"rows\[1\]: -1"),
        (([0, 0], [0, 5], [1, 1], [1], 1), r"cols\[1\]: 5"),
        (([0], [0], [float("nan")], [1], 1), r"costs\[0\]"),
        (([0], [0], [2**62], [1], 1), r"costs\[0\]"),
        (([0, 0], [0, 0], [0, -(2**61)], [1], 1), r"costs\[1\]"),
        (([0], [0], [1, 2], [1], 1), "costs: 2 given for 1 rows and 1 cols"),
        (([[0]], [0], [1], [1], 1), "rows: expected one dimension, got 2"),
        (([0], [0], np.array([1], dtype=np.uint64), [1], 1), r"costs\[0\]: .*uint64"),
        (([0], [0], [1], [1], -1), "n_rows: -1"),
        (([0], [0], [1], [1], True), "n_rows: True"),
        (([0], [0], [1], [1], 1.0), "n_rows: 1.0"),
        (([0], [0], [1], [1], 2**31), "n_rows"),
    ],
)
def test_assign_bad_argument_is_named_with_its_position(given, words):
    with pytest.raises(ValueError, match=words):
        assign(*given)


def test_outside_price_follows_its_rule():
    answer = assign([0, 0, 1], [0, 1, 0], [-3, 5, 2], [1, 4], 2)
    assert answer.outside_price == -3 + (2 + 1) * (8 + 2)


def test_match_most_on_a_table_is_as_large_as_scipy_makes_it():
    for seed in range(300):
        rng = np.random.default_rng(seed)
        n, m = (int(x) for x in rng.integers(2, 14, 2))
        linked = rng.random((m, n)) < rng.choice([0.15, 0.25, 0.4])
        capacities = rng.integers(0, 3, m)
        match, over = match_most(linked & (capacities > 0)[:, None], capacities)
        held = np.bincount(match[match >= 0], minlength=m)
        seats = np.repeat(np.arange(m), capacities)
        right = maximum_bipartite_matching(csr_array(linked[seats].T.astype(np.int8)))
        assert (match >= 0).sum() == (right >= 0).sum(), f"seed {seed}"
        assert all(linked[c, r] for r, c in enumerate(match.tolist()) if c >= 0), f"seed {seed}"
        assert (held <= capacities).all() and (held == capacities)[over].all(), f"seed {seed}"


def test_answer_of_another_road_is_the_same_answer():
    answer = assign([0, 0, 1], [0, 1, 0], [1, 5, 2], [1, 1], 2)
    assert answer == dataclasses.replace(answer, method="by hand", note="on paper")
    assert answer != dataclasses.replace(answer, total_cost=8)
    assert answer != dataclasses.replace(answer, outside_price=8)


def test_match_most_of_a_ladder_finds_the_one_way_to_seat_everyone_in_any_order():
    """The first who is left out comes back to a column that their own search has been to."""
    rungs = np.array(
        [[1, 0, 0, 1, 0, 1], [0, 1, 1, 0, 0, 0], [0, 0, 1, 0, 1, 1], [1, 1, 1, 0, 0, 0]], dtype=bool
    )
    seats = np.array([2, 1, 1, 2])
    for cols in itertools.permutations(range(4)):
        for first in range(6):
            rows = np.roll(np.arange(6), first)
            linked = rungs[list(cols)][:, rows]
            match, over = match_most(linked, seats[list(cols)])
            assert sorted(match.tolist()) == np.repeat(np.arange(4), seats[list(cols)]).tolist()
            assert all(linked[col, row] for row, col in enumerate(match.tolist()))
            assert not over.any()

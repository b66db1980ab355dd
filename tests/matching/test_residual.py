"""One row or one seat more or fewer, held to solving the whole again by trying every answer."""

import itertools

import numpy as np
import pytest

from matching.assign import assign
from matching.explaining.residual import Residual

OUTSIDE = 1_000


def least(edges, capacities, n_rows):
    """The least cost of any match, unmatched rows at the outside price, by trying them all."""
    options = [[(-1, OUTSIDE)] for _ in range(n_rows)]
    for row, col, cost in edges:
        options[row].append((col, cost))
    best = None
    for picks in itertools.product(*options):
        used = np.bincount([col for col, _ in picks if col >= 0], minlength=len(capacities))
        total = sum(cost for _, cost in picks)
        if (used <= capacities).all() and (best is None or total < best):
            best = total
    return best


def draw(seed, wide=False):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    pairs = [(i, j) for i in range(n) for j in range(m) if rng.random() < 0.7]
    top = int(rng.choice([2, 6, 40]))
    edges = [(i, j, int(rng.integers(0, top))) for i, j in pairs]
    capacities = rng.integers(0, 3, m)
    return edges, capacities, n


def build(edges, capacities, n, kind):
    table = np.array(edges, dtype=np.int64).reshape(-1, 3)
    rows, cols, costs = table.T
    match = assign(rows, cols, costs, capacities, n).match.astype(np.int64)
    return Residual(rows, cols, costs.astype(kind), capacities, match, OUTSIDE)


def total(graph, rows):
    return sum(int(graph.held[row]) for row in rows)


def changed(capacities, col, by):
    other = capacities.copy()
    other[col] += by
    return other


SEEDS = range(150)


@pytest.mark.parametrize("kind", [np.int64, object])
def test_gain_and_loss_every_column_equal_solving_again(kind):
    for seed in SEEDS:
        edges, capacities, n = draw(seed)
        print("seed", seed)
        graph, now = build(edges, capacities, n, kind), least(edges, capacities, n)
        for col in range(len(capacities)):
            assert graph.gain[col] == now - least(edges, changed(capacities, col, 1), n)
            if capacities[col]:
                assert graph.loss[col] == least(edges, changed(capacities, col, -1), n) - now
            else:
                assert graph.loss[col] == graph.far


@pytest.mark.parametrize("kind", [np.int64, object])
def test_without_each_row_equals_solving_without_it(kind):
    for seed in SEEDS:
        edges, capacities, n = draw(seed)
        print("seed", seed)
        graph = build(edges, capacities, n, kind)
        for row in range(n):
            others = [e for e in edges if e[0] != row]
            other = graph.without(row)
            now = least(others, capacities, n) - OUTSIDE
            assert total(other, [r for r in range(n) if r != row]) == now
            assert (other.left >= 0).all()
            for col in range(len(capacities)):
                if capacities[col]:
                    fewer = least(others, changed(capacities, col, -1), n) - OUTSIDE
                    assert other.loss[col] == fewer - now


def test_without_then_insert_gives_the_optimum_back():
    for seed in SEEDS:
        edges, capacities, n = draw(seed)
        print("seed", seed)
        graph, now = build(edges, capacities, n, np.int64), least(edges, capacities, n)
        for row in range(n):
            other = graph.without(row)
            other.insert(row)
            assert total(other, range(n)) == now
            held = np.bincount(other.match[other.match >= 0], minlength=len(capacities))
            assert (held + other.left == capacities).all()
            assert (other.left >= 0).all()


def test_add_seat_again_and_again_stays_optimal():
    for seed in SEEDS:
        edges, capacities, n = draw(seed)
        print("seed", seed)
        graph = build(edges, capacities, n, np.int64)
        for col in np.random.default_rng(seed).integers(0, len(capacities), 3).tolist():
            graph.add_seat(col)
            capacities[col] += 1
            assert total(graph, range(n)) == least(edges, capacities, n)
            assert (graph.left >= 0).all()


def test_take_seat_stays_optimal():
    for seed in SEEDS:
        edges, capacities, n = draw(seed)
        print("seed", seed)
        for col in np.flatnonzero(capacities).tolist():
            graph = build(edges, capacities, n, np.int64)
            graph.take_seat(col)
            assert total(graph, range(n)) == least(edges, changed(capacities, col, -1), n)
            assert (graph.left >= 0).all()


def test_residual_match_that_is_not_optimal_is_refused():
    rows, cols = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    graph = Residual(rows, cols, np.array([0, 5, 5, 0]), np.ones(2, int), np.array([1, 0]), OUTSIDE)
    for question in ("gain", "loss"):
        with pytest.raises(ValueError, match="least cost"):
            getattr(graph, question)


def test_residual_costs_too_wide_for_int64_are_refused_and_whole_numbers_are_not():
    rows = cols = np.zeros(1, dtype=np.int64)
    wide = 2**62
    with pytest.raises(ValueError, match="outside"):
        Residual(rows, cols, np.zeros(1, dtype=np.int64), np.ones(1, int), cols, wide)
    costs = np.array([2**70], dtype=object)
    graph = Residual(rows, cols, costs, np.ones(1, int), cols, 2**80)
    assert graph.loss.tolist() == [2**80 - 2**70]

"""The checker's own parts for ties and smallest prices, against brute force and the solver."""

import itertools

import numpy as np
import pytest

from matching.checking.smallest import held_up
from matching.checking.ties import Board
from matching.tight import Tight, first_match

N_MARKETS = 400


def tight_market(seed):
    """Pairs that all cost the same, and a match of as many as can be with its own must-haves."""
    rng = np.random.default_rng(seed)
    n, m = (int(x) for x in rng.integers(1, 7, 2))
    pairs = [(r, c) for r in range(n) for c in range(m) if rng.random() < rng.choice([0.3, 0.6])]
    capacities = rng.integers(0, 3, m)
    return n, m, [(r, c) for r, c in pairs if capacities[c]], capacities


def every_match(n, pairs, capacities):
    """Every match of these pairs, as the column of each row or -1."""
    options = [[-1, *(c for r, c in pairs if r == row)] for row in range(n)]
    for match in itertools.product(*options):
        if all(match.count(c) <= capacities[c] for c in set(match) - {-1}):
            yield match


def must_have(n, pairs, capacities):
    """Who is placed and what is full in all of the largest matches."""
    matches = list(every_match(n, pairs, capacities))
    most = max(n - match.count(-1) for match in matches)
    best = [match for match in matches if n - match.count(-1) == most]
    rows = {row for row in range(n) if all(match[row] >= 0 for match in best)}
    cols = {
        col
        for col, seats in enumerate(capacities.tolist())
        if seats and all(match.count(col) == seats for match in best)
    }
    return rows, cols


def board(pairs, capacities):
    return Board(pairs, dict(enumerate(capacities.tolist())))


def as_tight(n, m, pairs, capacities, rows, cols):
    sides = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    must = (np.isin(np.arange(size), sorted(some)) for size, some in ((n, rows), (m, cols)))
    return Tight(*sides, *must, capacities)


def test_board_seats_all_who_must_be_and_as_the_solver_does():
    for seed in range(N_MARKETS):
        n, m, pairs, capacities = tight_market(seed)
        rows, cols = must_have(n, pairs, capacities)
        held = board(pairs, capacities).solve(rows, cols)
        match = tuple(held.get(row, -1) for row in range(n))
        assert match in set(every_match(n, pairs, capacities)), f"seed {seed}"
        assert rows <= set(held), f"seed {seed}"
        assert all(match.count(col) == capacities[col] for col in cols), f"seed {seed}"
        right = first_match(as_tight(n, m, pairs, capacities, rows, cols))
        assert match == tuple(right.tolist()), f"seed {seed}"


def test_board_of_what_cannot_be_held_says_so_as_the_solver_does():
    refused = 0
    for seed in range(N_MARKETS):
        n, m, pairs, capacities = tight_market(seed)
        rng = np.random.default_rng(-seed % 1_000)
        rows = {row for row in range(n) if rng.random() < 0.5}
        cols = {col for col in range(m) if capacities[col] and rng.random() < 0.4}
        can = any(
            all(match[row] >= 0 for row in rows)
            and all(match.count(col) == capacities[col] for col in cols)
            for match in every_match(n, pairs, capacities)
        )
        held = board(pairs, capacities).solve(rows, cols)
        if not can:
            # It may refuse, or leave out what cannot be; the match it is compared to has all.
            kept = held is not None and rows <= set(held)
            assert not kept or any(
                list(held.values()).count(col) < capacities[col] for col in cols
            ), f"seed {seed}"
            refused += 1
            continue
        match = tuple(held.get(row, -1) for row in range(n))
        right = first_match(as_tight(n, m, pairs, capacities, rows, cols))
        assert match == tuple(right.tolist()), f"seed {seed}"
    assert N_MARKETS / 10 < refused < N_MARKETS * 0.95


@pytest.mark.parametrize("seed", range(4))
def test_held_up_is_what_no_set_of_placements_can_leave_together(seed):
    print("seed", seed)
    found = set()
    for part in range(150):
        n, m, pairs, capacities = tight_market(1_000 * seed + part)
        match = np.array(
            max(every_match(n, pairs, capacities), key=lambda x: sum(c >= 0 for c in x))
        )
        rng = np.random.default_rng(part)
        at_zero = rng.random(m) < 0.3
        free = set()
        for size in range(1, m + 1):
            for some in itertools.combinations(np.flatnonzero(~at_zero).tolist(), size):
                if all(match[r] in some for r, c in pairs if c in some):
                    free |= set(some)
        rows, cols = (np.array([p[k] for p in pairs], dtype=np.int32) for k in (0, 1))
        held = held_up(rows, cols, match, at_zero)
        assert set(np.flatnonzero(~held).tolist()) == free, f"part {part}"
        found |= {bool(free), bool(held.any())}
    assert found == {True, False}

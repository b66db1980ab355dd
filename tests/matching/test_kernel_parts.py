"""The small parts of the compiled kernel, each against what Python, NumPy and SciPy make of it."""

import heapq

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

pytest.importorskip("numba")

from matching.assignment.kernel import (
    auction,
    cardinality,
    compiling,
    crowds,
    giving_back,
    heap,
    layout,
    order,
    parts,
    paths,
)


def test_heap_gives_the_least_key_first_whatever_comes_and_goes():
    rng = np.random.default_rng(0)
    for _ in range(60):
        keys, items = np.full(64, -7), np.full(64, -7, dtype=np.int32)
        mine, size = [], 0
        for item in range(60):
            if mine and rng.random() < 0.4:
                key = heapq.heappop(mine)
                assert keys[0] == key
                size = heap.drop(keys, items, size)
            else:
                key = int(rng.integers(0, 9))
                heapq.heappush(mine, key)
                size = heap.push(keys, items, size, key, item)
            assert size == len(mine)
            assert sorted(keys[:size].tolist()) == sorted(mine)
            assert len(set(items[:size].tolist())) == size
            assert not mine or keys[0] == mine[0]


def test_heap_keeps_each_item_with_its_key():
    rng = np.random.default_rng(1)
    keys, items = np.empty(200, dtype=np.int64), np.empty(200, dtype=np.int32)
    given, size, out = rng.permutation(200).tolist(), 0, []
    for item, key in enumerate(given):
        size = heap.push(keys, items, size, key, item)
    while size:
        out.append((int(keys[0]), int(items[0])))
        size = heap.drop(keys, items, size)
    assert out == sorted((key, item) for item, key in enumerate(given))


def test_grown_arrays_hold_the_same_in_twice_the_room():
    wide, narrow = np.array([5, 2**40, -1]), np.array([5, 2**30, -1], dtype=np.int32)
    for grow, given in ((heap.grown, wide), (heap.grown32, narrow)):
        found = grow(given)
        assert (len(found), found.dtype) == (6, given.dtype)
        assert found[:3].tolist() == given.tolist()


def test_sorted_runs_are_sorted_and_nothing_else_moves():
    rng = np.random.default_rng(2)
    for widest in (1, 3, 10**15):
        sizes = rng.integers(0, 130, 25)
        ptr = np.r_[0, np.cumsum(sizes)]
        given = rng.integers(0, widest + 1, ptr[-1])
        packed = given.copy()
        order.sort_segments(ptr, packed, 3, 20)
        for b, (begin, end) in enumerate(zip(ptr[:-1].tolist(), ptr[1:].tolist(), strict=True)):
            run = given[begin:end]
            right = np.sort(run) if 3 <= b < 20 else run
            assert packed[begin:end].tolist() == right.tolist(), b


def test_edges_sorted_in_two_halves_are_those_sorted_in_one(monkeypatch):
    rng = np.random.default_rng(6)
    for sizes in ([0], [5], [0, 900, 3, 0], [1, 2, 900], [40] * 50):
        ptr = np.r_[0, np.cumsum(sizes)]
        given = rng.integers(0, 10**6, ptr[-1])
        once, twice = given.copy(), given.copy()
        monkeypatch.setattr(parts, "MANY_EDGES", 10**9)
        parts.sort_by_cost(ptr, once)
        monkeypatch.setattr(parts, "MANY_EDGES", -1)
        parts.sort_by_cost(ptr, twice)
        runs = [np.sort(run) for run in np.split(given, ptr[1:-1])]
        assert once.tolist() == twice.tolist() == np.concatenate(runs).tolist()


@pytest.mark.parametrize("shape", ["rising", "falling", "equal", "saw", "organ"])
def test_long_runs_of_bad_shapes_are_sorted(shape):
    at = np.arange(3_000)
    given = {
        "rising": at,
        "falling": -at,
        "equal": at * 0,
        "saw": at % 7,
        "organ": np.minimum(at, 3_000 - at),
    }[shape]
    packed = given.copy()
    order.sort_segments(np.array([0, len(given)]), packed, 0, 1)
    assert packed.tolist() == sorted(given.tolist())


def edges(seed, n=40, m=15, e=200):
    rng = np.random.default_rng(seed)
    rows, cols = (rng.integers(0, size, e).astype(np.int32) for size in (n, m))
    return rng, rows, cols, rng.integers(-50, 50, e), n, m


def test_is_grouped_only_where_rows_never_fall():
    assert layout.is_grouped(np.array([0, 0, 3, 3, 7], dtype=np.int32))
    assert layout.is_grouped(np.zeros(0, dtype=np.int32))
    assert not layout.is_grouped(np.array([0, 1, 0], dtype=np.int32))
    assert not layout.is_grouped(np.array([1, 0, 1, 2], dtype=np.int32))
    assert not layout.is_grouped(np.array([0, 2, 1], dtype=np.int32))


@pytest.mark.parametrize("seed", range(4))
def test_edges_by_row_and_by_column_are_those_given(seed):
    rng, rows, cols, costs, n, m = edges(seed)
    starts = layout.starts_of(rows, n)
    assert starts.tolist() == [int((rows < r).sum()) for r in range(n + 1)]
    by_col, by_cost = layout.group_by_row(rows, cols, costs, starts)
    stable = np.argsort(rows, kind="stable")
    assert by_col.tolist() == cols[stable].tolist()
    assert by_cost.tolist() == costs[stable].tolist()
    row_in, col_in = rng.random(n) < 0.7, rng.random(m) < 0.7
    bits, lowest = 6, -50
    inside = [
        (r, c, w)
        for r, c, w in zip(rows[stable].tolist(), by_col.tolist(), by_cost.tolist(), strict=True)
        if row_in[r] and col_in[c]
    ]
    given = starts, by_col, by_cost, lowest, bits, row_in, col_in
    for pack, size, mine, other in ((layout.pack_by_row, n, 0, 1), (layout.pack_by_col, m, 1, 0)):
        ptr, packed = pack(*given)
        assert len(ptr) == size + 1
        for at in range(size):
            right = [((e[2] - lowest) << bits) | e[other] for e in inside if e[mine] == at]
            assert packed[ptr[at] : ptr[at + 1]].tolist() == right
        assert ptr[-1] == len(packed) == len(inside)


@pytest.mark.parametrize("seed", range(3))
def test_rows_by_degree_are_in_order_and_ties_as_given(seed):
    _, rows, _, _, n, _ = edges(seed)
    starts = layout.starts_of(rows, n)
    degree = np.diff(starts).tolist()
    assert cardinality.rows_by_degree(starts).tolist() == sorted(range(n), key=degree.__getitem__)


@pytest.mark.parametrize("seed", range(40))
def test_match_most_is_as_large_as_scipy_makes_it_and_knows_what_is_always_full(seed):
    rng = np.random.default_rng(seed)
    _, rows, cols, costs, n, m = edges(
        seed, *rng.integers(2, 30, 2).tolist(), e=int(rng.integers(1, 60))
    )
    capacities = rng.integers(0, 3, m)
    starts = layout.starts_of(rows, n)
    by_col, _ = layout.group_by_row(rows, cols, costs, starts)
    seat_ptr = np.r_[0, np.cumsum(capacities)]
    match, over = cardinality.match_most(starts, by_col, capacities, seat_ptr)
    size, pairs = int((match >= 0).sum()), set(zip(rows.tolist(), cols.tolist(), strict=True))
    assert all((r, c) in pairs for r, c in enumerate(match.tolist()) if c >= 0)
    held = np.bincount(match[match >= 0], minlength=m)
    assert (held <= capacities).all()
    assert size == largest(pairs, capacities, n)
    for col in np.flatnonzero(capacities > 0).tolist():
        less = capacities.copy()
        less[col] -= 1
        if over[col]:
            assert largest(pairs, less, n) < size, f"column {col} need not be full"
        more = capacities.copy()
        more[col] += 1
        assert (largest(pairs, more, n) > size) == bool(over[col]), f"column {col}"


def largest(pairs, capacities, n):
    """How many rows SciPy matches, a column for each seat."""
    seats = np.repeat(np.arange(len(capacities)), capacities)
    table = np.array([[(r, c) in pairs for c in seats] for r in range(n)], dtype=np.int8)
    if not table.size:
        return 0
    return int((maximum_bipartite_matching(csr_array(table), perm_type="column") >= 0).sum())


def crowded_part(seed):
    """Sixty bidders, an object held by each but the last, and an edge from each to each."""
    rng = np.random.default_rng(seed)
    n, bits = 60, 6
    ptr = np.arange(0, n * n + 1, n)
    costs = rng.integers(1, 10**6, (n, n))
    packed = np.sort((costs << bits) | np.arange(n), axis=1).ravel()
    held = np.where(np.arange(n) < n - 1, np.arange(n), -1).astype(np.int32)
    return n, bits, ptr, packed, held, costs


def test_a_search_without_room_changes_nothing_and_finds_the_same_with_it():
    n, bits, ptr, packed, owner, edges = crowded_part(3)
    bidders = np.zeros((n, paths.FIELDS), dtype=np.int64)
    bidders[:, paths.VALUE] = edges.min(axis=1)
    bidders[:, paths.BEGIN], bidders[:, paths.END] = ptr[:-1], ptr[1:]
    objects = np.tile(np.array([0, paths.FAR, 0, -1]), (n, 1))
    objects[-1, paths.ROOM] = 1
    stamp = 0

    def search(room, bidders, objects):
        nonlocal stamp
        stamp += 1
        tree, touched = (np.empty(n, dtype=np.int32) for _ in range(2))
        return paths.search(
            packed, bits, np.arange(n + 1), owner, bidders, objects,
            np.array([n - 1], dtype=np.int32), stamp, tree, touched,
            np.empty(n + 1, dtype=np.int32), np.empty(room, dtype=np.int64),
            np.empty(room, dtype=np.int32),
        )  # fmt: skip

    others, costs = bidders.copy(), objects.copy()
    found, _ = search(1, bidders, objects)
    assert found == paths.CROWDED
    assert np.array_equal(bidders[:, paths.VALUE], others[:, paths.VALUE])
    assert np.array_equal(objects[:, :3], costs[:, :3])
    found, _ = search(4_000, others, costs)
    assert found == search(4_000, bidders, objects)[0] == n - 1
    assert np.array_equal(bidders[:, paths.VALUE], others[:, paths.VALUE])
    assert np.array_equal(objects[:, 0], costs[:, 0])


@pytest.mark.parametrize("seed", range(30))
def test_crowds_fill_every_unit_at_the_cost_of_scipy_and_their_prices_prove_it(seed):
    rng = np.random.default_rng(seed)
    units = rng.integers(0, 6, 5).astype(np.int32)
    n, m, bits = len(units), int(units.sum() + rng.integers(0, 4)), 6
    costs = rng.integers(0, int(rng.choice([3, 1_000])), (n, m))
    ptr = np.arange(0, n * m + 1, m)
    packed = np.sort((costs << bits) | np.arange(m), axis=1).ravel()
    filled, owner = np.zeros(m, dtype=np.int32), np.full(m, -1, dtype=np.int32)
    w, q, left = costs.min(axis=1), np.zeros(m, dtype=np.int64), units.copy()
    assert crowds.fill_crowds(ptr, packed, bits, left, np.arange(m + 1), filled, owner, w, q) == 0
    bidder = np.repeat(np.arange(n), units)
    at, taken = linear_sum_assignment(costs[bidder])
    held = np.flatnonzero(filled)
    assert not left.any()
    assert np.bincount(owner[held], minlength=n).tolist() == units.tolist()
    assert costs[owner[held], held].sum() == costs[bidder][at, taken].sum()
    assert (owner[filled == 0] == -1).all()
    assert (q >= 0).all()
    assert not q[filled == 0].any()
    assert (w[:, None] <= costs + q).all()
    assert (w[owner[held]] == costs[owner[held], held] + q[held]).all()


def test_crowds_go_on_from_what_is_held_and_say_how_many_bidders_found_nothing():
    costs, bits = np.array([[1, 2, 9], [1, 1, 9]]), 6
    packed = np.sort((costs[:, :2] << bits) | np.arange(2), axis=1).ravel()
    ptr, slots = np.array([0, 2, 4]), np.arange(4)
    filled, owner = np.array([1, 0, 0], dtype=np.int32), np.array([0, -1, -1], dtype=np.int32)
    w, q, units = np.array([1, 1]), np.zeros(3, dtype=np.int64), np.array([0, 1], dtype=np.int32)
    assert crowds.fill_crowds(ptr, packed, bits, units, slots, filled, owner, w, q) == 0
    assert (owner.tolist(), filled.tolist()) == ([0, 1, -1], [1, 1, 0])
    units[:] = 1, 1
    assert crowds.fill_crowds(ptr, packed, bits, units, slots, filled, owner, w, q) == 2


def test_a_search_back_without_room_changes_nothing():
    n, bits, ptr, packed, _, edges = crowded_part(4)
    w, q = edges.min(axis=0) + 10**6, np.full(n, 10**6)
    seat_start, seat_at = np.arange(n + 1), np.arange(n, dtype=np.int32)
    small = [np.zeros(n, dtype=np.int32) for _ in range(5)]
    wide = [np.zeros(n, dtype=np.int64) for _ in range(3)]

    def search(room, stamp):
        return giving_back.search_back(
            ptr, packed, bits, 0, w, q, seat_start, seat_at, wide[0], wide[1], small[0], wide[2],
            small[1], small[2], small[3], small[4], np.empty(room, dtype=np.int64),
            np.empty(room, dtype=np.int32), stamp,
        )[0]  # fmt: skip

    before = w.copy(), q.copy()
    assert search(1, 1) == -1
    assert np.array_equal(w, before[0])
    assert np.array_equal(q, before[1])
    assert search(4_000, 2) >= 0
    assert (q <= before[1]).all()
    assert (w <= before[0]).all()


def test_the_heap_made_anew_holds_each_open_object_once():
    slot_ptr, holder = np.array([0, 1, 1, 3, 4]), np.array([-5, 2, 7, -5], dtype=np.int32)
    objects = np.array([[5, 7], [3, -1], [9, auction.MANY], [1, -1]])
    keys, items = np.empty(8, dtype=np.int64), np.empty(8, dtype=np.int32)
    size = auction.all_open(keys, items, objects, slot_ptr, holder, 7)
    assert sorted(zip(keys[:size].tolist(), items[:size].tolist(), strict=True)) == [(1, 3), (9, 2)]
    assert keys[0] == 1


@pytest.fixture
def sources(tmp_path):
    """A package with two compiled modules, and a folder beside it."""
    kernel = tmp_path / "engine/deep/kernel"
    kernel.mkdir(parents=True)
    for path in (kernel / "heap.py", kernel / "paths.py"):
        path.write_text(path.name)
    for name in compiling.OTHERS:
        (tmp_path / "engine" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "engine" / name).write_text(name)
    return tmp_path / "engine"


def test_what_was_compiled_is_kept_by_the_text_of_all_that_calls_or_is_called(sources):
    first = compiling.kept_in(sources, "")
    assert first == compiling.kept_in(sources, "")
    assert (first.parent, first.is_dir()) == (sources / "__pycache__", True)
    seen = {first}
    for path in (sources / "deep/kernel/heap.py", sources / "augmenting.py"):
        path.write_text("otherwise")
        seen.add(compiling.kept_in(sources, ""))
    assert len(seen) == 3
    assert len(list(first.parent.iterdir())) == 1, "what nobody can use any more stays"


def test_what_was_compiled_goes_where_it_can_be_written_or_nowhere(sources, monkeypatch):
    given = sources / "given"
    assert compiling.kept_in(sources, str(given)).parent == given
    (sources / "__pycache__").write_text("a file where a folder would have to be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(sources / "home"))
    assert compiling.kept_in(sources, "").parent == sources / "home"
    (sources / "home2").write_text("no folder either")
    monkeypatch.setenv("XDG_CACHE_HOME", str(sources / "home2"))
    assert compiling.kept_in(sources, "") is None
    monkeypatch.setenv("XDG_CACHE_HOME", "not/from/the/top")
    assert compiling.kept_in(sources, "") is None

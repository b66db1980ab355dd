"""The proof: what is right passes, and every single change of it is found."""

import sys

import numpy as np
import pytest

from matching import assign, certify
from matching.certify import _Claim


def problem(seed, n=7, m=5, e=20, widest=9):
    rng = np.random.default_rng(seed)
    costs = rng.integers(-widest, widest + 1, e)
    return rng.integers(0, n, e), rng.integers(0, m, e), costs, rng.integers(0, 3, m), n


def claim(given):
    answer = assign(*given)
    return [answer.match, answer.row_price, answer.col_price, answer.outside_price]


def changed(said, at, index, value):
    other = list(said)
    other[at] = said[at].copy()
    other[at][index] = value
    return other


def test_certify_every_single_change_of_a_price_is_found():
    tried = 0
    for seed in range(40):
        given = problem(seed)
        said = claim(given)
        assert certify(*given[:4], *said) == [], f"seed {seed}"
        for at in (1, 2):
            for index, value in enumerate(said[at].tolist()):
                for by in (-1, 1, 1000, -(10**6), 2**61):
                    other = changed(said, at, index, value + by)
                    assert certify(*given[:4], *other), f"seed {seed}: {at} {index} {by}"
                    tried += 1
        for by in (-1, 1, 10**6):
            assert certify(*given[:4], *said[:3], said[3] + by), f"seed {seed}: outside {by}"
    assert tried >= 1_000


def test_certify_every_single_change_of_the_match_keeps_number_and_cost_or_is_found():
    tried = 0
    for seed in range(40):
        given = problem(seed)
        rows, cols, costs, _, n = given
        said = claim(given)
        price = {}
        for r, c, w in zip(rows.tolist(), cols.tolist(), costs.tolist(), strict=True):
            price[r, c] = min(w, price.get((r, c), w))
        right = sum(price[r, c] for r, c in enumerate(said[0].tolist()) if c >= 0)
        for row in range(n):
            for col in range(-1, 5):
                if col == said[0][row]:
                    continue
                tried += 1
                other = changed(said, 0, row, col)
                if certify(*given[:4], *other):
                    continue
                pairs = [(r, c) for r, c in enumerate(other[0].tolist()) if c >= 0]
                assert len(pairs) == (said[0] >= 0).sum(), f"seed {seed}"
                assert sum(price[p] for p in pairs) == right, f"seed {seed}"
    assert tried >= 1_000


def test_certify_cheaper_matched_edge_is_found():
    for seed in range(30):
        given = problem(seed)
        said = claim(given)
        for edge in range(len(given[2])):
            costs = given[2].copy()
            costs[edge] -= 1
            same = (given[0] == given[0][edge]) & (given[1] == given[1][edge])
            cheapest = given[2][edge] == given[2][same].min()
            if cheapest and said[0][given[0][edge]] == given[1][edge]:
                assert certify(given[0], given[1], costs, given[3], *said), f"seed {seed}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: [s[0][:-1], *s[1:]], "sizes"),
        (lambda s: changed(s, 0, 0, 9), "sizes"),
        (lambda s: changed(s, 0, 0, -2), "sizes"),
        (lambda s: [s[0], s[1], s[2].astype(float), s[3]], "col_price: expected whole numbers"),
        (lambda s: [s[0], s[1], s[2].astype(object), s[3]], "col_price"),
        (lambda s: changed(s, 1, 0, 2**62), "beyond what the costs allow"),
        (lambda s: [*s[:3], s[3] + 1], "the rule says"),
        (lambda s: [*s[:3], "a"], "invalid literal"),
    ],
)
def test_certify_unusable_claim_is_named(change, words):
    given = problem(1)
    assert words in certify(*given[:4], *change(claim(given)))[0]


def test_certify_names_what_is_false():
    # Two people want the one seat, a second seat is free; found by hand.
    given = ([0, 1, 1], [0, 0, 1], [1, 2, 5], [1, 2])
    answer = assign(*given, 2)
    assert (answer.match.tolist(), answer.col_price.tolist()) == ([0, 1], [3, 0])
    assert answer.row_price.tolist() == [4, 5]
    assert answer.outside_price == 1 + 3 * 6
    said = claim((*map(np.array, given), 2))
    assert certify(*given, *changed(said, 0, 1, 0))[0] == "column 0: 2 matched to 1 seats"
    assert certify(*given, *changed(said, 2, 1, 1))[0] == (
        "column 1: has a free seat and a price of 1"
    )
    assert certify(*given, *changed(said, 2, 0, -1))[0] == "column 0: price -1 is below 0"
    assert "row 0: price 20 is above 19" in certify(*given, *changed(said, 1, 0, 20))
    assert "row 1: unmatched with a price of 5" in certify(*given, *changed(said, 0, 1, -1))
    assert "row 0: its match is not an edge at its price" in certify(
        *given, *changed(said, 1, 0, 3)
    )
    higher = changed(changed(said, 2, 0, 4), 1, 0, 5)
    assert certify(*given, *higher) == ["column 0: price 4 is not the smallest"]


def test_cover_is_too_large_for_a_match_that_is_not_the_largest():
    for seed in range(30):
        given = problem(seed)
        said = claim(given)
        right = _Claim(*given[:4], *said)
        assert list(right.number()) == [], f"seed {seed}"
        if (said[0] >= 0).any():
            less = changed(said, 0, int(np.argmax(said[0] >= 0)), -1)
            assert list(_Claim(*given[:4], *less).number()), f"seed {seed}"


def test_certify_at_most_twenty_sentences_a_rule():
    n = 50
    given = np.arange(n), np.arange(n), np.zeros(n, dtype=int), np.ones(n, dtype=int), n
    said = claim(given)
    said[2] = said[2] - 1
    found = [words for words in certify(*given[:4], *said) if "below 0" in words]
    assert len(found) == 20


def test_certify_edges_in_several_blocks_is_the_same(monkeypatch):
    monkeypatch.setattr(sys.modules["matching.certify"], "BLOCK", 3)
    for seed in range(20):
        given = problem(seed)
        said = claim(given)
        assert certify(*given[:4], *said) == [], f"seed {seed}"
        for index, value in enumerate(said[1].tolist()):
            assert certify(*given[:4], *changed(said, 1, index, value + 1)), f"seed {seed}"


def test_certify_prices_all_higher_by_the_same_are_not_the_smallest():
    # As many seats as people, so that every price but the smallest would prove the cost as well.
    given = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([1, 2, 2, 1]), [1, 1], 2
    match, row_price, col_price, outside = claim(given)
    assert certify(*given[:4], match, row_price, col_price, outside) == []
    found = certify(*given[:4], match, row_price + 1, col_price + 1, outside)
    assert found == [f"column {j}: price 1 is not the smallest" for j in (0, 1)]


def test_certify_columns_that_only_hold_up_one_another_are_not_the_smallest():
    given = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([3, 3, 3, 3]), [1, 1], 2
    match, row_price, col_price, outside = claim(given)
    found = certify(*given[:4], match, row_price + 2, col_price + 2, outside)
    assert found == [f"column {j}: price 2 is not the smallest" for j in (0, 1)]


def test_certify_no_edges_at_all():
    assert certify([], [], [], [2], [-1, -1], [6, 6], [0], 6) == []
    assert certify([], [], [], [2], [-1, -1], [6, 6], [0], 7)[0].endswith("the rule says 6")


def test_certify_names_the_edge_beyond_the_first_block(monkeypatch):
    monkeypatch.setattr(sys.modules["matching.certify"], "BLOCK", 3)
    n = 30
    given = np.arange(n), np.arange(n), np.arange(n), np.ones(n, dtype=int), n
    said = claim(given)
    assert certify(*given[:4], *changed(said, 1, 7, 9))[0] == (
        "edge 7: row price 9 is above cost 7 plus column price 0"
    )
    said[1] = said[1] + 1
    assert sum(words.startswith("edge") for words in certify(*given[:4], *said)) == 20


@pytest.mark.parametrize(
    "market",
    [
        ([1], [0], [4], [1]),
        ([0], [1], [4], [1]),
        ([-1], [0], [4], [1]),
        ([0], [-1], [4], [1]),
        ([0], [0], [4], [-1]),
        ([0, 0], [0], [4], [1]),
        ([0], [0, 0], [4], [1]),
        ([[0]], [0], [4], [1]),
        ([0], [0], np.array([2**63], dtype=np.uint64), [1]),
        ([0], [0], [4.0], [1]),
    ],
)
def test_certify_unusable_market_is_refused(market):
    assert certify([0], [0], [4], [1], [0], [4], [0], 8) == []
    assert certify(*market, [0], [4], [0], 8)


def test_certify_unsigned_costs_are_read_as_they_are():
    assert certify([0], [0], np.array([4], dtype=np.uint64), [1], [0], [4], [0], 8) == []


@pytest.mark.parametrize("begin", [-1000, 1000])
def test_certify_right_answers_pass_wherever_the_costs_begin(begin):
    short = 0
    for seed in range(60):
        rows, cols, costs, seats, n = problem(seed)
        given = rows, cols, costs + begin, seats, n
        said = claim(given)
        assert certify(*given[:4], *said) == [], f"seed {seed}"
        short += bool((said[2] > np.ptp(costs)).any())
    assert short >= 10  # enough markets with places so short that the outside price sets theirs


@pytest.mark.parametrize("cost", [2**64 - 4, 2**64 - 1, 2**63])
def test_certify_cost_beyond_int64_is_not_read_as_a_negative_one(cost):
    wrapped = cost - 2**64
    if wrapped > -(2**62):
        assert certify([0], [0], [wrapped], [1], [0], [wrapped], [0], wrapped + 4) == []
    costs = np.array([cost], dtype=np.uint64)
    assert certify([0], [0], costs, [1], [0], [wrapped], [0], wrapped + 4)[0].startswith("costs")


def test_certify_unsigned_costs_are_not_rounded():
    costs, cost = np.array([2**55 + 1], dtype=np.uint64), 2**55 + 1
    assert certify([0], [0], costs, [1], [0], [cost], [0], cost + 4) == []
    assert certify([0], [0], costs, [1], [0], [cost + 1], [0], cost + 4)


def test_certify_says_each_thing_once_in_several_blocks(monkeypatch):
    monkeypatch.setattr(sys.modules["matching.certify"], "BLOCK", 3)
    n = 30
    given = np.arange(n), np.arange(n), np.arange(n), np.ones(n, dtype=int), n
    found = certify(*given[:4], *changed(claim(given), 1, 7, 9))
    assert len(found) == len(set(found)) == 2


def test_certify_believes_no_search_that_finds_chains_where_there_are_none(monkeypatch):
    given = [0], [0], [0], [1]
    right, dearer = ([0], [0], [0], 4), ([0], [1], [1], 4)
    said = ["column 0: price 1 is not the smallest"]
    assert certify(*given, *right) == []
    assert certify(*given, *dearer) == said

    def all_found(chain, start):
        return np.array([1, 0]), np.array([1, -9999])

    monkeypatch.setattr(sys.modules["matching.certify"], "breadth_first_order", all_found)
    assert certify(*given, *dearer) == said


def test_certify_believes_no_chain_that_holds_itself_up(monkeypatch):
    given = [0, 1, 0, 1], [0, 1, 1, 0], [0, 0, 0, 0], [1, 1]
    dearer = [0, 1], [1, 1], [1, 1], 6
    said = [f"column {j}: price 1 is not the smallest" for j in (0, 1)]
    assert certify(*given, *dearer) == said

    def ring(chain, start):
        return np.array([2]), np.array([1, 0, -9999])

    monkeypatch.setattr(sys.modules["matching.certify"], "breadth_first_order", ring)
    assert certify(*given, *dearer) == said

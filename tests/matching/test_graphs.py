"""The graph that anybody checks without our code: each kind of false number is named."""

import pytest

from matching.sealing.graphs import check_graph


def prices(candidate, placement):
    return {"candidate": candidate, "placement": placement}


@pytest.mark.parametrize("broken", [{}, {"match": 3}, {"match": [0]}, {"edges": [[0]]}])
def test_check_graph_that_cannot_be_read_says_so(broken):
    whole = {"candidates": [], "placements": [], "edges": [], "match": [], "certificate": "none"}
    assert check_graph(whole) == []
    assert check_graph({**whole, **broken} if broken else {}) != []


ONE = {
    "candidates": [{"id": "a"}],
    "placements": [{"id": "p", "capacity": 1}],
    "edges": [[0, 0, 4]],
    "match": [0],
    "certificate": "exact",
    "unmatched_cost": 9,
    "prices": {"candidate": [4], "placement": [0]},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"match": [None], "unmatched_cost": 3, "prices": prices([3], [0])}, "1 could be"),
        ({"match": [None], "prices": prices([9], [0])}, "above 4 of edge 0 to 0"),
        ({"prices": prices([3], [0])}, "not 4 of their place"),
        ({"prices": prices([3], [-1])}, "placement 0 has price -1"),
        ({"prices": prices([4], [])}, "do not fit"),
        ({"unmatched_cost": 2}, "beside 2 for no place"),
        ({"edges": []}, "without an edge"),
        ({"edges": [[0, 0, 4]] * 2}, "do not fit the candidates"),
        ({"placements": [{"id": "p", "capacity": 0}]}, "1 people on 0 places"),
    ],
)
def test_check_graph_names_each_kind_of_false_number(change, said):
    assert check_graph(ONE) == []
    assert any(said in sentence for sentence in check_graph({**ONE, **change}))

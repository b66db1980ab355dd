"""What each person can take, who one more place goes to, and pairs checked a second time."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching import (
    Market,
    PlanError,
    explain,
    explain_all,
    graph,
    reach,
    reach_table,
    recheck_pairs,
)
from matching.eligibility import Refusal

PLAIN = {"travel": "none"}
HOURS = ((0, 540, 960),)


def all_pairs(market):
    return [(c.id, p.id) for c in market.candidates for p in market.placements]


def test_reach_and_reach_table_say_the_same_of_every_pair(city):
    table = reach_table(city)
    for candidate in city.candidates[:40]:
        row = city.row_of[candidate.id]
        found = reach(city, candidate.id)
        assert [f.rule is None for f in found] == (table[row] == 0).tolist()
        assert all(f.words for f in found)


def test_I07_recheck_pairs_agrees_with_the_solver_on_every_pair(city):
    table = reach_table(city).ravel().tolist()
    market = Market(sorted(city.candidates, key=lambda c: c.id), city.placements, city.policy)
    checked = recheck_pairs(market, all_pairs(city))
    assert [pair.rule is None for pair in checked] == [bits == 0 for bits in table]
    for pair, bits in zip(checked, table, strict=True):
        assert pair.rule is None or bits & Refusal[pair.rule]


@pytest.mark.parametrize(
    ("person", "place", "rule"),
    [
        ({}, {}, None),
        ({"born_on": "2012-01-01"}, {"min_age": 16, "start_from": "2026-09-01"}, "AGE"),
        ({}, {"needs": ["van"]}, "NEEDS"),
        ({}, {"shifts": HOURS}, "HOURS"),
        ({"start_to": "2026-08-01"}, {"start_from": "2026-09-01"}, "DATES"),
        ({"never_employers": ["Mill"]}, {"employer": "Mill"}, "NEVER"),
        ({}, {"capacity": 0}, "FULL"),
    ],
)
def test_recheck_pairs_names_the_rule_that_is_broken(person, place, rule):
    market = Market([{"id": "a", **person}], [{"id": "p", **place}], PLAIN)
    assert recheck_pairs(market, [("a", "p")])[0].rule == rule
    assert reach(market, "a")[0].rule == rule


@pytest.mark.parametrize(
    ("home", "limit", "rule"),
    [(None, 60, "TRAVEL_UNKNOWN"), (53.5, 60, "TRAVEL_TOO_LONG"), (52.481, 60, None)],
)
def test_recheck_pairs_counts_the_journey(home, limit, rule):
    person = {"id": "a", "lat": home, "lon": home and -1.9, "max_minutes": limit}
    market = Market([person], [{"id": "p", "lat": 52.48, "lon": -1.9}])
    checked = recheck_pairs(market, [("a", "p")])[0]
    assert checked.rule == rule
    assert rule == "TRAVEL_UNKNOWN" or checked.there > 0


def test_explain_all_gives_what_explain_gives_one_by_one(city, city_plan):
    together = explain_all(city, city_plan)
    assert set(together) == {c.id for c in city.candidates}
    for name in list(together)[::25]:
        assert together[name] == explain(city, city_plan, name)


def test_graph_is_a_proof_that_plain_arithmetic_can_check(city, city_plan):
    block = graph(city, city_plan)
    table = np.full((len(block["candidates"]), len(block["placements"])), 10**18)
    for i, j, cost in block["edges"]:
        table[i, j] = cost
    seats = np.repeat(np.arange(table.shape[1]), [p["capacity"] for p in block["placements"]])
    rows, taken = linear_sum_assignment(np.minimum(table, block["unmatched_cost"])[:, seats])
    least = sum(
        int(table[r, seats[c]]) - block["unmatched_cost"]
        for r, c in zip(rows, taken, strict=True)
        if table[r, seats[c]] < block["unmatched_cost"]
    )
    ours = sum(
        int(table[i, j]) - block["unmatched_cost"]
        for i, j in enumerate(block["match"])
        if j is not None
    )
    assert ours == least


def test_graph_of_another_market_is_refused(city_plan):
    with pytest.raises(PlanError, match="another market"):
        graph(Market([], []), city_plan)


REACH_ALONE = """
import sys
from matching import reach
from matching.generate import generate
market = generate(20, 5, 8, seed=1)
assert len(reach(market, market.candidates[0].id)) == 5
sys.exit(int("numba" in sys.modules))
"""


def test_reach_of_one_person_needs_no_compiler():
    assert subprocess.run([sys.executable, "-c", REACH_ALONE], check=False).returncode == 0

"""What a pair costs: levels by their definitions, and phases to the last number that fits."""

import itertools

import numpy as np
import pytest

from matching import Market, PolicyError
from matching.costs import Sizes, cut_phases, level_tops, pair_costs, words_joined
from matching.edges import eligible_edges

WEEK = [[day, 0, 1440] for day in range(7)]
HOME = {"lat": 52.48, "lon": -1.89, "modes": ["bus"], "availability": WEEK, "max_minutes": 120}
LIMIT = 2**62


def late_market():
    """Ways home from late shifts take longer than there, from early ones the other way round."""
    shifts = ([[0, 840, 1200]], [[0, 400, 800]], [[0, 600, 900]])
    places = [
        {"id": f"p{at}", "lat": 52.49 + at / 100, "lon": -1.9, "shifts": shift}
        for at, shift in enumerate(shifts)
    ]
    return Market([HOME | {"id": "a"}, HOME | {"id": "b", "lat": 52.40}], places)


def test_travel_is_the_longer_of_both_journeys_in_levels_and_tops():
    market = late_market()
    edges = eligible_edges(market)
    longer = [max(pair) for pair in zip(edges.there.tolist(), edges.back.tolist(), strict=True)]
    assert len(longer) == 6
    assert (edges.there < edges.back).any() and (edges.there > edges.back).any()
    costs = pair_costs(market, edges)
    assert costs.levels["travel"].tolist() == longer
    for some in (edges, eligible_edges(Market([HOME | {"id": "a"}], [market.placements[0]]))):
        assert level_tops(market, some)["travel"] == max(*some.there.tolist(), *some.back.tolist())
    assert level_tops(market, eligible_edges(Market([], [])))["travel"] == 0


def test_weights_follow_from_the_highest_levels():
    market = late_market()
    edges = eligible_edges(market)
    top, costs = max(*edges.there.tolist(), *edges.back.tolist()), pair_costs(market, edges)
    travel = 1 + 1023
    choice = 1 + 1023 + 2 * travel * top
    assert costs.weights == {
        "priority": 1 + 1023 + 2 * travel * top + 2 * choice * 7,
        "choice": choice,
        "travel": travel,
        "lottery": 1,
    }


@pytest.mark.parametrize(("people", "places"), [(2, 5), (9, 3), (1, 1), (0, 4), (4, 0)])
def test_sizes_count_who_can_be_placed_and_the_bits_of_the_larger_side(people, places):
    market = Market(
        [{"id": f"c{i}"} for i in range(people)],
        [{"id": f"p{j}", "capacity": 2} for j in range(places)],
    )
    sizes = Sizes.of(market)
    assert sizes.most == min(people, 2 * places)
    assert 2**sizes.bits > max(people, places) >= 2**sizes.bits // 2


def test_cost_of_a_pair_is_one_machine_number_unless_phases_need_more():
    one, two = np.array([1, 0, -(2**62)]), np.array([-1, 5, 2**62])
    assert words_joined([one]).dtype == np.int64
    assert words_joined([one]).tolist() == one.tolist()
    both = [a * 2**64 + b for a, b in zip(one.tolist(), two.tolist(), strict=True)]
    assert words_joined([one, two]).tolist() == both


def test_costs_in_phases_add_up_to_the_weights_times_the_levels(monkeypatch):
    monkeypatch.setattr("matching.costs.ROOM", 2**17)
    market = late_market()
    costs = pair_costs(market, eligible_edges(market))
    assert len(costs.phases) == 2
    assert list(itertools.chain(*costs.phases)) == list(market.policy.objectives)
    for at, total in enumerate(costs.total.tolist()):
        parts = [weight * int(costs.levels[name][at]) for name, weight in costs.weights.items()]
        assert total == sum(parts)
    with pytest.raises(KeyError):
        costs.levels["luck"]


def fits(top, most, bits, later):
    """The solver's limits, for a phase of one objective of a pair with this highest level."""
    widest = top + 2 * (most * top + 1) if later else top
    return 3 * (most + 2) * (widest + 4) < LIMIT and widest * 2**bits < LIMIT


def widest_top(most, bits, later):
    """The highest level that fits, by halving."""
    low, high = 0, LIMIT
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle, most, bits, later) else (low, middle)
    return low


@pytest.mark.parametrize("most", [1, 2, 3, 40, 5_000, 270_000])
@pytest.mark.parametrize("bits", [1, 3, 19, 40])
def test_cut_phases_to_the_last_number_that_fits(most, bits):
    alone, later = widest_top(most, bits, False), widest_top(most, bits, True)
    sizes, tiers = Sizes(most, bits), ((("choice", 1),), (("travel", 1),))
    assert cut_phases(tiers[:1], {"choice": alone}, sizes) == [tiers[:1]]
    with pytest.raises(PolicyError, match="choice"):
        cut_phases(tiers[:1], {"choice": alone + 1}, sizes)
    both = {"choice": alone, "travel": later}
    assert cut_phases(tiers, both, sizes) == [tiers[:1], tiers[1:]]
    with pytest.raises(PolicyError, match="travel"):
        cut_phases(tiers, both | {"travel": later + 1}, sizes)

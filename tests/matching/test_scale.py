"""Packed costs of chains are in the order of the objectives, and can be read back."""

import numpy as np
import pytest

from matching.explaining.scale import OF_THE_PERSON, Scale

TOPS = {"priority": 2, "choice": 7, "travel": 60, "lottery": 1023}
WEIGHED = ((("priority", 1),), (("choice", 30), ("travel", 1)), (("lottery", 1),))
ORDERS = [
    (("priority", "choice", "travel", "lottery")),
    (("travel", "lottery", "choice", "priority")),
    (("lottery", "travel")),
]


def chain(rng, names, longest):
    """The sums of one chain: pairs taken less pairs given up, and one person in and one out."""
    found = {}
    for name in names:
        moves = 1 if name in OF_THE_PERSON else longest
        taken, given = rng.integers(0, TOPS[name] + 1, (2, moves))
        keep = rng.random(moves) < rng.choice([0.1, 0.9])
        found[name] = int((taken - given)[keep].sum())
    return int(rng.integers(-1, 2)), found


def packed(scale, unplaced, sums):
    return unplaced * scale.outside + sum(scale.weights[name] * n for name, n in sums.items())


@pytest.mark.parametrize("names", ORDERS)
def test_scale_orders_chains_by_the_first_objective_that_differs(names):
    scale = Scale(tuple(((name, 1),) for name in names), TOPS, 9)
    rng = np.random.default_rng(7)
    print("seed", 7)
    for _ in range(3_000):
        one, two = chain(rng, names, 9), chain(rng, names, 9)
        ours = packed(scale, *one) < packed(scale, *two)
        plain = [[unplaced, *(sums[name] for name in names)] for unplaced, sums in (one, two)]
        assert ours == (plain[0] < plain[1])
        assert scale.read(packed(scale, *one)) == one


def test_scale_reads_a_weighted_tier_as_one_sum():
    scale = Scale(WEIGHED, TOPS, 9)
    rng = np.random.default_rng(8)
    print("seed", 8)
    for _ in range(500):
        unplaced, sums = chain(rng, tuple(TOPS), 9)
        tiers = {
            "priority": sums["priority"],
            "choice+travel": 30 * sums["choice"] + sums["travel"],
            "lottery": sums["lottery"],
        }
        assert scale.read(packed(scale, unplaced, sums)) == (unplaced, tiers)
        assert scale.by_tier(sums) == tiers


def test_scale_beyond_64_bits_counts_in_whole_numbers_of_any_size():
    scale = Scale(((("choice", 1),), (("travel", 1),)), {"choice": 7, "travel": 2**30}, 2**30)
    assert scale.kind.hasobject
    cost = scale.cost({"choice": np.array([7]), "travel": np.array([2**30])})
    assert cost.tolist() == [7 * scale.weights["choice"] + 2**30]

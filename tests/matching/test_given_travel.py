"""Journeys taken as given: what is listed, what is not, and lists that are out of joint."""

import numpy as np
import pytest

from matching import Market, MarketError
from matching.sealing.given import GivenTravel
from matching.travel import journeys as find_journeys


def test_given_travel_tells_unknown_from_unserved_and_from_too_far():
    people = [{"id": n} for n in ("ann", "bob", "cat", "dan")]
    market = Market(people, [{"id": "shop"}])
    travel = GivenTravel.from_dict(
        {
            "model": "given",
            "source": "straight_line",
            "people": ["ann", "bob", "cat", "dan"],
            "places": ["shop"],
            "starts": [0, 1, 2, 3, 3],
            "cols": [0, 0, 0],
            "there": [20, -1, -2],
            "back": [25, -1, -2],
            "metres": [3000, 2000, -1],
            "mode": [2, -1, -1],
            "estimate": [0, 1, 1],
            "lost_people": [],
            "lost_places": [],
        }
    )
    market = Market(people, [{"id": "shop"}], travel=travel)
    rows = np.array([market.row_of[n] for n in ("ann", "bob", "cat", "dan")])
    found = find_journeys(market, rows, np.zeros(4, dtype=np.int64))
    assert found.known.tolist() == [True, True, False, True]
    assert found.served.tolist() == [True, False, False, True]
    assert found.there.tolist()[:3] == [20, -1, -1]
    assert found.there[3] > 1000
    assert found.estimate.tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starts": [0, 2]}, "starts does not cut"),
        ({"there": [1, 2]}, "there has another length"),
        ({"cols": [3]}, "cols has a position"),
        ({"there": [True]}, "there is not a list of whole numbers"),
        ({"there": [2**40]}, "there holds a number outside"),
        ({"people": ["ann", 3]}, "people is not a list of texts"),
        ({"people": ["ann", "ann"]}, "people names one twice"),
        ({"source": 3}, "source is not a text"),
        ({"shoe": 3}, "'shoe' is missing or unknown"),
    ],
)
def test_given_travel_that_is_out_of_joint_is_refused_by_list(change, said):
    none = {"lost_people": [], "lost_places": [], "mode": [0], "estimate": [1], "metres": [0]}
    whole = {"model": "given", "source": "x", "people": ["ann"], "places": ["shop"]} | none
    whole |= {"starts": [0, 1], "cols": [0], "there": [1], "back": [1]}
    GivenTravel.from_dict(whole)
    with pytest.raises(MarketError, match=said):
        GivenTravel.from_dict(whole | change)

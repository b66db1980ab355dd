"""A price that is off by one is told in the checker's words, with one word a price and with two."""

import dataclasses

import pytest

from matching import Market, Plan, solve, verify

PEOPLE = [
    {"id": "ann", "choices": ["shop"], "modes": ["walk"]},
    {"id": "bob", "choices": ["farm", "shop"], "modes": ["walk"]},
    {"id": "cat", "choices": ["shop"], "modes": ["walk"]},
    {"id": "eve", "modes": ["walk"]},
]
PEOPLE = [{"lat": 52.48, "lon": -1.9, **person} for person in PEOPLE]
PLACES = [
    {"id": "shop", "lat": 52.482, "lon": -1.9},
    {"id": "farm", "lat": 52.485, "lon": -1.9},
    {"id": "mill", "lat": 52.49, "lon": -1.9, "needs": ["van"]},
]
POLICY = {"seed": 2, "objectives": ["choice", "travel", "lottery"]}


def read(market):
    """The plan of a market as it comes out of a file."""
    return Plan.from_dict(solve(market).to_dict())


def with_price(plan, kind, name, price):
    """The plan with one price changed."""
    prices = {**plan.prices, kind: {**plan.prices[kind], name: price}}
    return dataclasses.replace(plan, prices=prices)


@pytest.mark.parametrize("room", [2**60, 2**19], ids=["one word", "two words"])
def test_a_price_too_low_or_too_high_by_one_is_told_in_these_words_alone(monkeypatch, room):
    monkeypatch.setattr("matching.costs.ROOM", room)
    monkeypatch.setattr("matching.checking.weights.LIMIT", room)
    market = Market(PEOPLE, PLACES, POLICY)
    plan = read(market)
    assert ("phases" in plan.certificate) == (room == 2**19)
    assert verify(market, plan) == []
    placed = plan.placement_of
    waiting, holder = ("ann", "cat") if "cat" in placed else ("cat", "ann")
    lower, tie = (
        "could be lower",
        "another plan is as good, and the rule of ties prefers it",
    )
    for kind, name, by, said in (
        ("candidate", holder, -1, [f"{holder} at shop is used and not tight"]),
        ("candidate", "bob", -1, ["bob at farm is used and not tight"]),
        (
            "candidate",
            waiting,
            -1,
            [
                f"{waiting} is left out at another price than that of staying out",
                f"the price of shop {lower}",
            ],
        ),
        (
            "placement",
            "farm",
            1,
            ["bob at farm is used and not tight", f"the price of farm {lower}"],
        ),
        (
            "placement",
            "mill",
            1,
            ["mill has a free place and a price", f"the price of mill {lower}"],
        ),
    ):
        price = plan.prices[kind][name] + by
        assert verify(market, with_price(plan, kind, name, price)) == [*said, tie], (kind, name)


def test_a_market_of_nobody_has_a_plan_that_verifies():
    for people, places in (([], PLACES), (PEOPLE, []), ([], [])):
        market = Market(people, places, POLICY)
        assert verify(market, read(market)) == []

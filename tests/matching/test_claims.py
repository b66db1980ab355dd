"""What a plan says is read only in the shape it must have; every other shape is named."""

import dataclasses

import numpy as np
import pytest

from matching import Market, Plan, solve, verify
from matching.checking.claims import (
    Unreadable,
    cut_words,
    positions,
    read_claims,
    read_lines,
    read_prices,
    read_reasons,
    whole_numbers,
)


@pytest.fixture(scope="module")
def market():
    """One shop that two want, one who may go nowhere, and a farm that nobody can go to."""
    people = [
        {"id": "ann", "choices": ["shop"]},
        {"id": "bob", "choices": ["shop"]},
        {"id": "cat", "never_placements": ["shop"]},
    ]
    places = [{"id": "shop"}, {"id": "farm", "needs": ["van"]}]
    return Market(people, places, {"travel": "none", "seed": 3})


@pytest.fixture(scope="module")
def plan(market):
    """Its plan as plain values, as one comes out of a file."""
    return Plan.from_dict(solve(market).to_dict())


def test_plain_plan_reads_as_the_arrays_it_came_from(market, plan):
    made = solve(market)
    for one, two in ((plan, made), (made, plan)):
        assert verify(market, one) == []
        a, b = read_claims(market, one), read_claims(market, two)
        assert (a.rows.tolist(), a.cols.tolist()) == (b.rows.tolist(), b.cols.tolist())
        assert {k: v.tolist() for k, v in a.figures.items()} == {
            k: v.tolist() for k, v in b.figures.items()
        }
        for x, y in zip(read_lines(market, one), read_lines(market, two), strict=True):
            assert x.tolist() == y.tolist()
    told = read_reasons(market, plan)
    assert sorted(told.rules) == ["needs", "never"]
    waiting = next(iter(plan.reserves["shop"]))
    by_name = {market.candidates[row].id: at for at, row in enumerate(told.rows.tolist())}
    assert told.eligible.tolist()[by_name["cat"]] == 0
    assert told.eligible.tolist()[by_name[waiting]] == 1
    assert told.refused[by_name["cat"]].tolist() == [1, 1]
    assert told.refused[by_name[waiting]].tolist() == [0, 0]


def placed(plan, **values):
    return dataclasses.replace(
        plan, assignments=(dataclasses.replace(plan.assignments[0], **values),)
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"minutes_there": 1.0}, "a minutes_there is not of its kind"),
        ({"minutes_back": True}, "a minutes_back is not of its kind"),
        ({"metres": 2**63}, "a metres does not fit 64 bits"),
        ({"choice": "1"}, "a choice is not of its kind"),
        ({"choice": True}, "a choice is not of its kind"),
        ({"estimate": 1}, "a estimate is not of its kind"),
        ({"pinned": 0}, "a pinned is not of its kind"),
        ({"pinned": None}, "a pinned is not of its kind"),
    ],
)
def test_figure_of_another_kind_is_named(market, plan, values, said):
    with pytest.raises(Unreadable, match=said):
        read_claims(market, placed(plan, **values))
    assert verify(market, placed(plan, **values)) == [said]


@pytest.mark.parametrize(
    ("values", "name", "read"),
    [
        ({"choice": None}, "choice", 0),
        ({"choice": 0}, "choice", -1),
        ({"choice": 3}, "choice", 3),
        ({"mode": None}, "mode", -1),
        ({"mode": "walk"}, "mode", 0),
        ({"mode": "car"}, "mode", 4),
        ({"mode": "hovercraft"}, "mode", -2),
        ({"estimate": False}, "estimate", False),
    ],
)
def test_figure_is_read_as_what_it_stands_for(market, plan, values, name, read):
    assert read_claims(market, placed(plan, **values)).figures[name].tolist() == [read]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"candidate": "nobody"}, "someone is placed who is not in the market"),
        ({"candidate": 3}, "someone is placed who is not in the market"),
        ({"placement": "nowhere"}, "someone is placed who is not in the market"),
        ({"placement": None}, "someone is placed who is not in the market"),
    ],
)
def test_assignment_of_strangers_is_refused_and_nothing_more_is_said(market, plan, values, said):
    found = verify(market, placed(plan, **values))
    assert len(found) == 1
    assert found[0].startswith(said)


def reasons(plan, name, **values):
    gone = [key for key, value in values.items() if value is ...]
    one = {k: v for k, v in {**plan.reasons[name], **values}.items() if k not in gone}
    return dataclasses.replace(plan, reasons={**plan.reasons, name: one})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"code": "tired"}, "the reason of cat is not of its kind"),
        ({"code": ...}, "the reason of cat is not of its kind"),
        ({"refused": ...}, "the reason of cat is not of its kind"),
        ({"more": 1}, "the reason of cat is not of its kind"),
        ({"code": "places_taken"}, "the reason of cat is not of its kind"),
        ({"code": "places_taken", "refused": ...}, "the reason of cat contradicts itself"),
        ({"eligible": 1}, "the reason of cat contradicts itself"),
        ({"refused": {"never": 0, "needs": 1}}, "the reason of cat counts nothing"),
        ({"refused": {"never": 1.0, "needs": 1}}, "a count is not a whole number"),
        ({"refused": {"never": 2**63, "needs": 1}}, "a count does not fit 64 bits"),
        ({"refused": ["never"]}, "a reason is not of its kind"),
        ({"eligible": False}, "a count is not a whole number"),
    ],
)
def test_reason_of_another_shape_is_named(market, plan, values, said):
    assert verify(market, reasons(plan, "cat", **values)) == [said]


def test_reason_that_is_no_object_is_named(market, plan):
    other = dataclasses.replace(plan, reasons={**plan.reasons, "cat": "tired"})
    assert verify(market, other) == ["a reason is not of its kind"]


def test_reason_of_places_taken_that_counts_none_contradicts_itself(market, plan):
    name = next(iter(plan.reserves["shop"]))
    assert verify(market, reasons(plan, name, eligible=0)) == [
        f"the reason of {name} contradicts itself"
    ]


def test_line_that_is_no_list_is_named(market, plan):
    line = tuple(plan.reserves["shop"])
    assert verify(market, dataclasses.replace(plan, reserves={"shop": line})) == [
        "a line is not of its kind"
    ]


def test_lines_are_read_in_order_with_strangers_as_unknown(market, plan):
    lines = {"farm": ["cat", "nobody"], "nowhere": ["ann"], "shop": []}
    places, sizes, people = read_lines(market, dataclasses.replace(plan, reserves=lines))
    assert places.tolist() == [market.col_of["farm"], -1, market.col_of["shop"]]
    assert sizes.tolist() == [2, 1, 0]
    assert people.tolist() == [market.row_of["cat"], -1, market.row_of["ann"]]


def test_positions_of_what_is_no_text_are_unknown():
    assert positions({"a": 0, "b": 4}, ["b", "a", "c", 0, None, True]).tolist() == [
        4,
        0,
        -1,
        -1,
        -1,
        -1,
    ]


def test_whole_numbers_to_the_last_that_fits():
    edge = [2**63 - 1, -(2**63), 0]
    assert whole_numbers("count", edge).tolist() == edge
    for value in (2**63, -(2**63) - 1):
        with pytest.raises(Unreadable, match="does not fit 64 bits"):
            whole_numbers("count", [value])


def test_words_put_together_again_are_the_numbers_that_were_cut():
    rng = np.random.default_rng(0)
    for n_words in (1, 2, 3):
        width = 64 * n_words - 1
        values = [0, 1, -1, 2**width - 2 ** (width - 1), -(2 ** (width - 1))]
        values += [int(x) << int(s) for x in rng.integers(-99, 99, 40) for s in (0, 31, width - 8)]
        values += [2 ** (64 * k - 1) + d for k in range(1, n_words) for d in (-1, 0, 1)]
        cut = cut_words("price", values, n_words)
        assert len(cut) == n_words
        for at, value in enumerate(values):
            assert sum(int(w[at]) << 64 * k for k, w in enumerate(reversed(cut))) == value
    for bad in (1.5, True, None, "1"):
        for n_words in (1, 2):
            with pytest.raises(Unreadable, match="a price is not a whole number"):
                cut_words("price", [0, bad], n_words)
    with pytest.raises(Unreadable, match="a price does not fit 64 bits"):
        cut_words("price", [2**64], 1)


@pytest.mark.parametrize(
    "told", [None, [1, 2], {"ann": 1}, {"ann": 1, "bob": 2, "dan": 3}, {"ann": 1, "bob": 2, 3: 4}]
)
def test_prices_that_do_not_cover_the_market_are_refused(told):
    at = {"bob": 0, "ann": 1, "cat": 2}
    with pytest.raises(Unreadable, match="do not cover the market"):
        read_prices(told, at, 1)
    right = {"ann": 1, "bob": 2, "cat": 3}
    assert read_prices(right, at, 1)[0].tolist() == [2, 1, 3]


def test_prices_kept_as_arrays_are_read_by_name(market):
    prices = solve(market).prices
    for side, records in (("candidate", market.candidates), ("placement", market.placements)):
        at = {name: i for i, name in enumerate(records.ids[::-1].tolist())}
        read = read_prices(prices[side], at, 1)[0].tolist()
        assert read == [prices[side][name] for name in at]
        with pytest.raises(Unreadable):
            read_prices(prices[side], {"x": 0} | {name: i for name, i in at.items() if i}, 1)

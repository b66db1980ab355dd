"""The checker says what is false in its own words: one fault, one sentence, by hand."""

import dataclasses

import pytest

from matching import Market, Plan, solve, verify
from matching.checking.eligible import SecondLook
from matching.generate import generate

WEEK = [[day, 0, 1440] for day in range(7)]
PEOPLE = [
    {"id": name, "lat": 52.48, "lon": -1.9, "modes": ["walk"], "availability": WEEK, **more}
    for name, more in (
        ("ann", {"choices": ["shop"]}),
        ("bob", {"choices": ["farm", "shop"]}),
        ("cat", {"choices": ["shop"]}),
        ("dan", {"never_placements": ["shop", "farm", "mill"]}),
        ("eve", {}),
    )
]
PLACES = [
    {"id": "shop", "lat": 52.482, "lon": -1.9, "employer": "Acorn (invented)"},
    {"id": "farm", "lat": 52.485, "lon": -1.9, "employer": "Acorn (invented)"},
    {"id": "mill", "lat": 52.49, "lon": -1.9, "needs": ["van"]},
]
POLICY = {"seed": 2, "objectives": ["choice", "travel", "lottery"]}


def read(market):
    """The plan of a market as it comes out of a file."""
    return Plan.from_dict(solve(market).to_dict())


@pytest.fixture(scope="module")
def market():
    return Market(PEOPLE, PLACES, POLICY)


@pytest.fixture(scope="module")
def plan(market):
    found = read(market)
    assert len(found.placement_of) == 2
    assert found.placement_of["bob"] == "farm"
    assert verify(market, found) == []
    return found


@pytest.fixture(scope="module")
def waiting(plan):
    """Whoever of ann and cat has no place."""
    return next(name for name in ("ann", "cat") if name not in plan.placement_of)


@pytest.fixture(scope="module")
def holder(plan, waiting):
    return "ann" if waiting == "cat" else "cat"


def with_part(plan, field, **values):
    return dataclasses.replace(plan, **{field: {**getattr(plan, field), **values}})


def with_placed(plan, who, **values):
    """The plan with one assignment changed."""
    return dataclasses.replace(
        plan,
        assignments=tuple(
            dataclasses.replace(one, **values) if one.candidate == who else one
            for one in plan.assignments
        ),
    )


def test_another_market_and_another_mechanism_are_told_first(market, plan):
    other = dataclasses.replace(plan, market_sha256="0" * 64)
    assert verify(market, other) == ["the plan was made for another market"]
    other = dataclasses.replace(plan, mechanism="serial")
    assert verify(market, other) == ["the plan says serial, the policy optimal"]


def test_kind_of_proof_method_and_totals_are_held_to_the_mechanism(market, plan):
    other = with_part(plan, "certificate", kind="none")
    assert "a proof of kind 'none' is not enough for optimal" in verify(market, other)
    assert "prices are given that prove nothing" in verify(market, other)
    assert "the certificate has other fields than it should" in verify(market, other)
    other = dataclasses.replace(plan, method="magic")
    assert verify(market, other) == ["the method is 'magic', should be 'assignment by prices'"]
    for name, value in plan.totals.items():
        other = with_part(plan, "totals", **{name: value + 1})
        assert verify(market, other) == ["the totals are not those of the plan"]
    other = with_part(plan, "totals", more=1)
    assert verify(market, other) == ["the totals are not those of the plan"]


@pytest.mark.parametrize("mechanism", ["stable", "serial", "nearest"])
def test_other_mechanisms_give_no_prices_and_no_other_fields(mechanism, plan):
    market = Market(PEOPLE, PLACES, POLICY | {"mechanism": mechanism})
    own = read(market)
    assert verify(market, own) == []
    assert verify(market, dataclasses.replace(own, prices=plan.prices)) == [
        "prices are given that prove nothing"
    ]
    assert verify(market, with_part(own, "certificate", more=1)) == [
        "the certificate has other fields than it should"
    ]


def test_figures_of_a_placed_pair_are_told_with_what_they_should_be(market, plan, holder):
    one = next(one for one in plan.assignments if one.candidate == holder)
    minutes = one.minutes_there
    for values, said in (
        ({"choice": 2}, "choice is 2, should be 1"),
        ({"choice": None}, "choice is 0, should be 1"),
        ({"minutes_there": 1}, f"minutes_there is 1, should be {minutes}"),
        ({"minutes_back": minutes + 1}, f"minutes_back is {minutes + 1}, should be {minutes}"),
        ({"mode": "bus"}, "mode is 2, should be 0"),
        ({"estimate": False}, "estimate is False, should be True"),
        ({"pinned": True}, "pinned is True, should be False"),
    ):
        found = verify(market, with_placed(plan, holder, **values))
        assert found == [f"{holder} at shop: {said}"], values
    for metres, wrong in ((one.metres + 1, True), (one.metres - 1, True), (one.metres, False)):
        found = verify(market, with_placed(plan, holder, metres=metres))
        assert bool(found) == wrong
        assert not wrong or found[0].startswith(f"{holder} at shop: {metres} metres, should be ")


def test_person_placed_twice_or_where_they_may_not_go_is_told(market, plan, holder, waiting):
    twice = dataclasses.replace(plan, assignments=(*plan.assignments, plan.assignments[0]))
    name = plan.assignments[0].candidate
    assert f"{name} is placed 2 times" in verify(market, twice)
    assert verify(market, with_placed(plan, holder, candidate="dan")) == [
        "dan at shop is not an eligible pair"
    ]
    assert verify(market, with_placed(plan, holder, placement="mill")) == [
        f"{holder} at mill is not an eligible pair"
    ]
    full = verify(market, with_placed(plan, holder, placement="farm", choice=None))
    assert any(words == "farm has 1 free places and 2 people" for words in full)


def test_pin_that_is_not_kept_is_told(plan, waiting):
    pinned = Market(PEOPLE, PLACES, POLICY | {"pins": [[waiting, "shop"]]})
    assert verify(pinned, read(pinned)) == []
    other = dataclasses.replace(plan, market_sha256=pinned.sha256)
    assert f"{waiting} is pinned but not kept there" in verify(pinned, other)


@pytest.mark.parametrize(
    ("change", "caps", "said"),
    [
        ({}, {"Acorn (invented)": 1}, "Acorn (invented) has 2 people and a cap of 1"),
        ({"group_min": 2, "capacity": 2}, {}, "shop runs with 2 or more and has 1 people"),
    ],
)
def test_side_rule_that_is_broken_is_told_with_both_numbers(plan, change, caps, said):
    places = [PLACES[0] | change, *PLACES[1:]]
    ruled = Market(PEOPLE, places, POLICY, caps)
    assert verify(ruled, read(ruled)) == []
    other = dataclasses.replace(plan, market_sha256=ruled.sha256)
    assert verify(ruled, other) == [said]


def test_share_that_is_passed_is_told(plan):
    people = [PEOPLE[0], PEOPLE[1] | {"priority": ["care"]}, *PEOPLE[2:]]
    shared = Market(people, PLACES, POLICY | {"shares": [["care", 0, 20]]})
    assert verify(shared, read(shared)) == []
    other = dataclasses.replace(plan, market_sha256=shared.sha256)
    assert verify(shared, other) == ["1 people of care are placed, and its share is 0 places"]


def with_line(plan, line):
    return with_part(plan, "reserves", shop=line)


def test_lines_are_of_those_who_wait_and_could_come(market, plan, holder, waiting):
    right = plan.reserves["shop"]
    assert sorted(right) == sorted([waiting, "eve"])
    assert right[0] == waiting
    for line, said in (
        (["nobody"], "someone is in line who is not in the market, or for what is not in it"),
        ([], "a line has nobody or more than 10 people"),
        ([waiting] * 11, "a line has nobody or more than 10 people"),
        ([*right, holder], "someone is in line who has a place"),
        ([*right, "dan"], "someone is in line for a place that cannot be theirs"),
        (right[::-1], "a line is not in its order"),
        ([waiting, waiting], "a line is not in its order"),
        (right[:1], "the line for shop is not those who come first"),
        (right[1:], "the line for shop is not those who come first"),
    ):
        assert said in verify(market, with_line(plan, line)), line
    without = {name: line for name, line in plan.reserves.items() if name != "shop"}
    assert verify(market, dataclasses.replace(plan, reserves=without)) == [
        "the line for shop is not those who come first"
    ]
    assert verify(market, with_part(plan, "reserves", nowhere=["eve"])) == [
        "someone is in line who is not in the market, or for what is not in it"
    ]


def test_line_holds_the_first_ten_and_no_more():
    people = [{"id": f"c{at:02}", "choices": ["shop"]} for at in range(14)]
    market = Market(people, [{"id": "shop"}], {"travel": "none"})
    plan = read(market)
    line = plan.reserves["shop"]
    left = [name for name in market.candidates.ids.tolist() if name not in plan.placement_of]
    assert line == left[:10]
    assert verify(market, plan) == []
    for other in (left[:9], left[:11], [*left[:9], left[10]]):
        assert verify(market, with_line(plan, other))


def test_reasons_are_of_everyone_left_out_and_count_what_is_true(market, plan, holder, waiting):
    without = {name: why for name, why in plan.reasons.items() if name != waiting}
    assert verify(market, dataclasses.replace(plan, reasons=without)) == [
        f"{waiting} is neither placed nor given a reason"
    ]
    open_ = {"code": "places_taken", "eligible": 2}
    assert verify(market, with_part(plan, "reasons", nobody=open_)) == [
        "someone has a reason but is not in the market"
    ]
    assert verify(market, with_part(plan, "reasons", **{holder: open_})) == [
        f"{holder} is placed and has a reason for not being placed"
    ]
    assert plan.reasons[waiting] == open_
    assert verify(market, with_part(plan, "reasons", **{waiting: open_ | {"eligible": 1}})) == [
        f"{waiting}: 1 placements are open, should be 2"
    ]
    dan = plan.reasons["dan"]
    assert dan == {
        "code": "no_eligible_place",
        "eligible": 0,
        "refused": {"needs": 1, "never": 3},
    }
    for refused in ({"needs": 1, "never": 2}, {"never": 3}, {"needs": 1, "never": 3, "full": 1}):
        assert verify(market, with_part(plan, "reasons", dan=dan | {"refused": refused})) == [
            "dan: the refusals are not those of the rules"
        ]


def test_certificate_is_held_to_its_plan_field_by_field(market, plan):
    proof = plan.certificate
    for name, said in (
        ("n_matched", f"the certificate counts {proof['n_matched'] + 1} people placed"),
        ("lottery_bits", "the lottery counts 11 bits, should be 10"),
        ("outside_price", "the price of staying out is not that of the rule"),
        (
            "total_cost",
            f"the certificate says a total cost of {proof['total_cost'] + 1}, "
            f"the plan costs {proof['total_cost']}",
        ),
    ):
        assert said in verify(market, with_part(plan, "certificate", **{name: proof[name] + 1}))
    for weights in ({}, {**proof["weights"], "more": 1}, None):
        assert verify(market, with_part(plan, "certificate", weights=weights)) == [
            "the certificate does not weigh the policy's objectives"
        ]
    for name in proof["weights"]:
        for value in (0, 2**62, 1.0, True):
            weights = {**proof["weights"], name: value}
            assert verify(market, with_part(plan, "certificate", weights=weights)) == [
                "a weight is not within its phase"
            ]
        weights = {**proof["weights"], name: proof["weights"][name] + 1}
        found = verify(market, with_part(plan, "certificate", weights=weights))
        assert "the weights are not those of the policy" in found
    assert verify(market, with_part(plan, "certificate", phases=[["travel"]])) == [
        "the phases are not the policy's objectives in order"
    ]
    assert verify(market, with_part(plan, "certificate", more=1)) == [
        "the certificate has other fields than it should"
    ]


def test_prices_are_held_to_their_rules_name_by_name(market, plan, waiting):
    free = "mill"
    for price, said in (
        (1, f"{free} has a free place and a price"),
        (-1, f"the price of {free} is below 0"),
    ):
        assert said in verify(market, with_price(plan, "placement", free, price))
    high = plan.certificate["outside_price"]
    found = verify(market, with_price(plan, "candidate", waiting, high + 1))
    assert f"{waiting} is left out at another price than that of staying out" in found
    assert f"the price of {waiting} is above that of staying out" in found
    found = verify(market, with_price(plan, "placement", "shop", 0))
    assert f"{waiting} at shop is below its cost and the price of the place" in found
    raised = plan.prices["placement"]["farm"] + 1
    found = verify(
        market,
        with_price(
            with_price(plan, "placement", "farm", raised),
            "candidate",
            "bob",
            plan.prices["candidate"]["bob"] + 1,
        ),
    )
    assert found == ["the price of farm could be lower"]
    one = dataclasses.replace(plan, prices={"candidate": plan.prices["candidate"]})
    assert verify(market, one) == ["prices are of candidates and placements and of nothing else"]


def with_price(plan, side, name, price):
    prices = {key: dict(part) for key, part in plan.prices.items()}
    prices[side][name] = price
    return dataclasses.replace(plan, prices=prices)


def test_of_two_plans_that_are_as_good_only_the_one_of_the_rule_passes():
    people = [{"id": "a", "choices": ["p"]}, {"id": "b", "choices": ["p"]}]
    market = Market(people, [{"id": "p"}], {"travel": "none", "objectives": ["choice"]})
    plan = read(market)
    (held,), (left,) = plan.placement_of, plan.reasons
    other = dataclasses.replace(
        plan,
        assignments=(dataclasses.replace(plan.assignments[0], candidate=left),),
        reasons={held: plan.reasons[left]},
        reserves={"p": [held]},
    )
    assert verify(market, other) == ["another plan is as good, and the rule of ties prefers it"]


def test_one_figure_of_another_kind_among_several_is_told(market, plan):
    for one in plan.assignments:
        for values, said in (
            ({"minutes_there": 1.0}, "a minutes_there is not of its kind"),
            ({"pinned": 0}, "a pinned is not of its kind"),
        ):
            assert verify(market, with_placed(plan, one.candidate, **values)) == [said]


def faults_of(market, plan):
    """What the checker says of many false plans, each once."""
    found = []
    for one in plan.assignments[:6]:
        for values in ({"metres": 1}, {"choice": None}, {"candidate": "nobody"}):
            found.append(verify(market, with_placed(plan, one.candidate, **values)))
        less = dict(plan.prices.items())
        for side, name in (("candidate", one.candidate), ("placement", one.placement)):
            less[side] = {**dict(plan.prices[side]), name: plan.prices[side][name] + 1}
        found.append(verify(market, dataclasses.replace(plan, prices=less)))
    for name in list(plan.reasons)[:6]:
        reason = {**plan.reasons[name], "eligible": plan.reasons[name]["eligible"] + 1}
        found.append(verify(market, with_part(plan, "reasons", **{name: reason})))
    for name, line in list(plan.reserves.items())[:6]:
        found.append(verify(market, with_part(plan, "reserves", **{name: line[1:] or ["x"]})))
    return [sorted(said) for said in found]


@pytest.mark.parametrize("policy", [{}, {"travel": "none"}, {"only_ranked": True}])
def test_checker_in_many_blocks_says_what_it_says_in_one(policy, monkeypatch):
    given = generate(70, 20, 40, seed=3)
    market = given.with_policy(dataclasses.replace(given.policy, **policy))
    plan = read(market)
    right = faults_of(market, plan)
    assert verify(market, plan) == []
    assert sum(map(bool, right)) > 25
    monkeypatch.setattr("matching.checking.eligible.PAIRS_A_BLOCK", 100)
    monkeypatch.setattr("matching.checking.eligible.PEOPLE_A_BLOCK", 7)
    assert len(list(SecondLook(market).blocks())) > 3
    assert verify(market, plan) == []
    assert faults_of(market, plan) == right


def test_two_blocks_are_two():
    """Two towns far apart, so that there are two groups of people, one to a block."""
    people = [{**PEOPLE[0], "id": f"{name}{at}"} for name in "xy" for at in range(3)]
    people = [{**one, "lat": 52.48 if one["id"][0] == "x" else 53.48} for one in people]
    places = [PLACES[0], {**PLACES[1], "lat": 53.482}]
    market = Market(people, places, POLICY)
    assert len(next(SecondLook(market).blocks())) == 2
    plan = read(market)
    assert verify(market, plan) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.checking.eligible.PEOPLE_A_BLOCK", 1)
        assert len(next(SecondLook(market).blocks())) == 1
        assert verify(market, plan) == []
        for name, reason in plan.reasons.items():
            other = with_part(plan, "reasons", **{name: reason | {"eligible": 9}})
            assert verify(market, other) == [f"{name}: 9 placements are open, should be 1"]

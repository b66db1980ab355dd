"""Every rule, pair by pair, against a second reckoning written from the rules and by hand."""

import datetime
import random

import numpy as np
import pytest

from matching import Market
from matching.checking.eligible import SecondLook, broken_travel
from matching.checking.weights import expected_phases
from matching.costs import (
    Sizes,
    choice_levels,
    cut_phases,
    lottery_levels,
    pair_costs,
    priority_levels,
    tier_weights,
)
from matching.edges import eligible_edges
from matching.eligibility import Refusal, choice_ranks, is_too_young, refusals
from matching.errors import PolicyError
from matching.predicates import birthdays, covered
from matching.records import MODES

WORDS = ("van", "dbs", "boots")
SECTORS = ("care", "food", "retail")


def random_day(draw, first, days):
    return (first + datetime.timedelta(draw.randrange(days))).isoformat()


def random_spans(draw, count, length):
    spans = []
    for _ in range(draw.randrange(count)):
        start = draw.choice([0, 60, 540, 1200, 1380])
        spans.append([draw.randrange(7), start, start + draw.choice(length)])
    return spans


def random_market(seed):
    """A market in which every rule refuses somebody something."""
    draw = random.Random(seed)
    born, begins = datetime.date(2008, 2, 25), datetime.date(2026, 2, 24)
    places = [
        {
            "id": f"p{j}",
            "employer": draw.choice("ef"),
            "sector": draw.choice(SECTORS),
            "lat": draw.choice([None, 52.4 + draw.random() / 5]),
            "lon": -1.9 + draw.random() / 5,
            "capacity": draw.choice([0, 1, 2]),
            "min_age": draw.choice([0, 0, 16, 18]),
            "needs": draw.sample(WORDS, draw.randrange(3)),
            "shifts": random_spans(draw, 3, [60, 240, 480]),
            "start_from": draw.choice([None, random_day(draw, begins, 12)]),
            "start_to": draw.choice([None, None, random_day(draw, begins, 20)]),
        }
        for j in range(12)
    ]
    names = [place["id"] for place in places]
    people = [
        {
            "id": f"c{i}",
            "lat": draw.choice([None, 52.4 + draw.random() / 5]),
            "lon": -1.9 + draw.random() / 5,
            "born_on": draw.choice([None, random_day(draw, born, 12)]),
            "modes": draw.sample(MODES, draw.randrange(1, 4)),
            "max_minutes": draw.randrange(5, 120),
            "availability": random_spans(draw, 12, [480, 1260, 1440]),
            "start_from": draw.choice([None, random_day(draw, begins, 12)]),
            "start_to": draw.choice([None, None, random_day(draw, begins, 20)]),
            "has": draw.sample(WORDS, draw.randrange(4)),
            "sectors": draw.sample(SECTORS, draw.randrange(3)),
            "choices": draw.sample([*names, "gone"], draw.randrange(5)),
            "never_placements": draw.sample([*names, "gone"], draw.randrange(2)),
            "never_employers": draw.choice([[], [], ["e"], ["x"]]),
            "never_sectors": draw.choice([[], [], [SECTORS[0]]]),
            "priority": draw.sample(["g", "h", "i"], draw.randrange(3)),
        }
        for i in range(25)
    ]
    forbidden = [[f"c{draw.randrange(25)}", draw.choice(names)] for _ in range(9)]
    policy = {
        "seed": seed,
        "forbidden": [*forbidden, ["c0", "gone"], ["gone", "p0"]],
        "only_ranked": seed % 3 == 0,
        "priority_groups": ["h", "g"],
    }
    return Market(people, places, policy)


def all_pairs(market):
    n, m = len(market.candidates), len(market.placements)
    return np.divmod(np.arange(n * m), m)


@pytest.mark.parametrize("seed", range(30))
def test_refusals_of_every_pair_equal_the_second_reckoning_rule_by_rule(seed):
    print("seed", seed)
    market = random_market(seed)
    rows, cols = all_pairs(market)
    bits, look = refusals(market, rows, cols), SecondLook(market)
    seen = dict(look.rules.broken(rows, cols))
    seen |= dict(broken_travel(look, rows, look.trips(rows, cols)))
    for rule in Refusal:
        expected = seen.get(str(rule.name), np.zeros(len(rows), dtype=bool))
        assert ((bits & rule > 0) == expected).all(), rule
    edges = eligible_edges(market)
    assert (np.flatnonzero(bits == 0) == edges.rows * len(market.placements) + edges.cols).all()


def test_random_markets_break_every_rule_and_leave_some_pairs_open():
    found, open_ = 0, 0
    for seed in range(30):
        market = random_market(seed)
        bits = refusals(market, *all_pairs(market))
        found |= int(np.bitwise_or.reduce(bits))
        open_ += int((bits == 0).sum())
    assert Refusal(found) == sum(Refusal)
    assert open_ > 60


def test_refusal_bits_are_powers_of_two_that_never_change():
    names = ["AGE", "NEEDS", "HOURS", "DATES", "NEVER", "FULL", "FORBIDDEN", "UNRANKED"]
    names += ["TRAVEL_UNKNOWN", "TRAVEL_NO_SERVICE", "TRAVEL_TOO_LONG"]
    assert [(r.name, int(r)) for r in Refusal] == [(n, 1 << at) for at, n in enumerate(names)]


@pytest.mark.parametrize("seed", range(10))
def test_refusals_named_by_hand_are_never_forbidden_and_unranked(seed):
    print("seed", seed)
    market = random_market(seed)
    rows, cols = all_pairs(market)
    bits, ranks = refusals(market, rows, cols), choice_ranks(market, rows, cols)
    for row, col, broken, rank in zip(
        *(x.tolist() for x in (rows, cols, bits, ranks)), strict=True
    ):
        one, place = market.candidates[row], market.placements[col]
        never = place.id in one.never_placements or place.employer in one.never_employers
        never = never or place.sector in one.never_sectors
        assert bool(broken & Refusal.NEVER) == never
        assert bool(broken & Refusal.FORBIDDEN) == ((one.id, place.id) in market.policy.forbidden)
        assert bool(broken & Refusal.FULL) == (place.capacity == 0)
        assert rank == (one.choices.index(place.id) if place.id in one.choices else -1)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        ("2008-02-29", 18, "2026-03-01"),
        ("2008-02-29", 16, "2024-02-29"),
        ("2008-02-28", 18, "2026-02-28"),
        ("2008-12-31", 1, "2009-12-31"),
        ("2008-03-31", 18, "2026-03-31"),
    ],
)
def test_birthdays_fall_on_the_day(born, age, day):
    born, day = (datetime.date.fromisoformat(x).toordinal() for x in (born, day))
    assert birthdays(np.array([born]), age).tolist() == [day]


def test_is_too_young_on_the_day_before_and_not_on_the_birthday():
    people = [{"id": "a", "born_on": "2008-02-29"}, {"id": "b"}]
    places = [{"id": "p", "min_age": 18, "start_from": "2026-02-28"}]
    places += [{"id": "q", "min_age": 18, "start_from": "2026-03-01"}, {"id": "r"}]
    market = Market(people, places, {"travel": "none"})
    rows, cols = all_pairs(market)
    young = is_too_young(market, rows, cols)
    said = {
        (market.candidates[r].id, market.placements[c].id): y
        for r, c, y in zip(rows.tolist(), cols.tolist(), young.tolist(), strict=True)
    }
    assert said == {
        ("a", "p"): True,
        ("a", "q"): False,
        ("a", "r"): False,
        ("b", "p"): True,
        ("b", "q"): True,
        ("b", "r"): False,
    }


@pytest.mark.parametrize("seed", range(5))
def test_covered_equals_minute_by_minute(seed):
    print("seed", seed)
    draw = random.Random(seed)
    free = [tuple(map(tuple, random_spans(draw, 9, [480, 1440]))) for _ in range(12)]
    shifts = [tuple(map(tuple, random_spans(draw, 3, [60, 400]))) for _ in range(8)]
    table = covered(free, shifts)
    for at, spans in enumerate(free):
        open_ = {m % 10_080 for d, a, b in spans for m in range(d * 1440 + a, d * 1440 + b)}
        for to, wanted in enumerate(shifts):
            minutes = {m % 10_080 for d, a, b in wanted for m in range(d * 1440 + a, d * 1440 + b)}
            assert table[at, to] == (minutes <= open_)


@pytest.mark.parametrize("seed", range(10))
def test_levels_of_pairs_equal_their_definitions(seed):
    print("seed", seed)
    market = random_market(seed)
    edges = eligible_edges(market)
    costs = pair_costs(market, edges)
    groups, drawn = priority_levels(market), lottery_levels(market, 10)
    choice = choice_levels(market, edges)
    for at, (row, col) in enumerate(zip(edges.rows.tolist(), edges.cols.tolist(), strict=True)):
        one, place = market.candidates[row], market.placements[col]
        liked = 6 if place.sector in one.sectors else 7
        assert choice[at] == (one.choices.index(place.id) if place.id in one.choices else liked)
        first = [i for i, g in enumerate(market.policy.priority_groups) if g in one.priority]
        assert groups[row] == (first[0] if first else 2)
        assert drawn[row] == int(market.draws[row]) >> 54
        parts = [groups[row], choice[at], max(edges.there[at], edges.back[at]), drawn[row]]
        assert costs.total[at] == sum(
            int(part) * weight for part, weight in zip(parts, costs.weights.values(), strict=True)
        )
    assert costs.phases == (market.policy.objectives,)


def test_tier_weights_outweigh_one_chain_of_all_later_objectives():
    tiers = ((("priority", 1),), (("choice", 3), ("travel", 2)), (("lottery", 1),))
    tops = {"priority": 2, "choice": 7, "travel": 60, "lottery": 1023}
    weights, widest = tier_weights(tiers, tops, 10)
    assert weights["lottery"] == 1
    assert (weights["choice"], weights["travel"]) == (3 * 1024, 2 * 1024)
    assert weights["priority"] == 1 + 1023 + 10 * 1024 * (3 * 7 + 2 * 60)
    assert widest == 1023 + 1024 * (21 + 120) + 2 * weights["priority"]


def test_refusals_count_the_longer_of_both_journeys():
    """By bus home from a late shift takes six minutes more of waiting."""
    week = [[day, 0, 1440] for day in range(7)]
    home = {"lat": 52.48, "lon": -1.89, "modes": ["bus"], "availability": week}
    site = {"id": "p", "lat": 52.50, "lon": -1.90}
    for shift, longer in (([0, 840, 1200], "back"), ([0, 400, 800], "there")):
        place = site | {"shifts": [shift]}
        zero = np.zeros(1, dtype=np.int64)
        edges = eligible_edges(Market([home | {"id": "c", "max_minutes": 90}], [place]))
        most, least = sorted((int(edges.there[0]), int(edges.back[0])), reverse=True)
        assert int(getattr(edges, longer)[0]) == most == least + 6
        for limit, refusal in ((most, 0), (most - 1, Refusal.TRAVEL_TOO_LONG)):
            market = Market([home | {"id": "c", "max_minutes": limit}], [place])
            assert refusals(market, zero, zero).tolist() == [refusal]


def test_rules_of_a_market_that_names_nobody_refuse_nothing():
    market = Market([{"id": "c"}], [{"id": "p"}], {"travel": "none"})
    assert refusals(market, *all_pairs(market)).tolist() == [0]
    nobody = np.zeros(0, dtype=np.int64)
    assert refusals(market, nobody, nobody).tolist() == []


TIERS = ((("priority", 1),), (("choice", 1),), (("travel", 1),), (("lottery", 1),))
TOPS = {"priority": 2, "choice": 7, "travel": 75, "lottery": 1023}


def phases_at(most, bits, tops=TOPS):
    return [
        [name for tier in phase for name, _ in tier]
        for phase in cut_phases(TIERS, tops, Sizes(most, bits))
    ]


@pytest.mark.parametrize(
    ("most", "bits", "expected"),
    [
        (1_060, 12, [["priority", "choice", "travel", "lottery"]]),
        (35_000, 17, [["priority", "choice", "travel"], ["lottery"]]),
        (105_000, 19, [["priority", "choice"], ["travel", "lottery"]]),
        (270_000, 20, [["priority", "choice"], ["travel", "lottery"]]),
    ],
)
def test_cut_phases_of_a_pilot_a_region_and_a_nation(most, bits, expected):
    assert phases_at(most, bits) == expected


@pytest.mark.parametrize("travel", [1, 75, 1440])
def test_cut_phases_fit_the_solver_and_not_one_objective_less_than_they_could(travel):
    tops = TOPS | {"travel": travel}
    for most in {int(1.15**k) for k in range(100)}:
        for bits in {max(most.bit_length(), 3), 20}:
            phases = cut_phases(TIERS, tops, Sizes(most, bits))
            again = expected_phases(TIERS, tops, most, bits)
            assert [list(phase) for phase in phases] == again
            for at, phase in enumerate(phases):
                widest = tier_weights(phase, tops, most)[1]
                raised = widest + 2 * (most * widest + 1) if at else widest
                assert (most + 2) * (2 * raised + 4) + raised * (most + 1) < 2**62
                assert raised.bit_length() + bits <= 62


def test_cut_phases_of_a_tier_too_wide_names_it():
    with pytest.raises(PolicyError, match="travel"):
        phases_at(10**6, 20, TOPS | {"travel": 2**40})


def test_where_nobody_ranks_anything_no_pair_is_ranked():
    people = [{"id": "a", "sectors": ["care"]}, {"id": "b"}]
    places = [{"id": "p", "sector": "care"}, {"id": "q"}]
    market = Market(people, places, {"travel": "none"})
    assert choice_ranks(market, *all_pairs(market)).tolist() == [-1] * 4
    edges = eligible_edges(market)
    levels = zip(
        edges.rows.tolist(), edges.cols.tolist(), choice_levels(market, edges).tolist(), strict=True
    )
    found = {(market.candidates[r].id, market.placements[c].id): level for r, c, level in levels}
    assert found == {("a", "p"): 6, ("a", "q"): 7, ("b", "p"): 7, ("b", "q"): 7}

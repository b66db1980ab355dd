"""The engine against published and hand-checked cases."""

import random

import pytest

from matching import Market, assign, certify, explain, solve, verify

# Costs at array level: rows, cols, costs, capacities, people, placed, total cost.
ARRAY_CASES = {
    # moodle-mod_ratingallocate test_edmondskarp, cost = 5 - rating
    "K1": (
        [0, 0, 1, 1, 2, 3, 3, 4],
        [0, 1, 0, 1, 0, 0, 1, 0],
        [0, 2, 0, 3, 3, 1, 1, 2],
        [2, 2],
        5,
        4,
        5,
    ),
    # moodle-mod_ratingallocate test_negweightcycle
    "K2": ([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 4], [2, 2], 2, 2, 0),
    # SciPy linear_sum_assignment
    "K4": (
        [0, 0, 0, 1, 1, 1, 2, 2, 2],
        [0, 1, 2] * 3,
        [4, 1, 3, 2, 0, 5, 3, 2, 2],
        [1, 1, 1],
        3,
        3,
        5,
    ),
    # SciPy csgraph, explicit zeros are edges here
    "K13": ([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 1], 2, 2, 0),
    # SciPy linear_sum_assignment raises on a row that cannot be matched
    "K14": ([0], [0], [7], [1], 2, 1, 7),
    # matching issue 112, a column without seats
    "K15": ([0, 0, 1], [0, 1, 0], [0, 3, 0], [0, 1], 2, 1, 3),
    # nobody, and nowhere
    "K20 no people": ([], [], [], [2], 0, 0, 0),
    "K20 no places": ([], [], [], [], 2, 0, 0),
}

# Choices in order, capacities, rankings, host caps.
CHOICE_CASES = {
    # matching README, hospital-resident
    "K5": {
        "choices": {"A": "C", "S": "CM", "D": "CMG", "J": "CGM", "L": "MCG"},
        "capacity": {"C": 2, "M": 2, "G": 2},
        "ranking": {"C": "DASLJ", "M": "DLSJ", "G": "DJL"},
        "placed": 5,
        "cost": 2,
        "stable": {"A": "C", "D": "C", "L": "M", "S": "M", "J": "G"},
    },
    # matching issue 67
    "K6": {
        "choices": {"G1": "IP", "G2": "PF", "G3": "PS"},
        "capacity": {"I": 2, "P": 2, "F": 2, "S": 2},
        "placed": 3,
        "cost": 0,
        "optimal": {"G1": "I", "G2": "P", "G3": "P"},
    },
    # matching test_resident_loses_all_preferences
    "K7": {
        "choices": {"A": "X", "B": "XY"},
        "capacity": {"X": 1, "Y": 1},
        "ranking": {"X": "BA"},
        "placed": 2,
        "cost": 1,
        "optimal": {"A": "X", "B": "Y"},
        "stable": {"B": "X"},
    },
    # matching student-supervisor docs: places of one host share a cap
    "K8": {
        "choices": {
            "A": ("X1", "X2"),
            "B": ("Y2", "X2", "Y1"),
            "C": ("X1", "Y1", "X2"),
            "D": ("Y2", "X1", "Y1"),
            "E": ("X1", "Y2", "X2", "Y1"),
        },
        "capacity": {"X1": 2, "X2": 2, "Y1": 2, "Y2": 2},
        "host_caps": {"X": 3, "Y": 3},
        "placed": 5,
        "cost": 1,
    },
    # matching README, marriage
    "K9": {
        "choices": {"A": "DEF", "B": "DFE", "C": "FDE"},
        "capacity": {"D": 1, "E": 1, "F": 1},
        "placed": 3,
        "cost": 1,
        "optimal": {"A": "E", "B": "D", "C": "F"},
    },
}


def chosen_market(case, mechanism="optimal", order=None):
    """The market of a known answer; ``order`` shuffles its records."""
    people = [{"id": c, "choices": list(wants)} for c, wants in case["choices"].items()]
    places = [
        {
            "id": p,
            "capacity": n,
            "employer": p[0],
            "ranking": list(case["ranking"][p]) if p in case.get("ranking", {}) else None,
        }
        for p, n in case["capacity"].items()
    ]
    if order is not None:
        random.Random(order).shuffle(people)
        random.Random(order + 1).shuffle(places)
    policy = {"travel": "none", "only_ranked": True, "mechanism": mechanism}
    return Market(people, places, policy, case.get("host_caps"))


@pytest.mark.parametrize("name", ARRAY_CASES)
def test_assign_published_case_gives_its_number_and_cost(name):
    rows, cols, costs, capacities, people, placed, total = ARRAY_CASES[name]
    answer = assign(rows, cols, costs, capacities, people)
    assert (answer.n_matched, answer.total_cost) == (placed, total)
    assert not certify(
        rows,
        cols,
        costs,
        capacities,
        answer.match,
        answer.row_price,
        answer.col_price,
        answer.outside_price,
    )


def test_assign_K1_gives_the_one_best_match():
    answer = assign(*ARRAY_CASES["K1"][:5])
    assert answer.match.tolist() == [1, 0, -1, 1, 0]


def test_assign_K4_gives_the_published_columns():
    assert assign(*ARRAY_CASES["K4"][:5]).match.tolist() == [1, 0, 2]


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("name", CHOICE_CASES)
def test_I25_solve_published_case_in_any_order_gives_its_answer(name, order):
    case = CHOICE_CASES[name]
    market = chosen_market(case, order=order)
    plan = solve(market)
    assert verify(market, plan) == []
    assert (len(plan.assignments), plan.totals["choice"]) == (case["placed"], case["cost"])
    assert "optimal" not in case or plan.placement_of == case["optimal"]
    assert plan.sha256 == solve(chosen_market(case)).sha256


@pytest.mark.parametrize("name", ["K5", "K7"])
def test_solve_stable_published_case_gives_its_one_answer(name):
    case = CHOICE_CASES[name]
    market = chosen_market(case, "stable")
    plan = solve(market)
    assert plan.placement_of == case["stable"]
    assert verify(market, plan) == []


def test_explain_K7_optimal_names_the_taken_first_choice():
    market = chosen_market(CHOICE_CASES["K7"])
    receipt = explain(market, solve(market), "B")
    assert [(e["placement"], e["rule"]) for e in receipt.not_these] == [("X", "TAKEN")]


@pytest.mark.parametrize(("people", "places"), [([], []), ([{"id": "a"}], []), ([], [{"id": "p"}])])
def test_solve_empty_market_gives_an_empty_plan_that_verifies(people, places):
    for mechanism in ("optimal", "stable", "serial", "nearest"):
        market = Market(people, places, {"mechanism": mechanism})
        plan = solve(market)
        assert plan.assignments == ()
        assert verify(market, plan) == []


def test_solve_person_without_a_place_gives_a_reason():
    market = Market([{"id": "a"}], [{"id": "p", "capacity": 0}], {"travel": "none"})
    plan = solve(market)
    assert plan.reasons["a"] == {"code": "no_eligible_place", "eligible": 0, "refused": {"full": 1}}
    assert verify(market, plan) == []

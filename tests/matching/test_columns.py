"""A market from columns is the market from records, and says which record a bad value is in."""

import datetime
import random

import numpy as np
import pytest

from matching import Market, MarketError
from matching.canonical import canonical_json, lottery_number, sha256_of
from matching.columnar.columns import Kinds, Lists
from matching.generate import generate
from matching.records import MODES, Candidate, Placement

DAYS = (((0, 540, 1020),), ((5, 1320, 1560), (6, 60, 300)), ())


def random_people(seed, count):
    draw = random.Random(seed)
    day = datetime.date(2005, 2, 28)
    return [
        Candidate(
            id=f"{draw.choice(['é', 'n', 'Z'])}{i}",
            lat=draw.choice([None, -0.0, 52, 52.123456789]),
            lon=draw.choice([None, -1.9, 1e-05]),
            born_on=draw.choice([None, (day + datetime.timedelta(draw.randrange(3))).isoformat()]),
            modes=tuple(draw.sample(MODES, draw.randrange(4))),
            max_minutes=draw.randrange(99),
            availability=draw.choice(DAYS),
            has=tuple(draw.sample(["a", 'quote"', "b"], draw.randrange(3))),
            choices=tuple(draw.sample(["p0", "p1", "p2", "gone"], draw.randrange(5))),
            never_placements=tuple(draw.sample(["p0", "elsewhere"], draw.randrange(3))),
            never_employers=draw.choice([(), ("e",)]),
            priority=draw.choice([(), ("g",)]),
        )
        for i in range(count)
    ]


PLACES = [
    Placement("p0", "e", "s", 52.5, -1.9, 3, 16, ("a",), DAYS[0], "2026-09-01", None, ("n1", "n2")),
    Placement("p1", start_to="2026-10-01", ranking=()),
    Placement("p2"),
]


def by_column(records):
    """One list of values a field."""
    return {name: [getattr(r, name) for r in records] for name in type(records[0]).__slots__}


@pytest.mark.parametrize("seed", range(8))
def test_market_from_columns_is_the_market_from_records(seed):
    print("seed", seed)
    people = random_people(seed, 30)
    one = Market(people, PLACES, {"seed": seed}, {"e": 2})
    two = Market.from_columns(by_column(people), by_column(PLACES), {"seed": seed}, {"e": 2})
    assert list(two.candidates) == list(one.candidates)
    assert sorted(two.placements, key=lambda p: p.id) == PLACES
    assert two.sha256 == one.sha256
    assert two.to_dict() == one.to_dict()


@pytest.mark.parametrize("seed", range(4))
def test_market_hash_is_that_of_its_canonical_json(seed):
    print("seed", seed)
    market = Market(random_people(seed, 30), PLACES, {"seed": seed}, {"e": 2})
    assert market.sha256 == sha256_of(market.to_dict())
    assert Market.from_dict(market.to_dict()).sha256 == market.sha256
    assert canonical_json(Market([], []).to_dict()).startswith('{"candidates":[],')
    assert Market([], []).sha256 == sha256_of(Market([], []).to_dict())


def test_market_records_come_by_lottery_and_read_as_a_tuple():
    people = random_people(3, 20)
    market = Market.from_columns(by_column(people), by_column(PLACES), {"seed": 9})
    drawn = [lottery_number(9, c.id) for c in market.candidates]
    assert drawn == sorted(drawn)
    assert market.candidates[-1] == market.candidates[19] == list(market.candidates)[19]
    assert market.candidates[2:4] == (market.candidates[2], market.candidates[3])
    assert [market.row_of[c.id] for c in market.candidates] == list(range(20))
    with pytest.raises(IndexError):
        market.candidates[20]


def test_market_arrays_and_encoded_columns_give_the_same_hash_as_values():
    days = np.array(["2026-09-01", "NaT"], dtype="datetime64[D]")
    given = {
        "id": np.array(["a", "b"]),
        "lat": np.array([52.0, np.nan]),
        "max_minutes": np.array([30, 40], dtype=np.int16),
        "start_from": days,
        "modes": Kinds((("walk",), ("bus", "walk")), np.array([1, 0])),
        "choices": Lists(np.array([0, 2, 2]), np.array([1, 0]), ("p", "q")),
    }
    people = [
        {
            "id": "a",
            "lat": 52.0,
            "max_minutes": 30,
            "start_from": "2026-09-01",
            "modes": ["bus", "walk"],
            "choices": ["q", "p"],
        },
        {"id": "b", "max_minutes": 40, "modes": ["walk"]},
    ]
    places = {"id": ["q", "p"], "capacity": np.array([2, 1])}
    market = Market.from_columns(given, places)
    plain = Market(people, [{"id": "p"}, {"id": "q", "capacity": 2}])
    assert market.sha256 == plain.sha256
    for one in (market, plain):
        rows, cols, ranks = one.choices
        assert rows.tolist() == [one.row_of["a"]] * 2
        assert cols.tolist() == [one.col_of["q"], one.col_of["p"]]
        assert ranks.tolist() == [0, 1]


def test_market_with_policy_and_capacity_equal_markets_made_anew(city):
    place = city.placements[3].id
    other = city.with_policy(type(city.policy)(seed=77)).with_capacity(place, 9)
    assert other.placements[other.col_of[place]].capacity == 9
    assert other.sha256 != city.sha256
    anew = Market(city.candidates, other.placements, {"seed": 77})
    assert anew.sha256 == other.sha256


BAD_RECORDS = [
    ("candidates", {"lat": float("nan")}, r"Candidate bad: lat nan"),
    ("candidates", {"lat": float("inf")}, r"Candidate bad: lat inf"),
    ("candidates", {"lat": 10**400}, r"Candidate bad: lat 1000"),
    ("candidates", {"lat": "52"}, r"Candidate bad: lat '52'"),
    ("candidates", {"lon": -181}, r"Candidate bad: lon -181"),
    ("candidates", {"lat": True}, r"Candidate bad: lat True"),
    ("candidates", {"max_minutes": -1}, r"Candidate bad: max_minutes -1"),
    ("candidates", {"max_minutes": 2**31}, r"Candidate bad: max_minutes 2147483648"),
    ("candidates", {"max_minutes": 60.0}, r"Candidate bad: max_minutes 60.0"),
    ("candidates", {"max_minutes": True}, r"Candidate bad: max_minutes True"),
    ("candidates", {"max_minutes": None}, r"Candidate bad: max_minutes None"),
    ("candidates", {"born_on": "20100101"}, r"Candidate bad: born_on '20100101'"),
    ("candidates", {"born_on": "2010-02-30"}, r"Candidate bad: born_on '2010-02-30'"),
    ("candidates", {"start_to": 3}, r"Candidate bad: start_to 3"),
    ("candidates", {"modes": ["hover"]}, r"Candidate bad: modes \('hover',\)"),
    ("candidates", {"has": ["\ud800"]}, r"Candidate bad: has .*not a text"),
    ("candidates", {"availability": [[0, 5, 5]]}, r"Candidate bad: availability .*at 0"),
    ("candidates", {"availability": [[0, 5, {}]]}, r"Candidate bad: availability"),
    ("candidates", {"choices": ["a", "a"]}, r"Candidate bad: choices \['a', 'a'\]"),
    ("candidates", {"choices": list("abcdefg")}, r"Candidate bad: choices .*at most 6"),
    ("placements", {"capacity": -1}, r"Placement bad: capacity -1"),
    ("placements", {"capacity": 10**30}, r"Placement bad: capacity 1000"),
    ("placements", {"capacity": "2"}, r"Placement bad: capacity '2'"),
    ("placements", {"min_age": 1.5}, r"Placement bad: min_age 1.5"),
    ("placements", {"employer": None}, r"Placement bad: employer None"),
    ("placements", {"shifts": [[0, 1, 2881]]}, r"Placement bad: shifts"),
    ("placements", {"ranking": ["a", "a"]}, r"Placement bad: ranking"),
    ("placements", {"start_from": "2026-9-1"}, r"Placement bad: start_from '2026-9-1'"),
]


@pytest.mark.parametrize(("side", "wrong", "words"), BAD_RECORDS)
def test_market_bad_value_is_refused_by_record_field_and_value(side, wrong, words):
    records = {"candidates": [{"id": "a"}], "placements": [{"id": "p"}]}
    records[side] = [{"id": "good"}, {"id": "bad", **wrong}, {"id": "other"}]
    with pytest.raises(MarketError, match=words):
        Market(**records)


BAD_COLUMNS = [
    ({"id": ["a", "b", "a"]}, "Candidate a: the id is given twice"),
    ({"id": ["a", "", "c"]}, "id '' at 1"),
    ({"id": ["a", 3, "c"]}, "id 3 at 1"),
    ({"lat": np.array([1.0, 2.0, 91.0])}, "Candidate c: lat 91.0"),
    ({"lat": np.array([1.0, np.inf, 2.0])}, "Candidate b: lat inf"),
    ({"lat": np.array(["x", "y", "z"])}, "lat holds"),
    ({"max_minutes": np.array([1, -1, 2])}, "Candidate b: max_minutes -1"),
    ({"max_minutes": np.array([1.0, 2.0, 3.0])}, "max_minutes holds float64"),
    ({"max_minutes": np.array([1, 2])}, "max_minutes has 2 for 3"),
    ({"born_on": np.array([1, 2, -3])}, "Candidate c: born_on -3"),
    ({"modes": Kinds((("walk",),), np.array([0, 1, 0]))}, "modes has code 1"),
    ({"modes": Kinds((("walk",), ("hover",)), np.array([0, 0, 1]))}, "Candidate c: modes"),
    ({"choices": Lists(np.array([0, 1, 1, 1]), np.array([5]), ("p",))}, "choices has code 5"),
    ({"choices": Lists(np.array([0, 2, 1, 1]), np.array([0]), ("p",))}, "choices does not start"),
    ({"choices": Lists(np.array([0, 0, 0, 2]), np.array([0, 0]), ("p",))}, "Candidate c: choices"),
    ({"shoe": [1, 2, 3]}, "unknown field 'shoe'"),
]


@pytest.mark.parametrize(("wrong", "words"), BAD_COLUMNS)
def test_market_bad_column_is_refused_by_record_and_field(wrong, words):
    with pytest.raises(MarketError, match=words):
        Market.from_columns({"id": ["a", "b", "c"], **wrong}, {"id": ["p"]})


@pytest.mark.parametrize(
    ("caps", "words"), [({"e": -1}, "host cap of e"), ({"e": 1.5}, "1.5"), ({3: 1}, "3 is not")]
)
def test_market_bad_host_cap_is_refused_by_name(caps, words):
    with pytest.raises(MarketError, match=words):
        Market([], [], None, caps)


def test_market_generated_reads_back_the_same_from_its_own_columns():
    market = generate(60, 9, 20, seed=4)
    columns = [
        dict(part.columns) | {"id": part.ids} for part in (market.candidates, market.placements)
    ]
    assert Market.from_columns(*columns, market.policy).sha256 == market.sha256

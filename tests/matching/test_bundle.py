"""The sealed bundle: replayed, checked without the service, and no byte of it changes unseen."""

import dataclasses
import gzip
import json
import random

import numpy as np
import pytest

from matching import Market, solve
from matching.bundle import check_bundle, read_bundle, replay
from matching.canonical import canonical_json, sha256_of
from matching.errors import BundleError, MatchingError
from matching.generate import generate
from matching.policy import MECHANISMS
from matching.rates import RATES, Rates
from matching.sealing.graphs import check_graph
from matching.sealing.packing import HEADER, pack, unpack
from matching.sealing.seal import seal
from matching.transport.by_table import MinutesTable, TableTravel
from matching.travel import StraightLine
from matching.travel import journeys as find_journeys
from matching.version import VERSION


@pytest.fixture(scope="module")
def town() -> Market:
    """An invented market of 60 people and 12 placements, two of them pinned."""
    market = generate(60, 12, 30, seed=3)
    first, second = solve(market).assignments[4:6]
    pins = ((first.candidate, first.placement), (second.candidate, second.placement))
    return market.with_policy(dataclasses.replace(market.policy, pins=pins))


@pytest.fixture(scope="module")
def sealed(town):
    return seal(town, solve(town), about={"round": {"id": 1}})


MINUTES = MinutesTable(
    "Invented survey",
    "2026-03-01",
    ("B1 1", "B2 2"),
    np.array([[52_480_000, -1_890_000], [52_500_000, -1_860_000]]),
    np.array([[a, b, 2, 18 + 9 * (a != b)] for a in (0, 1) for b in (0, 1)]),
)

RULES = {
    "caps": {"host_caps": {"employer-00000": 1, "employer-00001": 2}},
    "least groups": {"group_min": 2},
    "shares": {"shares": (("care_leaver", 0, 40),)},
    "certain places": {"uncertain_places": False},
    "weights": {"weights": (("choice", 3), ("travel", 1))},
    "ranked only": {"only_ranked": True},
    "no travel": {"travel": "none"},
    "minutes from a table": {"model": TableTravel(MINUTES)},
    "speeds of a region": {"model": StraightLine(Rates({"walk": RATES["walk"]}))},
}


@pytest.mark.parametrize("rule", RULES)
def test_bundle_under_every_rule_holds_and_replays(town, rule):
    changed = dict(RULES[rule])
    caps, model = changed.pop("host_caps", {}), changed.pop("model", None)
    least = changed.pop("group_min", 0)
    places = [
        dataclasses.replace(p, group_min=min(least, p.capacity), capacity_min=p.capacity // 2)
        for p in town.placements
    ]
    policy = dataclasses.replace(town.policy, pins=(), **changed)
    market = Market(town.candidates, places, policy, caps, model)
    plan = solve(market)
    assert plan.assignments
    for exact in (False, True):
        bundle = read_bundle(seal(market, plan, exact=exact).text)
        assert check_bundle(bundle) == []
        assert replay(bundle.market, bundle.plan) == []


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_bundle_of_any_mechanism_holds_and_replays(town, mechanism, exact):
    market = town.with_policy(dataclasses.replace(town.policy, mechanism=mechanism))
    bundle = read_bundle(seal(market, solve(market), exact=exact).text)
    assert check_bundle(bundle) == []
    assert replay(bundle.market, bundle.plan) == []
    assert bundle.document["software"] == {"name": "matching", "version": VERSION}


def test_bundle_is_the_same_bytes_whoever_makes_it(town, sealed):
    other = Market(reversed(town.candidates), reversed(town.placements), town.policy)
    again = seal(other, solve(other), about={"round": {"id": 1}})
    assert again.text == sealed.text
    assert pack(again.text) == pack(sealed.text)


def test_bundle_places_everybody_where_the_plan_does(town, sealed):
    plan = solve(town)
    names = {c.id: f"person-{at:02}" for at, c in enumerate(town.candidates, 1)}
    places = {p.id: f"place-{at:02}" for at, p in enumerate(town.placements, 1)}
    assert sealed.plan.placement_of == {
        names[one]: places[at] for one, at in plan.placement_of.items()
    }
    assert {names[one] for one in plan.reasons} == set(sealed.plan.reasons)


def test_bundle_names_nobody_and_rounds_homes_and_births(town, sealed):
    known = {c.id for c in town.candidates} | {p.id for p in town.placements}
    known |= {p.employer for p in town.placements}
    texts = {*walk(sealed.document)}
    assert not known & texts
    homes = [c["lat"] for c in sealed.document["market"]["candidates"]]
    assert all(lat == round(lat, 2) for lat in homes)
    births = [c["born_on"] for c in sealed.document["market"]["candidates"]]
    assert sum(day.endswith("-01-01") for day in births) > len(births) / 2
    kilometres = sealed.document["market"]["travel"]["metres"]
    assert all(metres < 0 or metres % 1000 == 0 for metres in kilometres)
    lottery = sealed.document["market"]["lottery"].values()
    assert all(number & (2**54 - 1) < 1000 for number in lottery)


def walk(value):
    if isinstance(value, dict):
        yield from value
        value = value.values()
    if isinstance(value, str):
        yield value
    elif not isinstance(value, (int, float, bool)) and value is not None:
        for item in value:
            yield from walk(item)


def test_bundle_changed_anywhere_by_one_byte_is_found(sealed):
    packed = pack(sealed.text)
    rng = random.Random(11)
    spots = [*range(len(HEADER) + 34), *rng.sample(range(len(packed)), 150), len(packed) - 1]
    for at in spots:
        changed = bytearray(packed)
        changed[at] ^= 1 << rng.randrange(8)
        assert is_found(bytes(changed)), at
    for at in rng.sample(range(len(sealed.text)), 150):
        changed = bytearray(sealed.text.encode())
        changed[at] ^= 1 << rng.randrange(8)
        assert is_found(bytes(changed)), at
    assert not is_found(packed)


def is_found(body):
    try:
        return bool(check_bundle(read_bundle(unpack(body))))
    except MatchingError:
        return True


def resealed(document):
    body = {name: value for name, value in document.items() if name != "sha256"}
    return canonical_json({**body, "sha256": sha256_of(body)}) + "\n"


def change_journey(document, column, change):
    values = document["market"]["travel"][column]
    at = next(i for i, value in enumerate(values) if value >= 0)
    values[at] += change


def bare(**parts):
    names = ("blank", "graph", "hashes", "market", "plan", "software")
    return json.dumps({"format": "matching bundle 1", **{name: {} for name in names}, **parts})


def n_choices(person):
    return len(person["choices"])


LIES = {
    "a capacity": lambda d: d["market"]["placements"][0].update(capacity=9),
    "a choice": lambda d: max(d["market"]["candidates"], key=n_choices)["choices"].reverse(),
    "a birth": lambda d: d["market"]["candidates"][0].update(born_on="1990-01-01"),
    "a journey": lambda d: change_journey(d, "there", 1),
    "a mode": lambda d: change_journey(d, "mode", 1),
    "a turn": lambda d: d["market"]["lottery"].update({"person-01": 2**63}),
    "the seed": lambda d: d.update(seed=d["seed"] + 1),
    "a match": lambda d: d["graph"]["match"].reverse(),
    "an edge": lambda d: d["graph"]["edges"].pop(),
    "a price": lambda d: d["graph"]["prices"]["placement"].__setitem__(0, 10**6),
    "the outside price": lambda d: d["graph"].update(unmatched_cost=5),
    "a placed person": lambda d: d["plan"]["assignments"].pop(),
    "a reason": lambda d: d["plan"]["reasons"].popitem(),
    "a total": lambda d: d["plan"]["totals"].update(placed=1),
    "a hash": lambda d: d["hashes"].update(graph="0" * 64),
}


@pytest.mark.parametrize("rehashed", [False, True])
@pytest.mark.parametrize("lie", LIES)
def test_bundle_sealed_again_around_a_lie_is_found_false(sealed, lie, rehashed):
    document = json.loads(sealed.text)
    LIES[lie](document)
    if rehashed and lie != "a hash":
        bundle = read_bundle(resealed(document))
        document["hashes"] = {
            "market": bundle.market.sha256,
            "policy": document["hashes"]["policy"],
            "plan": bundle.plan.sha256,
            "graph": sha256_of(document["graph"]),
        }
        document["plan"]["sha256"] = bundle.plan.sha256
    assert check_bundle(read_bundle(resealed(document))) != []


def test_bundle_graph_of_pins_proves_by_plain_numbers(sealed):
    graph = sealed.document["graph"]
    assert len(graph["pinned"]) == 2
    assert check_graph(graph) == []
    graph = json.loads(json.dumps(graph))
    row = graph["pinned"][0]
    graph["match"][row] = None
    assert check_graph(graph) != []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"format": "matching bundle 9"}', "the format is"),
        ('{"format": "matching bundle 1", "market": 3, "plan": 3}', "cannot be read"),
        (bare(blank=3), "blank must be an object"),
        (bare(hashes=None), "hashes must be an object"),
        (bare(plan=[]), "plan must be an object"),
        (bare(market={"candidates": [], "placements": [], "travel": {"model": "magic"}}), "travel"),
    ],
)
def test_read_bundle_of_something_else_is_refused(text, said):
    with pytest.raises(BundleError, match=said):
        read_bundle(text)


def test_seal_of_a_plan_that_does_not_come_out_again_is_refused(town):
    plan = solve(town)
    fewer = dataclasses.replace(plan, assignments=tuple(plan.assignments)[1:])
    with pytest.raises(BundleError, match="does not come out again for 1 people"):
        seal(town, fewer)
    for part in ("reserves", "reasons"):
        with pytest.raises(BundleError, match="reasons or reserves"):
            seal(town, dataclasses.replace(plan, **{part: {}}))


def test_seal_of_another_market_or_a_taken_name_is_refused(town):
    plan = solve(town)
    other = town.with_capacity(town.placements[0].id, 7)
    with pytest.raises(BundleError, match="another market"):
        seal(other, plan)
    with pytest.raises(BundleError, match="'plan' is a name"):
        seal(town, plan, about={"plan": 1})
    with pytest.raises(BundleError, match="no pseudonym"):
        seal(town, plan, ids={})
    same = dict.fromkeys([c.id for c in town.candidates] + [p.id for p in town.placements], "x")
    with pytest.raises(BundleError, match="two records"):
        seal(town, plan, ids=same)


@pytest.mark.parametrize(
    ("people", "places"),
    [([], []), ([{"id": "a"}], []), ([], [{"id": "p"}]), ([{"id": "a"}], [{"id": "p"}])],
)
def test_bundle_of_an_empty_market_or_nobody_eligible_holds(people, places):
    market = Market(people, places)
    bundle = read_bundle(seal(market, solve(market)).text)
    assert check_bundle(bundle) == []
    assert bundle.plan.assignments == ()


def test_packed_text_opens_with_gunzip_and_another_packer_is_named(sealed):
    assert gzip.decompress(pack(sealed.text)).decode() == sealed.text
    with pytest.raises(BundleError, match="another program"):
        unpack(gzip.compress(sealed.text.encode()))


def test_given_travel_far_beyond_the_limit_is_left_out_and_still_too_long(town, sealed):
    travel = sealed.market.travel
    assert len(travel.cols) < len(town.candidates) * len(town.placements)
    rows, cols = np.divmod(np.arange(60 * 12), 12)
    limit = sealed.market.candidates.wholes("max_minutes")[rows]
    found, true = (find_journeys(market, rows, cols) for market in (sealed.market, town))
    reached = true.served & (np.maximum(true.there, true.back) <= limit + 30)
    for name in ("there", "back", "mode", "estimate"):
        assert (getattr(found, name)[reached] == getattr(true, name)[reached]).all()
    assert (found.there[~reached & found.served] > limit[~reached & found.served]).all()


def test_bundle_with_a_space_more_or_a_line_less_is_found_false(sealed):
    assert check_bundle(read_bundle(sealed.text.replace('","', '", "', 1))) != []
    assert check_bundle(read_bundle(sealed.text[:-1])) != []


@pytest.mark.parametrize("lie", ["a match", "a price", "the outside price"])
def test_bundle_with_a_false_graph_says_which_number_is_false(sealed, lie):
    document = json.loads(sealed.text)
    LIES[lie](document)
    said = check_bundle(read_bundle(resealed(document)))
    assert any(sentence.startswith("graph: ") for sentence in said)


def test_bundle_keeps_what_nobody_could_reach_and_what_they_ranked():
    """Reasons count unserved placements, and a receipt names the minutes of a far choice."""
    week = [[day, 0, 1440] for day in range(7)]
    home = {"lat": 52.5, "lon": -1.9, "availability": week}
    never = {"never_placements": ["near"]}
    people = [
        {
            "id": "ann",
            **home,
            "modes": ["bus"],
            "choices": ["late", "far"],
            "never_placements": ["near"],
        },
        {"id": "bob", **home, "modes": ["walk"], "choices": ["far"], **never},
        {"id": "cat", **home, "never_employers": ["e"], "choices": ["near", "not here"]},
        {"id": "dan", **home, "choices": ["near"], "never_sectors": ["care"]},
    ]
    late = [[day, 900, 1435] for day in range(7)]
    places = [
        {"id": "late", "lat": 52.51, "lon": -1.9, "shifts": late},
        {"id": "later", "lat": 52.51, "lon": -1.91, "shifts": late},
        {"id": "far", "lat": 54.5, "lon": -1.9},
        {"id": "near", "lat": 52.505, "lon": -1.9, "employer": "e", "ranking": ["cat", "dan"]},
    ]
    market = Market(people, places)
    plan = solve(market)
    assert plan.reasons["ann"]["refused"]["travel_no_service"] == 2
    bundle = seal(market, plan)
    names = dict(zip(market.row_of, bundle.market.row_of, strict=True))
    assert bundle.plan.reasons[names["ann"]] == plan.reasons["ann"]
    rows, cols, ranks = market.choices
    assert [part.tolist() for part in bundle.market.choices] == [
        rows.tolist(),
        cols.tolist(),
        ranks.tolist(),
    ]
    true, given = (find_journeys(m, rows, cols) for m in (market, bundle.market))
    assert given.there.tolist() == true.there.tolist()
    assert set(bundle.plan.placement_of) == {names[one] for one in plan.placement_of}
    assert replay(bundle.market, bundle.plan) == []

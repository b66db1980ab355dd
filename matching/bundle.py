"""A round as one file that another machine can check: market, plan, proof, hashes, no names."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from matching.coarse import Point, give_travel, round_births, round_homes
from matching.compare import list_changes
from matching.errors import BundleError, MatchingError
from matching.given import GivenTravel, read_travel
from matching.graphs import Graph, check_graph, graph
from matching.market import Market, canonical_json, sha256_of
from matching.plan import Placed, Plan
from matching.pseudonyms import Names, make_names, rename
from matching.records import record_dict
from matching.solve import solve
from matching.verify import verify
from matching.version import VERSION

FORMAT = "matching bundle 1"
OBJECTS = ("blank", "graph", "hashes", "market", "plan", "software")
OWN = (
    "format",
    "software",
    "homes",
    "births",
    "market",
    "plan",
    "graph",
    "hashes",
    "seed",
    "blank",
)


@dataclasses.dataclass(frozen=True)
class Bundle:
    """What a bundle holds: the market under pseudonyms, its plan, and the text they came in.

    ``document`` is everything in the file; ``false`` says what reading already found untrue.
    """

    market: Market
    plan: Plan
    document: dict[str, Any]
    text: str
    false: tuple[str, ...] = ()


def seal(
    market: Market,
    plan: Plan,
    *,
    ids: Mapping[str, str] | None = None,
    homes: Mapping[str, Point | None] | None = None,
    exact: bool = False,
    about: Mapping[str, Any] | None = None,
    blank: Mapping[str, list[str]] | None = None,
) -> Bundle:
    """A market and its plan as a sealed bundle.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    ids : mapping of str to str, optional
        The pseudonym of each record; without it they are numbered in the order of the lottery.
    homes : mapping of candidate id to (lat, lon), optional
        Where to put each home, such as the middle of its postcode sector; without it homes are
        put on a grid of a hundredth of a degree, about a kilometre.
    exact : bool
        Keep homes and birth dates as they are, so that the checker works every journey out.
    about : mapping, optional
        What else to write into the file, under names of its own.
    blank : mapping of kind to list of str, optional
        Pseudonyms of records that were erased and are not in the market.

    Returns
    -------
    Bundle
        Solved again and checked under the new names: it replays byte for byte.

    Raises
    ------
    BundleError
        When the plan is of another market, does not come out again, or does not verify.

    Notes
    -----
    Minutes to many sites give a home away even when it is rounded: a bundle is for staff and
    named auditors, and never for a public page.

    Examples
    --------
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> sealed = seal(market, solve(market))
    >>> sealed.plan.placement_of, check_bundle(read_bundle(sealed.text))
    ({'person-1': 'place-1'}, [])
    """
    if plan.market_sha256 != market.sha256:
        raise BundleError("bundle: the plan was made for another market")
    names = make_names(market, ids)
    other = _under(market, names, homes, exact)
    again = solve(other)
    _hold_same(plan, again, names)
    false = verify(other, again)
    if false:
        raise BundleError(f"bundle: the plan does not verify, {false[0]}")
    document = _document(other, again, graph(other, again))
    document |= {
        "homes": _homes_word(market, homes, exact),
        "births": "exact" if exact else "as coarse as the rules allow",
        "blank": {kind: sorted(names) for kind, names in (blank or {}).items()},
    }
    extra = dict(about or {})
    clash = sorted(set(extra) & {*OWN, "sha256"})
    if clash:
        raise BundleError(f"bundle: {clash[0]!r} is a name of its own")
    document |= extra
    document["sha256"] = sha256_of(document)
    return Bundle(other, again, document, canonical_json(document) + "\n")


def _under(
    market: Market, names: Names, homes: Mapping[str, Point | None] | None, exact: bool
) -> Market:
    """The market under pseudonyms, its homes rounded and its journeys given unless exact."""
    plain, travel = rename(market, names), market.travel
    if not exact:
        known = market.candidates.to_list()
        round_homes(known, homes)
        round_births(market, known)
        for record, rounded in zip(plain["candidates"], known, strict=True):
            record |= {field: rounded[field] for field in ("lat", "lon", "born_on")}
        if market.policy.travel != "none" or market.travel is not None:
            travel = _renamed(give_travel(market), names)
    return Market.from_dict(plain, travel)


def _renamed(given: GivenTravel, names: Names) -> GivenTravel:
    people = tuple(names.people[name] for name in given.people)
    places = tuple(names.places[name] for name in given.places)
    return dataclasses.replace(given, people=people, places=places)


def _homes_word(market: Market, homes: Mapping[str, Point | None] | None, exact: bool) -> str:
    if exact:
        return "exact"
    return "grid" if homes is None else "sector"


def _hold_same(plan: Plan, again: Plan, names: Names) -> None:
    """Refuse a plan that does not come out again under the new names."""
    people, places = names.people, names.places
    old = {(people[a.candidate], places[a.placement], *_journey(a)) for a in plan.assignments}
    new = {(a.candidate, a.placement, *_journey(a)) for a in again.assignments}
    if old != new:
        who = {pair[0] for pair in old ^ new}
        raise BundleError(f"bundle: the plan does not come out again for {len(who)} people")
    reasons = {people[name]: reason for name, reason in plan.reasons.items()}
    lines = {places[at]: [people[name] for name in line] for at, line in plan.reserves.items()}
    if reasons != dict(again.reasons) or lines != dict(again.reserves):
        raise BundleError("bundle: its reasons or reserves do not come out again")


def _journey(placed: Placed) -> tuple[Any, ...]:
    return placed.choice, placed.minutes_there, placed.minutes_back, placed.mode, placed.estimate


def _document(market: Market, plan: Plan, found: Graph) -> dict[str, Any]:
    sealed_plan = plan.to_dict()
    del sealed_plan["timings"]
    return {
        "format": FORMAT,
        "software": {"name": "matching", "version": VERSION},
        "seed": market.policy.seed,
        "market": market.to_dict(),
        "plan": sealed_plan,
        "graph": found,
        "hashes": {
            "market": market.sha256,
            "policy": sha256_of(record_dict(market.policy)),
            "plan": plan.sha256,
            "graph": sha256_of(found),
        },
    }


def is_bundle(text: str) -> bool:
    """Whether a text sets out to be a bundle.

    Examples
    --------
    >>> is_bundle('{"candidates": []}')
    False
    """
    return '"format":"matching bundle' in text


def read_bundle(text: str) -> Bundle:
    """The bundle in a text.

    Parameters
    ----------
    text : str
        What :func:`seal` wrote, unpacked.

    Returns
    -------
    Bundle
        What can be read but is untrue is in its ``false``.

    Raises
    ------
    BundleError
        When it cannot be read at all.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop"}], {"travel": "none"})
    >>> read_bundle(seal(market, solve(market)).text).false
    ()
    """
    try:
        document = json.loads(text)
        body = {name: value for name, value in document.items() if name != "sha256"}
        if document["format"] != FORMAT:
            raise BundleError(f"bundle: the format is {document['format']!r}, not {FORMAT!r}")
        for name in OBJECTS:
            if not isinstance(document[name], dict):
                raise BundleError(f"bundle: {name} must be an object")
        false = list(_broken_seals(text, document, body))
        given = dict(document["market"])
        travel = given.get("travel")
        market = Market.from_dict(given, None if travel is None else read_travel(travel))
        plan = _read_plan(document["plan"])
    except BundleError:
        raise
    except (MatchingError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as no:
        raise BundleError(f"bundle: cannot be read, {no}") from None
    if plan.sha256 != document["plan"].get("sha256"):
        false.append("bundle: the hash of the plan does not fit its contents")
    return Bundle(market, plan, document, text, tuple(false))


def _broken_seals(text: str, document: Any, body: Any) -> Iterator[str]:
    if sha256_of(body) != document.get("sha256"):
        yield "bundle: its own hash does not fit its contents"
    if text != canonical_json(document) + "\n":
        yield "bundle: its text is not the canonical text of its contents"


def _read_plan(given: Mapping[str, Any]) -> Plan:
    """The plan as it stands; whether its own hash fits is said beside it."""
    bare = {name: value for name, value in given.items() if name not in ("sha256", "timings")}
    return Plan.from_dict({**bare, "sha256": sha256_of(bare), "timings": {}})


def check_bundle(bundle: Bundle) -> list[str]:
    """Say everything that is false in a bundle: its seals, its rules, its plan and its proof.

    Parameters
    ----------
    bundle : Bundle

    Returns
    -------
    list of str
        Empty when the bundle holds.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop"}], {"travel": "none"})
    >>> sealed = seal(market, solve(market)).text
    >>> check_bundle(read_bundle(sealed.replace("shop", "farm").replace('"seed":0', '"seed":1')))[0]
    'bundle: its own hash does not fit its contents'
    """
    document, market, plan = bundle.document, bundle.market, bundle.plan
    found = list(bundle.false)
    hashes = document["hashes"]
    right = {
        "market": market.sha256,
        "policy": sha256_of(record_dict(market.policy)),
        "plan": plan.sha256,
        "graph": sha256_of(document["graph"]),
    }
    for name, value in right.items():
        if hashes.get(name) != value:
            found.append(f"bundle: the hash of the {name} does not fit its contents")
    if document.get("seed") != market.policy.seed:
        found.append("bundle: the seed is not that of the policy")
    found += verify(market, plan)
    found += check_graph(document["graph"])
    if not found and graph(market, plan) != document["graph"]:
        found.append("bundle: the graph is not that of the market and the plan")
    return found


def replay(market: Market, plan: Plan) -> list[str]:
    """Solve a market again and say where the plan differs; the same bytes are a pass."""
    again = solve(market)
    if again.sha256 == plan.sha256:
        return []
    moved = len(list_changes(plan, again))
    if moved:
        return [f"solved again, {moved} people are placed otherwise"]
    return ["solved again, everybody is placed alike but the plan is not the same"]

"""A market and its plan sealed in one file: other names, rounded homes, proof and hashes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from matching.bundle import FORMAT, Bundle
from matching.errors import BundleError
from matching.market import Market, canonical_json, sha256_of
from matching.plan import Placed, Plan
from matching.records import record_dict
from matching.sealing.coarse import Point, give_travel, round_births, round_homes
from matching.sealing.given import GivenTravel
from matching.sealing.graphs import Graph, graph
from matching.sealing.pseudonyms import Names, make_names, rename
from matching.solve import solve
from matching.verify import verify
from matching.version import VERSION

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
    >>> from matching.bundle import check_bundle, read_bundle
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

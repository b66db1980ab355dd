"""A round as one file that another machine can check: read, held to its seals, solved again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from matching.compare import list_changes
from matching.errors import BundleError, MatchingError
from matching.market import Market, canonical_json, sha256_of
from matching.plan import Plan
from matching.records import record_dict
from matching.sealing.given import read_travel
from matching.sealing.graphs import check_graph, graph
from matching.solve import solve
from matching.verify import verify

FORMAT = "matching bundle 1"
OBJECTS = ("blank", "graph", "hashes", "market", "plan", "software")


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
        What :func:`matching.sealing.seal.seal` wrote, unpacked.

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
    >>> from matching.sealing.seal import seal
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
    >>> from matching.sealing.seal import seal
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
